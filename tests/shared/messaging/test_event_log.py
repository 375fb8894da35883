"""The event log over HTTP: nothing is missed, nothing comes twice."""

import asyncio
import json
from collections.abc import MutableMapping
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
from fastapi import FastAPI
from shared.contracts.registry import OrganisationHidden
from shared.messaging import event_log, outbox, tables
from shared.messaging.in_process import InProcessTransport
from shared.messaging.log_tail import LOOK_AGAIN, tail_of
from shared.messaging.relay import Relay
from testkit.messaging import Run, Service, until


@pytest.fixture
def app(writer: Service) -> FastAPI:
    app = FastAPI()
    app.state.sessions = writer.sessions
    app.include_router(event_log.create_router())
    return app


@pytest.fixture
async def published(writer: Service) -> list[UUID]:
    """Ten events in the log, two of the same subject."""
    transport = InProcessTransport()
    await transport.start()
    first = uuid4()
    ids = await writer.hide(first, *(uuid4() for _ in range(8)))
    ids += await writer.hide(first, sequence=2)
    await Relay(writer.engine, transport).publish_batch()
    await transport.stop()
    return ids


def client_of(app: FastAPI) -> httpx2.AsyncClient:
    return httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://log")


async def test_pages_follow_the_cursor_to_the_end(app: FastAPI, published: list[UUID]) -> None:
    found: list[str] = []
    cursor = "0"
    async with client_of(app) as client:
        for size in (4, 4, 2, 0):
            answer = await client.get("/events", params={"after": cursor, "limit": 4})
            assert answer.headers["content-type"] == "application/cloudevents-batch+json"
            assert len(answer.json()) == size
            assert ("link" in answer.headers) == (len(found) < 6)
            cursor = answer.headers["dorfnetz-cursor"]
            found += [event["id"] for event in answer.json()]
    assert found == [str(event_id) for event_id in published]


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({"type": "registry.organisation.hidden.v1"}, 10),
        ({"type": "registry.*"}, 10),
        ({"type": "registry.organisation.*", "network": "heidedoerfer"}, 10),
        ({"type": "registry"}, 0),
        ({"type": "events.*"}, 0),
        ({"network": "krina"}, 0),
    ],
)
async def test_filters(app: FastAPI, published: list[UUID], query: dict[str, str], count: int) -> None:
    async with client_of(app) as client:
        answer = await client.get("/events", params=query)
        head = (await client.get("/events")).headers["dorfnetz-cursor"]
    assert len(answer.json()) == count
    assert answer.headers["dorfnetz-cursor"] == head  # nobody looks through them again


@pytest.mark.parametrize(
    "query",
    [
        "after=-1",
        "after=x",
        f"after={2**63}",
        "limit=0",
        "limit=1001",
        "type=%00",
        "type=a%25",
        "network=A%20B",
        f"type={'a' * 201}",
        "network=%F0%9F%92%A9",
    ],
)
@pytest.mark.parametrize("path", ["/events", "/events/stream"])
async def test_bad_queries_are_refused(app: FastAPI, path: str, query: str) -> None:
    if path == "/events/stream" and query.startswith("limit"):
        pytest.skip("a stream has no limit")
    async with client_of(app) as client:
        assert (await client.get(f"{path}?{query}")).status_code == 422


async def test_the_snapshot_has_the_newest_event_of_each_subject(app: FastAPI, published: list[UUID]) -> None:
    async with client_of(app) as client:
        answer = await client.get("/snapshot")
        rest = await client.get("/events", params={"after": answer.headers["dorfnetz-cursor"]})
    assert {event["id"] for event in answer.json()} == {str(event_id) for event_id in published[1:]}
    assert rest.json() == []


async def test_an_empty_log(app: FastAPI) -> None:
    async with client_of(app) as client:
        assert (await client.get("/snapshot")).json() == []
        assert (await client.get("/events")).headers["dorfnetz-cursor"] == "0"


async def test_a_stream_goes_on_where_it_was_cut(
    app: FastAPI, writer: Service, published: list[UUID], run: Run
) -> None:
    """Read three events, lose the connection, come back with Last-Event-ID, then see a new one within a second."""
    await run(InProcessTransport())
    rows = await writer.rows(tables.event_log, tables.event_log.c.position)
    stream = Stream(app, {"last-event-id": str(rows[2].position)})
    try:
        missed = [await stream.event() for _ in range(7)]
        (late,) = await writer.hide(uuid4())
        start = asyncio.get_running_loop().time()
        new = await stream.event()
        assert asyncio.get_running_loop().time() - start < LOOK_AGAIN / 2  # told, not found by looking again
    finally:
        await stream.close()
    assert [event["id"] for event in missed] == [str(event_id) for event_id in published[3:]]
    assert new["id"] == str(late)


async def test_readers_look_again_once_the_process_listens(writer: Service) -> None:
    """What is committed after a reader's first look and before LISTEN took effect is not noticed 5 s later."""
    async with tail_of(writer.sessions) as tail:
        assert await tail.wait(tail.mark(), LOOK_AGAIN / 2)


async def test_no_late_commit_is_skipped(app: FastAPI, writer: Service, run: Run) -> None:
    """A transaction that began first and commits last: a reader that has gone on still sees its event."""
    transport = InProcessTransport()
    await run(transport)
    async with writer.sessions() as early:
        await early.begin()

        slow = outbox.record(early, OrganisationHidden(organisation_id=uuid4()), subject=uuid4(), sequence=1)
        await early.flush()
        (fast,) = await writer.hide(uuid4())
        async with client_of(app) as client:

            async def first_is_logged() -> bool:
                return len((await client.get("/events")).json()) == 1

            await until(first_is_logged)
            cursor = (await client.get("/events")).headers["dorfnetz-cursor"]
            await early.commit()

            async def second_is_logged() -> bool:
                return [e["id"] for e in (await client.get("/events", params={"after": cursor})).json()] == [str(slow)]

            await until(second_is_logged)
    assert fast != slow


class Stream:
    """A reader of server-sent events, straight on the ASGI application, which may stay open."""

    def __init__(self, app: FastAPI, headers: dict[str, str]) -> None:
        self._chunks: asyncio.Queue[bytes] = asyncio.Queue()
        self._gone = asyncio.Event()
        self._buffer = b""
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "GET",
            "scheme": "http",
            "path": "/events/stream",
            "raw_path": b"/events/stream",
            "query_string": b"",
            "root_path": "",
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
            "client": ("127.0.0.1", 1),
            "server": ("log", 80),
        }
        self._task = asyncio.create_task(app(scope, self._receive, self._send))

    async def _receive(self) -> MutableMapping[str, Any]:
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.body":
            await self._chunks.put(bytes(message.get("body", b"")))

    async def event(self) -> dict[str, str]:
        async with asyncio.timeout(10):
            while True:
                block, found, rest = self._buffer.partition(b"\n\n")
                if not found:
                    self._buffer += await self._chunks.get()
                    continue
                self._buffer = rest
                data = [line[6:] for line in block.split(b"\n") if line.startswith(b"data: ")]
                if data:
                    return dict(json.loads(data[0]))

    async def close(self) -> None:
        self._gone.set()
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
