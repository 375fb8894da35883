"""Persons and contacts: personal data, for staff in whose scope they are."""

from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from shared import audit
from shared.access.dependencies import allow, logged_in
from shared.access.grants import Access, Principal, Role
from shared.inputs import Line
from shared.web import DbSession, TransactionalRoute

from registry.pages import After, Limit, Page
from registry.people import contacts, handlers, queries
from registry.people.schemas import (
    ContactAnswer,
    ContactChanges,
    ContactInput,
    PersonAnswer,
    PersonChanges,
    PersonInput,
)
from registry.versions import CHANGED_SINCE, NOT_MODIFIED, IfMatch, answer_with_etag

router = APIRouter(route_class=TransactionalRoute, tags=["People"])

STAFF = (Role.DISTRICT_OFFICER, Role.MUNICIPALITY_OFFICER, Role.NETWORK_COORDINATOR)
Staff = Annotated[Access, Depends(allow(*STAFF))]
PartOfName = Annotated[Line | None, Query(description="Only whose name contains this.")]
StaffOrContact = Annotated[Access, Depends(allow(*STAFF, Role.ASSOCIATION_CONTACT))]
ContactReader = Annotated[Access, Depends(allow(*STAFF, Role.ASSOCIATION_CONTACT, Role.API_CLIENT))]


@router.get("/persons")
async def list_persons(
    session: DbSession, access: StaffOrContact, name: PartOfName = None, after: After = None, limit: Limit = 50
) -> Page[PersonAnswer]:
    """The persons in the caller's scope: contacts of its organisations, and whom the caller has entered."""
    rows, following = await queries.list_persons(session, access, name, after, limit)
    audit.record_list(session, "persons.seen", (row.id for row in rows))
    return Page(items=[PersonAnswer.model_validate(row) for row in rows], next=following)


@router.get("/persons/{person_id}", response_model=PersonAnswer, responses=NOT_MODIFIED)
async def read_person(session: DbSession, access: StaffOrContact, request: Request, person_id: UUID) -> Response:
    """One person in the caller's scope; 410 with `into_id` for the id of an entry that was merged into another one."""
    found = await queries.person_or_pointer(session, access, person_id)
    audit.record(session, "person.seen", kind="person", subject=found.id, persons=[found.id])
    return answer_with_etag(request, PersonAnswer.model_validate(found), found.version)


@router.post("/persons", status_code=HTTPStatus.CREATED)
async def register_person(session: DbSession, access: Staff, entered: PersonInput) -> PersonAnswer:
    """Enter somebody, for example to give them a grant."""
    return PersonAnswer.model_validate(await handlers.register_person(session, access, entered))


@router.patch("/persons/{person_id}", responses=CHANGED_SINCE)
async def change_person(
    session: DbSession,
    access: StaffOrContact,
    person_id: UUID,
    changes: PersonChanges,
    if_match: IfMatch = None,
) -> PersonAnswer:
    """Change how somebody in the caller's scope is called or reached.

    With another email address every login of that person ends, and the old address is told.
    """
    return PersonAnswer.model_validate(await handlers.change_person(session, access, person_id, changes, if_match))


@router.patch("/me")
async def change_me(
    session: DbSession,
    principal: Annotated[Principal, Depends(logged_in())],
    changes: PersonChanges,
) -> PersonAnswer:
    """Change how one is called or reached oneself.

    A new email address is taken over when the link that is mailed to it was confirmed; until then the answer, and
    everything else, has the old one.
    """
    return PersonAnswer.model_validate(await handlers.change_oneself(session, principal, changes))


@router.get("/contacts")
async def list_contacts(
    session: DbSession,
    access: ContactReader,
    organisation_id: UUID | None = None,
    person_id: UUID | None = None,
    ended: Annotated[bool, Query(description="Those whose function has ended, instead of the present ones")] = False,
    after: After = None,
    limit: Limit = 50,
) -> Page[ContactAnswer]:
    """The present contacts in the caller's scope by name, or the former ones."""
    wanted = queries.ContactFilter(organisation_id, person_id, ended=ended)
    rows, following = await queries.list_contacts(session, access, wanted, after, limit)
    audit.record_list(session, "contacts.seen", (row.person_id for row in rows))
    return Page(items=[ContactAnswer.model_validate(row) for row in rows], next=following)


@router.post("/contacts", status_code=HTTPStatus.CREATED)
async def appoint_contact(session: DbSession, access: StaffOrContact, entered: ContactInput) -> ContactAnswer:
    """Appoint somebody for a function of an organisation, from a day and until a day."""
    return ContactAnswer.model_validate(await contacts.appoint_contact(session, access, entered))


@router.patch("/contacts/{contact_id}")
async def change_contact(
    session: DbSession, access: StaffOrContact, contact_id: UUID, changes: ContactChanges
) -> ContactAnswer:
    """Say from when to when somebody has a function."""
    return ContactAnswer.model_validate(await contacts.change_contact(session, access, contact_id, changes))


@router.delete("/contacts/{contact_id}", status_code=HTTPStatus.NO_CONTENT)
async def dismiss_contact(session: DbSession, access: StaffOrContact, contact_id: UUID) -> None:
    """End an appointment today. It stays in the list of those that have ended."""
    await contacts.dismiss_contact(session, access, contact_id)
