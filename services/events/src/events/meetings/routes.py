"""Meetings over HTTP."""

from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from shared.access.dependencies import public
from shared.calendar import Method, create_calendar, create_event
from shared.contracts.events import MeetingKind
from shared.dates import start_of_day
from shared.inputs import Day, Line
from shared.web import DbSession, TransactionalRoute
from sqlalchemy.ext.asyncio import AsyncSession

from events.meetings import queries
from events.meetings.access import AnyReader, Planner, may_plan
from events.meetings.concerned import concerned
from events.meetings.handlers import cancel_meeting, plan_meeting, preview_change, publish_meeting, revise_meeting
from events.meetings.model import Meeting, MeetingStatus
from events.meetings.schemas import (
    Cancellation,
    ChangePreview,
    ConcernedView,
    MeetingChange,
    MeetingPage,
    MeetingView,
    NewMeeting,
)
from events.registrations.counts import Counts, count

router = APIRouter(tags=["meetings"], route_class=TransactionalRoute)

Slug = Annotated[Line | None, Query(description="Slug of a network")]
Since = Annotated[Day | None, Query(alias="from", description="First day in Europe/Berlin; without it, now")]
Until = Annotated[Day | None, Query(alias="to", description="Last day in Europe/Berlin")]


@router.get("/meetings", summary="Meetings in order of time; planners also see the drafts of their networks")
async def list_meetings(
    session: DbSession,
    access: AnyReader,
    network: Slug = None,
    since: Since = None,
    until: Until = None,
    kind: MeetingKind | None = None,
    status: MeetingStatus | None = None,
    village: UUID | None = None,
    course: UUID | None = None,
    restricted: Annotated[bool, Query(description="Only drafts and what is not for everybody")] = False,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> MeetingPage:
    after = queries.Position.read(cursor) if cursor else None
    start = start_of_day(since) if since else datetime.now(UTC)
    end = start_of_day(until + timedelta(days=1)) if until else None
    wanted = queries.Wanted(start, end, network, kind, status, village, course, restricted)
    found = await queries.find(session, wanted, access, after=after, limit=limit + 1)
    shown = found[:limit]
    counts = await count(session, shown)
    following = queries.Position.after(shown[-1]).write() if len(found) > limit else None
    items = [MeetingView.of(one, counts[one.id], may_join=may_plan(access, one.network)) for one in shown]
    return MeetingPage(items=items, next=following)


@router.post("/meetings", status_code=HTTPStatus.CREATED, summary="Plan a meeting: a draft")
async def create_meeting(session: DbSession, access: Planner, body: NewMeeting, response: Response) -> MeetingView:
    access.check(network=body.network)
    meeting = await plan_meeting(session, body, access.principal.id)
    response.headers["Location"] = f"meetings/{meeting.id}"
    return MeetingView.of(meeting, Counts(), may_join=True)


@router.get("/meetings/{meeting_id}", summary="One meeting that the caller may know of")
async def get_meeting(session: DbSession, access: AnyReader, meeting_id: UUID) -> MeetingView:
    meeting = await queries.get(session, meeting_id, access)
    may_join = may_plan(access, meeting.network) or (
        access is not None and await queries.comes(session, meeting, access.principal.id)
    )
    return MeetingView.of(meeting, (await count(session, [meeting]))[meeting.id], may_join=may_join)


@router.put("/meetings/{meeting_id}", summary="Replace what the planner decides; those concerned are told")
async def change_meeting(session: DbSession, access: Planner, meeting_id: UUID, body: MeetingChange) -> MeetingView:
    meeting = await queries.get_own(session, meeting_id, access, lock=True)
    await revise_meeting(session, meeting, body)
    return await _own_view(session, meeting)


@router.post("/meetings/{meeting_id}/change-preview", summary="What a change would do, and how many it would tell")
async def create_change_preview(
    session: DbSession, access: Planner, meeting_id: UUID, body: MeetingChange
) -> ChangePreview:
    meeting = await queries.get_own(session, meeting_id, access)
    return await preview_change(session, meeting, body)


@router.get("/meetings/{meeting_id}/concerned", summary="How many people would be told of a cancellation")
async def get_concerned(session: DbSession, access: Planner, meeting_id: UUID) -> ConcernedView:
    meeting = await queries.get_own(session, meeting_id, access)
    return ConcernedView(people=len(await concerned(session, meeting)))


@router.post("/meetings/{meeting_id}/publication", summary="Publish a draft and invite its audience")
async def create_publication(session: DbSession, access: Planner, meeting_id: UUID) -> MeetingView:
    meeting = await queries.get_own(session, meeting_id, access, lock=True)
    meeting.require_alone()
    counts = await publish_meeting(session, meeting)
    return MeetingView.of(meeting, counts, may_join=True)


@router.post("/meetings/{meeting_id}/cancellation", summary="It does not take place; those concerned are told")
async def create_cancellation(session: DbSession, access: Planner, meeting_id: UUID, body: Cancellation) -> MeetingView:
    meeting = await queries.get_own(session, meeting_id, access, lock=True)
    await cancel_meeting(session, meeting, body)
    return await _own_view(session, meeting)


@router.get(
    "/meetings/{meeting_id}/calendar.ics",
    summary="A public meeting for a calendar program, of a course all dates",
    dependencies=[Depends(public)],
    response_class=Response,
    responses={200: {"content": {"text/calendar": {"schema": {"type": "string"}}}}},
)
async def get_calendar(session: DbSession, request: Request, meeting_id: UUID) -> Response:
    meeting = await queries.with_course(session, await queries.get(session, meeting_id, access=None))
    root = f"{request.app.state.settings.public_url}/n/{meeting.network}/treffen"
    events = [
        create_event(
            one.facts(),
            stamp=one.changed_at,
            url=f"{root}/{one.id}",
            cancelled=one.status is MeetingStatus.CANCELLED,
        )
        for one in meeting.course
        if one.public
    ]
    name = f"treffen-{meeting.list_id}.ics"
    headers = {"content-disposition": f'attachment; filename="{name}"', "cache-control": "no-cache"}
    calendar = create_calendar(Method.PUBLISH, *events).to_ical()
    return Response(calendar, media_type="text/calendar; charset=utf-8", headers=headers)


async def _own_view(session: AsyncSession, meeting: Meeting) -> MeetingView:
    return MeetingView.of(meeting, (await count(session, [meeting]))[meeting.id], may_join=True)
