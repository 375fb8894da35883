"""The service's public events over HTTP: page by page, live, and as a snapshot to start from."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated

import sqlalchemy as sa
from fastapi import APIRouter, Depends, Header, Query, Request, Response
from fastapi.responses import StreamingResponse

from shared.access.dependencies import public
from shared.messaging.tables import event_log as log_table
from shared.messaging.transport import Sessions

BATCH_TYPE = "application/cloudevents-batch+json"
HEARTBEAT = 15.0  # seconds between two signs of life on a stream without events
POLL_INTERVAL = 0.5


class EventBatch(Response):
    """A JSON array of events (CloudEvents JSON Batch Format)."""

    media_type = BATCH_TYPE


def create_router() -> APIRouter:
    """Routes of the event log; the application keeps its session factory in `app.state.sessions`."""
    router = APIRouter(tags=["event log"], dependencies=[Depends(public)])

    @router.get("/events", summary="Public events after a cursor", response_class=EventBatch)
    async def list_events(
        request: Request,
        after: Annotated[int, Query(ge=0, le=2**63 - 1)] = 0,
        limit: Annotated[int, Query(ge=1, le=1000)] = 100,
        type: Annotated[str | None, Query(max_length=200)] = None,  # noqa: A002
        network: Annotated[str | None, Query(max_length=100)] = None,
    ) -> Response:
        rows, cursor = await _page(request.app.state.sessions, after, limit, type, network)
        body = b"[" + b",".join(bytes(row.body) for row in rows) + b"]"
        return EventBatch(body, headers={"Dorfnetz-Cursor": str(cursor)})

    @router.get("/events/stream", summary="Public events as they are published")
    async def stream_events(
        request: Request,
        after: Annotated[int | None, Query(ge=0, le=2**63 - 1)] = None,
        type: Annotated[str | None, Query(max_length=200)] = None,  # noqa: A002
        network: Annotated[str | None, Query(max_length=100)] = None,
        last_event_id: Annotated[int | None, Header()] = None,
    ) -> StreamingResponse:
        start = last_event_id if last_event_id is not None else after
        stream = _stream(request.app.state.sessions, start, type, network)
        return StreamingResponse(stream, media_type="text/event-stream", headers={"Cache-Control": "no-store"})

    @router.get("/snapshot", summary="The newest public event of each subject", response_class=EventBatch)
    async def snapshot(request: Request) -> Response:
        newest = (
            sa.select(log_table.c.body)
            .distinct(log_table.c.kind, log_table.c.subject)
            .order_by(log_table.c.kind, log_table.c.subject, log_table.c.sequence.desc(), log_table.c.position.desc())
        )
        async with request.app.state.sessions() as session:
            await session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
            cursor = await session.scalar(sa.select(sa.func.coalesce(sa.func.max(log_table.c.position), 0)))
            bodies = (await session.execute(newest)).scalars().all()
        body = b"[" + b",".join(bytes(body) for body in bodies) + b"]"
        return EventBatch(body, headers={"Dorfnetz-Cursor": str(cursor)})

    return router


async def _page(
    sessions: Sessions, after: int, limit: int, event_type: str | None, network: str | None
) -> tuple[list[sa.Row[int, bytes]], int]:
    query = sa.select(log_table.c.position, log_table.c.body).where(log_table.c.position > after)
    if event_type is not None:
        query = query.where(log_table.c.type == event_type)
    if network is not None:
        query = query.where(log_table.c.networkid == network)
    async with sessions() as session:
        rows = list((await session.execute(query.order_by(log_table.c.position).limit(limit))).all())
    return rows, rows[-1].position if rows else after


async def _stream(
    sessions: Sessions, after: int | None, event_type: str | None, network: str | None
) -> AsyncIterator[bytes]:
    if after is None:
        async with sessions() as session:
            after = await session.scalar(sa.select(sa.func.coalesce(sa.func.max(log_table.c.position), 0))) or 0
    yield b"retry: 2000\n\n"
    silent = 0.0
    while True:
        rows, after = await _page(sessions, after, 500, event_type, network)
        for row in rows:
            yield b"id: %d\ndata: %s\n\n" % (row.position, bytes(row.body))
        silent = 0.0 if rows else silent + POLL_INTERVAL
        if silent >= HEARTBEAT:
            silent = 0.0
            yield b": still here\n\n"
        await asyncio.sleep(POLL_INTERVAL)
