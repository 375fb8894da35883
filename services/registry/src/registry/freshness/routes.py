"""The yearly confirmation of entries."""

from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Header
from shared import audit
from shared.access.dependencies import allow, public
from shared.access.grants import Access, Role
from shared.access.tenancy import beyond_scopes
from shared.contracts.registry import OrganisationKind
from shared.web import DbSession, TransactionalRoute

from registry.freshness import handlers, queries
from registry.freshness.model import Reason
from registry.freshness.schemas import EntryConfirmation, EntryToConfirm, UnconfirmedAnswer
from registry.inputs import SlugFilter
from registry.organisations.queries import Filter
from registry.organisations.schemas import OrganisationAnswer, OwnChanges
from registry.pages import After, Limit, Page
from registry.people.schemas import ContactAnswer

router = APIRouter(route_class=TransactionalRoute, tags=["Freshness"])

STAFF = (Role.DISTRICT_OFFICER, Role.MUNICIPALITY_OFFICER, Role.NETWORK_COORDINATOR)
Staff = Annotated[Access, Depends(allow(*STAFF))]
Keeper = Annotated[Access, Depends(allow(*STAFF, Role.ASSOCIATION_CONTACT))]
Token = Annotated[str, Header(min_length=1, max_length=100)]


@router.get("/unconfirmed-organisations")
async def list_unconfirmed(
    session: DbSession,
    access: Staff,
    kind: OrganisationKind | None = None,
    village_id: UUID | None = None,
    municipality_id: UUID | None = None,
    network: SlugFilter = None,
    reason: Reason | None = None,
    stale: bool | None = None,
    after: After = None,
    limit: Limit = 50,
) -> Page[UnconfirmedAnswer]:
    """Published entries in the caller's scope that nobody has confirmed for eleven months, and whom to call.

    `stale` picks those that have been silent for a year (true), or those that still have time (false).
    """
    wanted = Filter(kind=kind, village_id=village_id, municipality_id=municipality_id, network=network)
    rows, following = await queries.list_unconfirmed(session, access, wanted, reason, stale, after, limit)
    audit.record_list(session, "contacts.seen", (contact.person_id for row in rows for contact in row.contacts))
    return Page(items=[_shown(row) for row in rows], next=following)


@router.post("/organisations/{organisation_id}/confirmation")
async def confirm_organisation(session: DbSession, access: Keeper, organisation_id: UUID) -> OrganisationAnswer:
    """Say that the entry holds as it is: its own contact, or staff who have asked there."""
    return OrganisationAnswer.model_validate(await handlers.confirm(session, access, organisation_id))


@router.post("/organisations/{organisation_id}/confirmation-requests", status_code=HTTPStatus.NO_CONTENT)
async def ask_organisation(session: DbSession, access: Staff, organisation_id: UUID) -> None:
    """Mail the organisation's contacts the link to confirm the entry now."""
    await handlers.ask_now(session, access, organisation_id)


@router.get("/entry-confirmations/by-token", dependencies=[Depends(public)])
async def read_entry(session: DbSession, confirmation_token: Token) -> EntryToConfirm:
    """The entry that a link is about. Reading it changes nothing."""
    async with beyond_scopes(session, reads_only=True):  # the proof is the token, which only the mail holds
        entry = await queries.entry_behind(session, confirmation_token)
    return EntryToConfirm(
        organisation=OrganisationAnswer.model_validate(entry),
        village=entry.village.name,
        network=entry.village.network_slug,
    )


@router.post("/entry-confirmations", status_code=HTTPStatus.NO_CONTENT, dependencies=[Depends(public)])
async def confirm_entry(session: DbSession, given: EntryConfirmation) -> None:
    """Say that the entry holds, by the link that was mailed. It works once."""
    async with beyond_scopes(session):  # the proof is the token, which only the mail holds
        await handlers.confirm_by_link(session, given.token, OwnChanges())


@router.patch("/entry-confirmations/by-token", dependencies=[Depends(public)])
async def change_entry(session: DbSession, confirmation_token: Token, changes: OwnChanges) -> OrganisationAnswer:
    """Change the entry and confirm it by that, by the link that was mailed. It works once."""
    async with beyond_scopes(session):  # the proof is the token, which only the mail holds
        changed = await handlers.confirm_by_link(session, confirmation_token, changes)
    return OrganisationAnswer.model_validate(changed)


def _shown(row: queries.Unconfirmed) -> UnconfirmedAnswer:
    found = row.organisation
    return UnconfirmedAnswer(
        id=found.id,
        kind=found.kind,
        slug=found.slug,
        name=found.name,
        village=found.village.name,
        network=found.village.network_slug,
        reason=row.reason,
        confirmed_on=found.confirmed_on,
        asked_on=found.asked_on,
        reminded_on=found.reminded_on,
        stale_since=found.stale_since,
        contacts=[ContactAnswer.model_validate(contact) for contact in row.contacts],
    )
