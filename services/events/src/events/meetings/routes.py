"""Meetings over HTTP."""

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from shared.access.dependencies import allow, allow_anyone, public
from shared.access.grants import Access, Role
from shared.calendar import Method, create_calendar, create_event
from shared.dates import start_of_day
from shared.inputs import Day, Line
from shared.web import DbSession, TransactionalRoute

from events.meetings import queries
from events.meetings.handlers import plan_meeting, publish_meeting, revise_meeting
from events.meetings.schemas import MeetingChange, MeetingPage, MeetingView, NewMeeting
from events.registrations.counts import Counts, count

router = APIRouter(tags=["meetings"], route_class=TransactionalRoute)

PLANNERS = (Role.DISTRICT_OFFICER, Role.NETWORK_COORDINATOR)
Planner = Annotated[Access, Depends(allow(*PLANNERS))]
AnyReader = Annotated[Access | None, Depends(allow_anyone(*PLANNERS))]


@router.get("/meetings", summary="Meetings in order of time; planners also see the drafts of their networks")
async def list_meetings(
    session: DbSession,
    access: AnyReader,
    network: Annotated[Line | None, Query(description="Slug of a network")] = None,
    since: Annotated[Day | None, Query(alias="from", description="First day in Europe/Berlin; without it, now")] = None,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> MeetingPage:
    after = queries.Position.read(cursor) if cursor else None
    start = start_of_day(since) if since else datetime.now(UTC)
    found = await queries.find(session, access=access, network=network, since=start, after=after, limit=limit + 1)
    shown = found[:limit]
    counts = await count(session, [meeting.id for meeting in shown])
    following = queries.Position.after(shown[-1]).write() if len(found) > limit else None
    return MeetingPage(items=[MeetingView.of(meeting, counts[meeting.id]) for meeting in shown], next=following)


@router.post("/meetings", status_code=HTTPStatus.CREATED, summary="Plan a meeting: a draft")
async def create_meeting(session: DbSession, access: Planner, body: NewMeeting, response: Response) -> MeetingView:
    access.check(network=body.network)
    meeting = await plan_meeting(session, body, access.principal.id)
    response.headers["Location"] = f"meetings/{meeting.id}"
    return MeetingView.of(meeting, Counts())


@router.get("/meetings/{meeting_id}", summary="One meeting; drafts only for planners of its network")
async def get_meeting(session: DbSession, access: AnyReader, meeting_id: UUID) -> MeetingView:
    meeting = await queries.get(session, meeting_id, access)
    return MeetingView.of(meeting, (await count(session, [meeting.id]))[meeting.id])


@router.put("/meetings/{meeting_id}", summary="Replace what the planner decides; a published meeting tells of it")
async def change_meeting(session: DbSession, access: Planner, meeting_id: UUID, body: MeetingChange) -> MeetingView:
    meeting = await queries.get_own(session, meeting_id, access, lock=True)
    await revise_meeting(session, meeting, body)
    return MeetingView.of(meeting, (await count(session, [meeting.id]))[meeting.id])


@router.post("/meetings/{meeting_id}/publication", summary="Publish a draft and invite its audience")
async def create_publication(session: DbSession, access: Planner, meeting_id: UUID) -> MeetingView:
    meeting = await queries.get_own(session, meeting_id, access, lock=True)
    counts = await publish_meeting(session, meeting)
    return MeetingView.of(meeting, counts)


@router.get(
    "/meetings/{meeting_id}/calendar.ics",
    summary="A published meeting for a calendar program",
    dependencies=[Depends(public)],
    response_class=Response,
    responses={200: {"content": {"text/calendar": {"schema": {"type": "string"}}}}},
)
async def get_calendar(session: DbSession, request: Request, meeting_id: UUID) -> Response:
    meeting = await queries.get(session, meeting_id, access=None)
    page = f"{request.app.state.settings.public_url}/n/{meeting.network}/treffen/{meeting.id}"
    calendar = create_calendar(Method.PUBLISH, create_event(meeting.facts(), stamp=meeting.changed_at, url=page))
    headers = {"content-disposition": f'attachment; filename="treffen-{meeting.id}.ics"', "cache-control": "no-cache"}
    return Response(calendar.to_ical(), media_type="text/calendar; charset=utf-8", headers=headers)
