"""Calendar feeds over HTTP."""

from asyncio import to_thread
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from shared.access.dependencies import logged_in, public
from shared.access.grants import Principal
from shared.access.tenancy import beyond_scopes
from shared.inputs import Line
from shared.web import DbSession, SecretRoute, TransactionalRoute
from sqlalchemy.ext.asyncio import AsyncSession

from events.calendars import feeds, personal
from events.calendars.answers import FeedCache, answer
from events.calendars.feeds import Feed
from events.calendars.schemas import NewAddress, OwnCalendar
from events.calendars.versions import Version, count_changes, kept_since

feed_router = APIRouter(
    tags=["calendars"], prefix="/feeds", route_class=TransactionalRoute, dependencies=[Depends(public)]
)
own_router = APIRouter(tags=["calendars"], prefix="/me/calendar", route_class=SecretRoute)
Oneself = Annotated[Principal, Depends(logged_in())]
CALENDAR: dict[int | str, dict[str, Any]] = {
    200: {"description": "A calendar (RFC 5545)", "content": {"text/calendar": {"schema": {"type": "string"}}}},
    304: {"description": "The caller's copy is the newest (If-None-Match, If-Modified-Since)"},
}


@feed_router.get(
    "/networks/{slug}.ics", summary="Public meetings of a network", response_class=Response, responses=CALENDAR
)
async def get_network_feed(session: DbSession, request: Request, slug: str) -> Response:
    return await _serve(session, request, await feeds.network_feed(session, slug), slug)


@feed_router.get(
    "/villages/{village_id}.ics",
    summary="Public meetings in a village, or that its organisations help to organise",
    response_class=Response,
    responses=CALENDAR,
)
async def get_village_feed(session: DbSession, request: Request, village_id: UUID) -> Response:
    return await _serve(session, request, await feeds.village_feed(session, village_id), "ort")


@feed_router.get(
    "/fields/{field}.ics",
    summary="Public meetings that organisations of a field of activity help to organise",
    response_class=Response,
    responses=CALENDAR,
)
async def get_field_feed(
    session: DbSession,
    request: Request,
    field: Annotated[str, Path(pattern="^[a-z0-9-]{1,100}$")],
    network: Annotated[Line | None, Query(description="Slug of a network; without it, of the district")] = None,
) -> Response:
    return await _serve(session, request, await feeds.field_feed(session, field, network), field)


@feed_router.get(
    "/personal/{token}.ics",
    summary="Somebody's own calendar: the address is the secret",
    response_class=Response,
    responses=CALENDAR,
)
async def get_personal_feed(
    session: DbSession, request: Request, token: Annotated[str, Path(min_length=1, max_length=100)]
) -> Response:
    now = datetime.now(UTC)
    async with beyond_scopes(session, reads_only=True):  # the proof is the secret in the address
        ties = await personal.ties_of(session, await personal.owner_of(session, token), now)
        number, changed_at = await count_changes(session)
        since = kept_since(now)

        async def write() -> bytes:
            entries = await personal.own_entries(session, ties, since)
            planned = {one.id for one in entries if one.planned_by == ties.person_id}
            links_of = ties.goes_to | planned
            url = _public_url(request)
            return await to_thread(feeds.write_feed, entries, "Meine Treffen", "/konto/kalender", url, links_of)

        version = Version.of_person(ties.fingerprint, number, since, changed_at)
        return await answer(request, version, write, name="meine-treffen", private=True)


@own_router.get("", summary="Whether the caller has a secret address for the own calendar")
async def get_own_calendar(session: DbSession, caller: Oneself) -> OwnCalendar:
    found = await personal.find_address(session, caller.id)
    return OwnCalendar(made_at=found.made_at if found else None)


@own_router.post("/address", status_code=HTTPStatus.CREATED, summary="Make a secret address, or renew it")
async def create_address(session: DbSession, caller: Oneself) -> NewAddress:
    calendar, token = await personal.make_address(session, caller.id)
    return NewAddress(token=token, made_at=calendar.made_at)


@own_router.delete("/address", status_code=HTTPStatus.NO_CONTENT, summary="Close the own calendar")
async def delete_address(session: DbSession, caller: Oneself) -> None:
    await personal.drop_address(session, caller.id)


async def _serve(session: AsyncSession, request: Request, feed: Feed, name: str) -> Response:
    """A public feed; its body is kept as long as nothing in it has changed."""
    since = kept_since(datetime.now(UTC))
    number, changed_at = await count_changes(session, feed.network)
    version = Version.of(feed.key, number, since, changed_at)
    kept: FeedCache = request.app.state.feeds

    async def write() -> bytes:
        body = kept.get(feed.key, version)
        if body is None:
            entries = await feeds.public_entries(session, feed, since)
            body = await to_thread(feeds.write_feed, entries, feed.name, feed.path, _public_url(request))
            kept.put(feed.key, version, body)
        return body

    return await answer(request, version, write, name=name)


def _public_url(request: Request) -> str:
    url: str = request.app.state.settings.public_url
    return url.rstrip("/")
