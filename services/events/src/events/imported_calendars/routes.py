"""Calendars that are taken over, over HTTP: for those who plan the network's meetings."""

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from shared.inputs import Name
from shared.web import DbSession, TransactionalRoute
from sqlalchemy.ext.asyncio import AsyncSession

from events.imported_calendars import handlers, queries
from events.imported_calendars.model import CalendarSource
from events.imported_calendars.schemas import DateList, DateView, NewSource, SourceChange, SourceList, SourceView
from events.meetings.access import Planner

router = APIRouter(tags=["calendars"], prefix="/calendar-sources", route_class=TransactionalRoute)


@router.get("", summary="The calendars that a network takes over, and how that goes")
async def list_sources(
    session: DbSession, access: Planner, network: Annotated[Name, Query(description="Slug of the network")]
) -> SourceList:
    access.check(network=network)
    found = await queries.list_sources(session, network)
    coming = await queries.count_coming(session, [one.id for one in found], datetime.now(UTC))
    return SourceList(items=[SourceView.of(one, coming.get(one.id, 0)) for one in found])


@router.post("", status_code=HTTPStatus.CREATED, summary="Take over a calendar from now on")
async def create_source(session: DbSession, access: Planner, body: NewSource, response: Response) -> SourceView:
    access.check(network=body.network)
    source = await handlers.add_source(session, body, access.principal.id)
    response.headers["Location"] = f"calendar-sources/{source.id}"
    return SourceView.of(source, 0)


@router.get("/{source_id}", summary="One calendar that is taken over")
async def get_source(session: DbSession, access: Planner, source_id: UUID) -> SourceView:
    return await _view(session, await queries.get_source(session, source_id, access))


@router.get("/{source_id}/dates", summary="Its dates to come, and what staff have changed in them")
async def list_dates(session: DbSession, access: Planner, source_id: UUID) -> DateList:
    source = await queries.get_source(session, source_id, access)
    found = await queries.coming_dates(session, source.id, datetime.now(UTC))
    return DateList(items=[DateView.of(one) for one in found])


@router.put("/{source_id}", summary="Rename it, pause it, or give it another address")
async def change_source(session: DbSession, access: Planner, source_id: UUID, body: SourceChange) -> SourceView:
    source = await queries.get_source(session, source_id, access, lock=True)
    await handlers.change_source(session, source, body)
    return await _view(session, source)


@router.post("/{source_id}/check", status_code=HTTPStatus.ACCEPTED, summary="Look at it within the next seconds")
async def create_check(session: DbSession, access: Planner, source_id: UUID) -> SourceView:
    source = await queries.get_source(session, source_id, access, lock=True)
    source.check_soon()
    return await _view(session, source)


@router.delete("/{source_id}", status_code=HTTPStatus.NO_CONTENT, summary="Take it over no more")
async def delete_source(
    session: DbSession,
    access: Planner,
    source_id: UUID,
    cancel: Annotated[bool, Query(description="Cancel its dates to come; otherwise they stay")] = False,
) -> None:
    source = await queries.get_source(session, source_id, access, lock=True)
    await handlers.remove_source(session, source, cancel=cancel)


async def _view(session: AsyncSession, source: CalendarSource) -> SourceView:
    coming = await queries.count_coming(session, [source.id], datetime.now(UTC))
    return SourceView.of(source, coming.get(source.id, 0))
