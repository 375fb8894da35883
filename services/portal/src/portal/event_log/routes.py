"""/ereignisse: what happens in the district, as it happens."""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Query, Request
from shared.access.dependencies import public
from starlette.responses import Response, StreamingResponse

from portal.event_log import queries
from portal.event_log.descriptions import TYPES, describe
from portal.event_log.model import EventEntry
from portal.web.view import PageView, View

router = APIRouter(dependencies=[Depends(public)])

SIGN_OF_LIFE = 15  # seconds: proxies close a silent connection
LARGEST = 2**63 - 1
STREAM_HEADERS = {"cache-control": "no-store", "x-accel-buffering": "no"}

Filter = Annotated[str | None, Query(max_length=200)]
LastSeen = Annotated[int | None, Header(alias="last-event-id", ge=0, le=LARGEST)]
After = Annotated[int | None, Query(ge=0, le=LARGEST, description="Position of the last event that was seen")]


@router.get("/ereignisse")
async def show_events(
    view: PageView,
    art: Filter = None,
    netzwerk: Filter = None,
    vor: Annotated[int | None, Query(ge=0, le=LARGEST)] = None,
) -> Response:
    """The newest events, filtered by type and network; `vor` is the position to go on from."""
    async with view.reading() as session:
        newest = await queries.newest(session)
        entries = await queries.latest(session, before=vor, event_type=art, network=netzwerk)
        lines = await describe(session, entries[: queries.PAGE], view.translate)
    networks = await view.read(queries.network_names)
    context: dict[str, Any] = {
        "lines": lines,
        "newest": newest,
        "more": entries[queries.PAGE - 1].position if len(entries) > queries.PAGE else None,
        "networks": networks,
        "network_names": dict(networks),
        "types": TYPES,
        "chosen_type": art or "",
        "chosen_network": netzwerk or "",
        "before": vor,
    }
    if view.wants_fragment:
        return view.fragment("event_log/events.html", "entries", **context)
    return view.render("event_log/events.html", **context)


@router.get("/ereignisse/live")
async def follow(request: Request, last_event_id: LastSeen = None, nach: After = None) -> StreamingResponse:
    """Every event as it comes, as a program reads it: CloudEvents by server-sent events. `curl -N` follows it."""
    start = last_event_id if last_event_id is not None else nach
    return StreamingResponse(_events(request, start), media_type="text/event-stream", headers=STREAM_HEADERS)


@router.get("/ereignisse/live/zeilen")
async def follow_lines(
    view: PageView,
    art: Filter = None,
    netzwerk: Filter = None,
    last_event_id: LastSeen = None,
    nach: After = None,
) -> Response:
    """The same as lines of our page, from the event on that it showed last: it asks when it has been drawn."""
    stream = _lines(view, last_event_id if last_event_id is not None else nach, art, netzwerk)
    return StreamingResponse(stream, media_type="text/event-stream", headers=STREAM_HEADERS)


async def _events(request: Request, start: int | None) -> AsyncIterator[bytes]:
    async for entry in _entries(request, start):
        if entry is None:
            yield b": still here\n\n"
        else:
            body = json.dumps(entry.body, ensure_ascii=False, separators=(",", ":"))
            yield f"id: {entry.position}\ndata: {body}\n\n".encode()


async def _lines(view: View, start: int | None, event_type: str | None, network: str | None) -> AsyncIterator[bytes]:
    names = dict(await view.read(queries.network_names))
    template = view.request.app.state.templates.get_template("event_log/line.html")
    async for entry in _entries(view.request, start):
        if entry is None:
            yield b": still here\n\n"
            continue
        if (event_type and entry.type != event_type) or (network and entry.networkid != network):
            continue
        async with view.reading() as session:
            (line,) = await describe(session, [entry], view.translate)
        html = template.render(line=line, network_names=names, fresh=True)
        yield "".join([f"id: {entry.position}\n", *(f"data: {part}\n" for part in html.splitlines()), "\n"]).encode()


async def _entries(request: Request, start: int | None) -> AsyncGenerator[EventEntry | None, None]:
    """What came after `start`, then what comes; None now and then as a sign of life."""
    state = request.app.state
    yield None
    async with state.follower.watching() as queue:
        seen = start
        while seen is not None:
            async with state.reading() as session:
                missed = await queries.after(session, seen)
            for entry in missed:
                seen = entry.position
                yield entry
            if not missed:
                break
        while True:
            try:
                entry = await asyncio.wait_for(queue.get(), SIGN_OF_LIFE)
            except TimeoutError:
                yield None
                continue
            if entry is None:
                return
            if seen is None or entry.position > seen:
                yield entry
