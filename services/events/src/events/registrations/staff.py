"""Registrations as the planners of a meeting see and keep them."""

from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from shared import audit
from shared.contracts.events import RegistrationState
from shared.errors import NotFound
from shared.web import DbSession

from events.meetings import queries as meetings
from events.meetings.access import Planner, may_plan
from events.registrations import handlers, queries
from events.registrations.forms import save_form
from events.registrations.model import Registration
from events.registrations.rush import MeetingRoute
from events.registrations.schemas import EntryList, EntryView, FormInput, FormView, StaffInput

router = APIRouter(tags=["registrations"], route_class=MeetingRoute)


@router.put("/meetings/{meeting_id}/registration-form", summary="What those who register are asked")
async def change_form(session: DbSession, access: Planner, meeting_id: UUID, body: FormInput) -> FormView:
    meeting = await meetings.lock_own_list(session, meeting_id, access)
    return await save_form(session, meeting, body)


@router.get("/meetings/{meeting_id}/registrations", summary="Who registered, in order of arrival, for the planners")
async def list_registrations(
    session: DbSession,
    access: Planner,
    meeting_id: UUID,
    state: RegistrationState | None = None,
    after: Annotated[int, Query(ge=0, le=2**31 - 1, description="Number of arrival before the page")] = 0,
    limit: Annotated[int, Query(ge=1, le=200)] = 100,
) -> EntryList:
    meeting = await meetings.get_own(session, meeting_id, access)
    found = await queries.listed(session, meeting.list_id, state, after=after, limit=limit + 1)
    shown = found[:limit]
    audit.record_list(session, "registrations.seen", [one.person_id for one in shown if one.person_id],
                      [meeting.network])  # fmt: skip
    following = shown[-1].arrival if len(found) > limit else None
    people = await queries.people_by_state(session, meeting.list_id)
    return EntryList(items=[_entry(one) for one in shown], next=following, people=people)


@router.post(
    "/meetings/{meeting_id}/registrations/for-somebody",
    status_code=HTTPStatus.CREATED,
    summary="Register somebody on the telephone",
)
async def create_for_somebody(session: DbSession, access: Planner, meeting_id: UUID, body: StaffInput) -> EntryView:
    meeting = await meetings.lock_own_list(session, meeting_id, access)
    return _entry(await handlers.enter_somebody(session, meeting, body, access.principal.id))


@router.post("/registrations/{registration_id}/confirmation", summary="Somebody takes the free place by telephone")
async def confirm_for_somebody(session: DbSession, access: Planner, registration_id: UUID) -> EntryView:
    registration, meeting = await queries.one(session, registration_id, lock=True)
    if not may_plan(access, meeting.network):
        raise NotFound
    await handlers.confirm(session, registration, meeting)
    return _entry(registration)


@router.post("/registrations/{registration_id}/withdrawal", summary="Somebody takes it back by telephone")
async def withdraw_for_somebody(session: DbSession, access: Planner, registration_id: UUID) -> EntryView:
    registration, meeting = await queries.one(session, registration_id, lock=True)
    if not may_plan(access, meeting.network):
        raise NotFound
    await handlers.withdraw(session, registration, meeting)
    return _entry(registration)


def _entry(registration: Registration) -> EntryView:
    return EntryView(
        id=registration.id,
        person_id=registration.person_id,
        name=registration.name,
        email=registration.email,
        phone=registration.phone,
        people=registration.people,
        answers=registration.answers,
        needs=registration.needs,
        state=registration.state,
        offered_until=registration.offered_until,
        by_staff=registration.entered_by is not None,
        registered_at=registration.registered_at,
        changed_at=registration.changed_at,
    )
