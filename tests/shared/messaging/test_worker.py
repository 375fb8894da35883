"""The worker process as an ASGI application on the real servers: health, metrics, documents, timers."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import unquote
from uuid import uuid4

import pytest
import sqlalchemy as sa
from faststream.asgi import AsgiFastStream
from shared.contracts import notifications, registry  # noqa: F401 - the catalogue knows what is imported
from shared.contracts.registry import OrganisationHidden
from shared.messaging import tables
from shared.messaging.in_process import InProcessTransport
from shared.messaging.worker import Timer, Worker
from shared.settings import Settings
from testkit.messaging import Service, counting, until
from testkit.rabbitmq import Broker


def settings_of(service: Service, amqp_url: str | None = None, prefix: str = "dorfnetz") -> Settings:
    return Settings(database_url=service.url, amqp_url=amqp_url, amqp_prefix=prefix)


@asynccontextmanager
async def serving(app: AsgiFastStream) -> AsyncIterator[None]:
    """Run an application's lifespan as a server does."""
    incoming: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    outgoing: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    task = asyncio.create_task(app({"type": "lifespan"}, incoming.get, outgoing.put))  # type: ignore[arg-type]
    await incoming.put({"type": "lifespan.startup"})
    assert (await asyncio.wait_for(outgoing.get(), 20))["type"] == "lifespan.startup.complete"
    yield
    await incoming.put({"type": "lifespan.shutdown"})
    assert (await asyncio.wait_for(outgoing.get(), 20))["type"] == "lifespan.shutdown.complete"
    await task


async def get(app: AsgiFastStream, path: str) -> tuple[int, bytes]:
    """One request to the application."""
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": path, "headers": [], "query_string": b""}
    await app(scope, receive, send)  # type: ignore[arg-type]
    return sent[0]["status"], b"".join(message.get("body", b"") for message in sent[1:])


async def test_a_worker_carries_events_and_tells_how_it_is(
    writer: Service, reader: Service, amqp_url: str, amqp_prefix: str
) -> None:
    consumer = counting(f"portal.{uuid4().hex[:8]}")
    registry_app = Worker("registry", settings_of(writer, amqp_url, amqp_prefix)).asgi()
    portal_app = Worker("portal", settings_of(reader, amqp_url, amqp_prefix), consumers=[consumer]).asgi()
    async with serving(portal_app), serving(registry_app):

        async def ready() -> bool:
            return (await get(portal_app, "/readyz"))[0] == (await get(registry_app, "/readyz"))[0] == 200

        await until(ready, seconds=30)
        ids = await writer.hide(uuid4(), uuid4())

        async def arrived() -> bool:
            return sorted(await reader.effects_of(consumer)) == sorted(ids)

        await until(arrived)
        assert (await get(portal_app, "/livez"))[0] == 200
        report = json.loads((await get(registry_app, "/readyz"))[1])
        assert report == {"status": "ok", "broker": "ok", "oldest_event_seconds": 0.0}
        text = (await get(portal_app, "/metrics"))[1].decode()
        assert f'dorfnetz_events_consumed_total{{consumer="{consumer.name}"}} 2.0' in text
        assert 'dorfnetz_outbox_age_seconds{service="registry"}' in text
        assert 'dorfnetz_events_published_total{service="registry"}' in text


async def test_a_worker_starts_while_the_broker_is_away(
    writer: Service, reader: Service, own_broker: Broker, amqp_prefix: str
) -> None:
    own_broker.stop()
    consumer = counting(f"portal.{uuid4().hex[:8]}")
    registry_app = Worker("registry", settings_of(writer, own_broker.url, amqp_prefix)).asgi()
    portal_app = Worker("portal", settings_of(reader, own_broker.url, amqp_prefix), consumers=[consumer]).asgi()
    async with serving(portal_app), serving(registry_app):
        await writer.hide(uuid4())
        assert (await get(portal_app, "/livez"))[0] == 200
        status, body = await get(portal_app, "/readyz")
        assert (status, json.loads(body)["broker"]) == (503, "unavailable")
        own_broker.start()

        # Who comes first: the queue may be declared after the event went out, which only its log knows then.
        async def gone() -> bool:
            return await writer.count(tables.outbox) == 0 and (await get(portal_app, "/readyz"))[0] == 200

        await until(gone, seconds=40)
        ids = await writer.hide(uuid4())

        async def again() -> bool:
            return ids[0] in await reader.effects_of(consumer)

        await until(again)


async def test_a_worker_starts_while_the_database_is_away(amqp_url: str, amqp_prefix: str) -> None:
    settings = Settings(
        database_url="postgresql+asyncpg://nobody@127.0.0.1:1/nothing", amqp_url=amqp_url, amqp_prefix=amqp_prefix
    )
    app = Worker("registry", settings).asgi()
    async with serving(app):
        assert (await get(app, "/livez"))[0] == 200
        assert (await get(app, "/readyz"))[0] == 503


