"""Volunteers, for the staff in whose scope they are."""

from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from shared import audit
from shared.access.dependencies import allow
from shared.access.grants import Access, Role
from shared.web import DbSession, TransactionalRoute

from registry.inputs import SlugFilter
from registry.pages import After, Limit, Page
from registry.volunteers import handlers, queries
from registry.volunteers.schemas import VolunteerAnswer, VolunteerInput

router = APIRouter(route_class=TransactionalRoute, tags=["Volunteers"])

Staff = Annotated[Access, Depends(allow(Role.DISTRICT_OFFICER, Role.MUNICIPALITY_OFFICER, Role.NETWORK_COORDINATOR))]


@router.post("/volunteers", status_code=HTTPStatus.CREATED)
async def record_volunteer(session: DbSession, access: Staff, entered: VolunteerInput) -> VolunteerAnswer:
    """Enter somebody who agreed on paper, by telephone or in person. Others sign up by `POST /sign-ups`."""
    volunteer = await handlers.record_volunteer(session, access, entered)
    return VolunteerAnswer.model_validate(volunteer)


@router.get("/volunteers")
async def list_volunteers(
    session: DbSession,
    access: Staff,
    field: SlugFilter = None,
    area_id: UUID | None = None,
    after: After = None,
    limit: Limit = 50,
) -> Page[VolunteerAnswer]:
    """The volunteers in the caller's scope who agree to be contacted, by name."""
    rows, following = await queries.list_volunteers(session, access, field, area_id, after, limit)
    persons = [row.person_id for row in rows]
    audit.record(session, "volunteers.seen", kind="list", subject=access.principal.id, persons=persons)
    return Page(items=[VolunteerAnswer.model_validate(row) for row in rows], next=following)


@router.get("/volunteers/{volunteer_id}")
async def read_volunteer(session: DbSession, access: Staff, volunteer_id: UUID) -> VolunteerAnswer:
    """One volunteer in the caller's scope."""
    found = await queries.volunteer(session, access, volunteer_id)
    audit.record(session, "volunteer.seen", kind="volunteer", subject=found.id, persons=[found.person_id])
    return VolunteerAnswer.model_validate(found)
