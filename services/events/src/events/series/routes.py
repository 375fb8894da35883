"""Series over HTTP, for those who plan."""

from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from shared.dates import day_of
from shared.inputs import Name
from shared.web import DbSession, TransactionalRoute

from events.meetings import queries as meetings
from events.meetings.access import Planner
from events.series import queries
from events.series.handlers import (
    add_meeting,
    begin_series,
    change_series,
    preview_series_change,
    publish_series,
    rhythm_from,
)
from events.series.schemas import (
    DatesWanted,
    MeetingToAdd,
    NewSeries,
    Outcome,
    ProposedDates,
    SeriesChange,
    SeriesList,
    SeriesSummary,
    SeriesView,
)

router = APIRouter(tags=["series"], route_class=TransactionalRoute)


@router.get("/series", summary="The series of a network")
async def list_series(
    session: DbSession, access: Planner, network: Annotated[Name, Query(description="Slug of the network")]
) -> SeriesList:
    access.check(network=network)
    return SeriesList(items=[SeriesSummary.of(one) for one in await queries.of_network(session, network)])


@router.post("/series", status_code=HTTPStatus.CREATED, summary="Make a meeting the first date of a series")
async def create_series(session: DbSession, access: Planner, body: NewSeries, response: Response) -> SeriesView:
    meeting = await meetings.get_own(session, body.meeting_id, access, lock=True)
    series = await begin_series(session, meeting, body, access.principal.id)
    response.headers["Location"] = f"series/{series.id}"
    return SeriesView.whole(series, await queries.dates_of(session, series))


@router.post("/series/dates-preview", summary="The dates of a rhythm, with public holidays and what else is on")
async def create_dates_preview(
    session: DbSession, request: Request, access: Planner, body: DatesWanted
) -> ProposedDates:
    meeting = await meetings.get_own(session, body.meeting_id, access)
    rhythm = rhythm_from(day_of(meeting.starts_at), body)
    return await queries.propose(session, meeting, rhythm, access, request.app.state.settings.holidays_of)


@router.get("/series/{series_id}", summary="A series with all of its dates")
async def get_series(session: DbSession, access: Planner, series_id: UUID) -> SeriesView:
    series = await queries.get_series(session, series_id, access)
    return SeriesView.whole(series, await queries.dates_of(session, series))


@router.put("/series/{series_id}", summary="Change all coming dates, or one and those that follow")
async def replace_series(session: DbSession, access: Planner, series_id: UUID, body: SeriesChange) -> SeriesView:
    series, _ = await change_series(session, await queries.get_series(session, series_id, access, lock=True), body)
    return SeriesView.whole(series, await queries.dates_of(session, series))


@router.post("/series/{series_id}/change-preview", summary="What a change would do, and how many it would tell")
async def create_series_change_preview(
    session: DbSession, access: Planner, series_id: UUID, body: SeriesChange
) -> Outcome:
    series = await queries.get_series(session, series_id, access, lock=True)
    return await preview_series_change(session, series, body)


@router.post("/series/{series_id}/publication", summary="Publish the dates that are due, and each other one in time")
async def create_series_publication(session: DbSession, access: Planner, series_id: UUID) -> SeriesView:
    series = await queries.get_series(session, series_id, access, lock=True)
    await publish_series(session, series)
    return SeriesView.whole(series, await queries.dates_of(session, series))


@router.post("/series/{series_id}/meetings", summary="Make a meeting one more date of the series")
async def create_series_meeting(session: DbSession, access: Planner, series_id: UUID, body: MeetingToAdd) -> SeriesView:
    series = await queries.get_series(session, series_id, access, lock=True)
    meeting = await meetings.get_own(session, body.meeting_id, access, lock=True)
    await add_meeting(session, series, meeting)
    return SeriesView.whole(series, await queries.dates_of(session, series))