@pytest.mark.parametrize("away", [False, True])
async def test_a_worker_told_to_end_while_it_connects_leaves_nothing_behind(
    amqp_url: str, amqp_prefix: str, away: bool
) -> None:
    """aio-pika's task that connects again and again takes a cancellation for a failed attempt."""
    broker = "amqp://guest:guest@127.0.0.1:1/" if away else amqp_url
    database = "postgresql+asyncpg://nobody@127.0.0.1:1/nothing"
    for pause in (0, 0.001, 0.01, 0.05):
        async with serving(
            Worker("registry", Settings(database_url=database, amqp_url=broker, amqp_prefix=amqp_prefix)).asgi()
        ):
            await asyncio.sleep(pause)
    left = [str(task.get_coro()) for task in asyncio.all_tasks()]
    assert not [name for name in left if "connection_factory" in name]


def test_a_worker_without_a_broker_says_so(writer: Service) -> None:
    with pytest.raises(ValueError, match="DORFNETZ_AMQP_URL"):
        Worker("registry", settings_of(writer)).asgi()


async def test_a_timer_runs_in_one_process_at_a_time_and_survives_a_failure(writer: Service) -> None:
    running = most = runs = 0

    async def work(_: Any) -> None:
        nonlocal running, most, runs
        running, runs = running + 1, runs + 1
        most = max(most, running)
        try:
            await asyncio.sleep(0.05)
        finally:  # a worker that ends cancels its timer
            running -= 1
        if runs == 1:
            raise RuntimeError

    timers = [Timer("test.work", 0.01, work)]
    workers = [Worker("registry", settings_of(writer), timers=timers) for _ in range(3)]
    transport = InProcessTransport()
    async with workers[0].running(transport), workers[1].running(transport), workers[2].running(transport):

        async def enough() -> bool:
            return runs >= 5

        await until(enough)
    assert most == 1


async def test_many_timers_leave_each_other_connections(writer: Service) -> None:
    """All begin at once, and there are more of them than connections."""
    done: set[int] = set()

    def timer(number: int) -> Timer:
        async def work(sessions: Any) -> None:
            async with sessions() as session:
                await session.execute(sa.select(1))
            done.add(number)

        return Timer(f"test.{number}", 600, work)

    settings = settings_of(writer).model_copy(update={"database_pool_size": 3})
    worker = Worker("registry", settings, timers=[timer(number) for number in range(30)])
    async with worker.running(InProcessTransport()):

        async def all_ran() -> bool:
            return len(done) == 30

        await until(all_ran, seconds=20)  # the pool itself gives up after 30


async def test_what_can_wait_does_not_begin_with_the_worker(writer: Service) -> None:
    began: list[str] = []

    def timer(name: str, **when: float) -> Timer:
        async def work(_: Any) -> None:
            began.append(name)

        return Timer(f"test.{name}", 600, work, **when)

    worker = Worker("registry", settings_of(writer), timers=[timer("later", first_after=1), timer("now")])
    async with worker.running(InProcessTransport()):

        async def both_began() -> bool:
            return len(began) == 2

        await until(both_began)
    assert began == ["now", "later"]


def test_the_document_names_what_is_published_and_consumed(writer: Service) -> None:
    document = Worker("registry", settings_of(writer), consumers=[counting("registry.own")]).asyncapi()
    assert document["asyncapi"].startswith("3.0")
    operations = document["operations"].values()
    actions = {operation["action"] for operation in operations}
    assert actions == {"send", "receive"}
    addresses = {channel.get("address") for channel in document["channels"].values()}
    assert f"{OrganisationHidden.type}.*" in addresses
    assert not any("notifications.notice" in str(address) for address in addresses)
    payloads = document["components"]["schemas"]
    assert any("organisation_id" in json.dumps(payload) for payload in payloads.values())
    for names in (payloads, document["components"]["messages"], document["channels"], document["operations"]):
        assert all(re.fullmatch(r"[\w.-]+", name) for name in names)
    refs = set(_refs(document))
    assert refs
    for ref in refs:
        found: Any = document
        for part in ref.removeprefix("#/").split("/"):
            found = found[unquote(part).replace("~1", "/").replace("~0", "~")]


def _refs(node: Any) -> list[str]:
    if isinstance(node, dict):
        own = [node["$ref"]] if isinstance(node.get("$ref"), str) else []
        return own + [ref for value in node.values() for ref in _refs(value)]
    return [ref for value in node for ref in _refs(value)] if isinstance(node, list) else []
