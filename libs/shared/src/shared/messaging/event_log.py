"""The service's public events over HTTP: page by page, live, and as a snapshot to start from.

The log is the truth, the broker is for speed: a reader that takes `/snapshot` and then `/events?after=<its cursor>` has
everything, whatever it missed.
"""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Query, Request, Response
from fastapi.responses import StreamingResponse

from shared.access.dependencies import public
from shared.messaging.log_reader import Filter, LogReader, Page
from shared.messaging.log_tail import tail_of

BATCH_TYPE = "application/cloudevents-batch+json"
CURSOR = "Dorfnetz-Cursor"
HEARTBEAT = 15.0  # seconds between two signs of life on a stream without events
RECONNECT_AFTER = 2000  # milliseconds; told to the reader of a stream

_Position = Annotated[int | None, Query(ge=0, le=2**63 - 1, description="A cursor: events after it")]
_Type = Annotated[
    str | None,
    Query(max_length=200, pattern=r"^[a-z0-9_.]+(\.\*)?$", description="A type, or its beginning and `.*`"),
]
_Network = Annotated[str | None, Query(max_length=100, pattern=r"^[a-z0-9-]+$", description="A network's slug")]
_SCHEMA: dict[str, object] = {"type": "array", "items": {"type": "object", "description": "CloudEvents 1.0"}}


def _describe(media_type: str, schema: dict[str, object]) -> dict[int | str, dict[str, object]]:
    header = {"description": "Pass it as `after` to go on", "schema": {"type": "string"}}
    return {200: {"content": {media_type: {"schema": schema}}, "headers": {CURSOR: header}}}


def create_router() -> APIRouter:
    """Routes of the event log; the application keeps its session factory in `app.state.sessions`."""
    router = APIRouter(tags=["event log"], dependencies=[Depends(public)])

    @router.get(
        "/events",
        summary="Public events after a cursor, in the order of their publication",
        response_class=Response,
        responses=_describe(BATCH_TYPE, _SCHEMA),
    )
    async def list_events(
        request: Request,
        after: _Position = 0,
        limit: Annotated[int, Query(ge=1, le=1000)] = 100,
        type: _Type = None,  # noqa: A002 - the name that readers know from CloudEvents
        network: _Network = None,
    ) -> Response:
        page = await LogReader(request.app.state.sessions).page(after or 0, limit, Filter(type, network))
        headers = {CURSOR: str(page.cursor)}
        if page.more:
            url = request.url.include_query_params(after=page.cursor)
            headers["Link"] = f'<?{url.query}>; rel="next"'
        return Response(b"[" + b",".join(page.bodies) + b"]", media_type=BATCH_TYPE, headers=headers)

    @router.get(
        "/events/stream",
        summary="Public events as they are published (server-sent events)",
        response_class=StreamingResponse,
        responses={200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}}},
    )
    async def stream_events(
        request: Request,
        after: _Position = None,
        type: _Type = None,  # noqa: A002
        network: _Network = None,
        last_event_id: Annotated[int | None, Header(ge=0, le=2**63 - 1)] = None,
    ) -> StreamingResponse:
        reader = LogReader(request.app.state.sessions)
        start = last_event_id if last_event_id is not None else after
        if start is None:
            start = await reader.head()
        stream = _stream(reader, start, Filter(type, network))
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        return StreamingResponse(stream, media_type="text/event-stream", headers=headers)

    @router.get(
        "/snapshot",
        summary="The newest public event of each subject, and the cursor to go on from",
        response_class=StreamingResponse,
        responses=_describe(BATCH_TYPE, _SCHEMA),
    )
    async def snapshot(request: Request) -> StreamingResponse:
        cursor, bodies = await LogReader(request.app.state.sessions).snapshot()
        return StreamingResponse(_array(bodies), media_type=BATCH_TYPE, headers={CURSOR: str(cursor)})

    return router


async def _array(bodies: AsyncIterator[list[bytes]]) -> AsyncIterator[bytes]:
    separator = b"["
    async for some in bodies:
        yield separator + b",".join(some)
        separator = b","
    yield b"]" if separator == b"," else b"[]"


async def _stream(reader: LogReader, position: int, wanted: Filter) -> AsyncIterator[bytes]:
    yield b"retry: %d\n\n" % RECONNECT_AFTER
    async with tail_of(reader.sessions) as tail:
        while True:
            seen = tail.mark()
            page: Page = await reader.page(position, 500, wanted)
            if page.bodies:
                yield b"".join(
                    b"id: %d\ndata: %s\n\n" % (at, body) for at, body in zip(page.positions, page.bodies, strict=True)
                )
            position = page.cursor
            if not page.more and not await tail.wait(seen, HEARTBEAT):
                yield b": still here\n\n"
