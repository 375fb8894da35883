"""Volunteers, for the staff in whose scope they are."""

from http import HTTPStatus
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from shared import audit
from shared.access.dependencies import allow
from shared.access.grants import Access, Role
from shared.contracts.registry import ConsentPurpose, Daytime, Skill
from shared.web import DbSession, TransactionalRoute

from registry.inputs import SlugFilter
from registry.pages import After, Limit, Page
from registry.versions import CHANGED_SINCE, IfMatch
from registry.volunteers import handlers, queries
from registry.volunteers import standing as standing_of
from registry.volunteers.model import Standing
from registry.volunteers.schemas import Pause, RecordedDeparture, VolunteerAnswer, VolunteerChanges, VolunteerInput

router = APIRouter(route_class=TransactionalRoute, tags=["Volunteers"])

Staff = Annotated[Access, Depends(allow(Role.DISTRICT_OFFICER, Role.MUNICIPALITY_OFFICER, Role.NETWORK_COORDINATOR))]
WeekdayFilter = Annotated[int | None, Query(ge=1, le=7, description="1 is Monday")]


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
    weekday: WeekdayFilter = None,
    daytime: Daytime | None = None,
    skill: Skill | None = None,
    standing: Literal[Standing.ACTIVE, Standing.PAUSED] | None = None,
    consent: ConsentPurpose | None = None,
    after: After = None,
    limit: Limit = 50,
) -> Page[VolunteerAnswer]:
    """The volunteers in the caller's scope who agree to be contacted, by name.

    `area_id` is a village, municipality, network or district that they reach, also by kilometres around a village. Who
    has said nothing about days is free on any.
    """
    wanted = queries.Filter(field, area_id, weekday, daytime, skill, standing, consent)
    rows, following = await queries.list_volunteers(session, access, wanted, after, limit)
    persons = [row.person_id for row in rows]
    audit.record(session, "volunteers.seen", kind="list", subject=access.principal.id, persons=persons)
    return Page(items=[VolunteerAnswer.model_validate(row) for row in rows], next=following)


@router.get("/volunteers/{volunteer_id}")
async def read_volunteer(session: DbSession, access: Staff, volunteer_id: UUID) -> VolunteerAnswer:
    """One volunteer in the caller's scope; `version` is the ETag that a change may name in If-Match."""
    found = await queries.volunteer(session, access, volunteer_id)
    handlers.audit_volunteer(session, "volunteer.seen", found)
    return VolunteerAnswer.model_validate(found)


@router.patch("/volunteers/{volunteer_id}", responses=CHANGED_SINCE)
async def change_volunteer(
    session: DbSession, access: Staff, volunteer_id: UUID, changes: VolunteerChanges, if_match: IfMatch = None
) -> VolunteerAnswer:
    """Change what a volunteer in the caller's scope said: fields, areas, free time, skills, ways to reach them."""
    changed = await handlers.change_volunteer(session, access, volunteer_id, changes, if_match)
    return VolunteerAnswer.model_validate(changed)


@router.post("/volunteers/{volunteer_id}/pause")
async def pause_volunteer(session: DbSession, access: Staff, volunteer_id: UUID, told: Pause) -> VolunteerAnswer:
    """Nobody asks them until the end of a day, or until further notice."""
    volunteer = await queries.volunteer(session, access, volunteer_id, lock=True)
    return VolunteerAnswer.model_validate(await standing_of.pause(session, volunteer, told.until))


@router.post("/volunteers/{volunteer_id}/resumption")
async def resume_volunteer(session: DbSession, access: Staff, volunteer_id: UUID) -> VolunteerAnswer:
    """End a pause."""
    volunteer = await queries.volunteer(session, access, volunteer_id, lock=True)
    return VolunteerAnswer.model_validate(await standing_of.resume(session, volunteer))


@router.post("/volunteers/{volunteer_id}/departure", status_code=HTTPStatus.NO_CONTENT)
async def record_departure(session: DbSession, access: Staff, volunteer_id: UUID, told: RecordedDeparture) -> None:
    """Somebody told the staff that they stop: their consents are withdrawn, and nobody finds them any more."""
    volunteer = await queries.volunteer(session, access, volunteer_id, lock=True)
    await standing_of.leave(session, volunteer, told.reason, told.channel.channel, access.principal.id)
