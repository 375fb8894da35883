"""What was found by experiment in this stack (docs/architecture.md), each with a test named by its number.

Numbers 7, 9 and 10 concern HTTP and the database's roles and are tested with those.
"""

import ast
import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import aio_pika
import aiormq
import asyncpg
import pytest
import shared.messaging
from shared.contracts.envelope import Event, Exchange
from shared.contracts.registry import OrganisationHidden, PersonDescribed
from shared.messaging import tables
from shared.messaging.consumer import Consumer
from shared.messaging.faults import StrayCancellation, is_database_away, own_cancellation
from shared.messaging.publisher import HEARTBEAT, UNROUTABLE, BatchPublisher
from shared.messaging.publisher import amqp_url as with_heartbeat
from shared.messaging.rabbit import RabbitTransport
from shared.messaging.relay import Relay
from shared.messaging.topology import Topology
from shared.messaging.transport import Outgoing, Publication
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.ext.asyncio import AsyncSession
from testkit.databases import Databases
from testkit.messaging import FAST, Run, Service, build_effects, counting, note, service, until
from testkit.postgres import Postgres
from testkit.rabbitmq import Broker
from testkit.tcp_proxy import TcpProxy


async def test_1_an_unroutable_event_stays_in_the_outbox_until_it_can_go(
    writer: Service, reader: Service, rabbit: RabbitTransport, amqp_url: str, amqp_prefix: str, run: Run
) -> None:
    """A private event before its consumer has ever run; the subscriber declared its own things meanwhile."""
    other = counting()
    await run(rabbit, other)
    ids = [await writer.describe_person(f"Person {number}") for number in range(10)]

    async def refused() -> bool:
        rows = await writer.rows(tables.outbox)
        return len(rows) == 10 and all(row.last_error == UNROUTABLE and row.attempts >= 1 for row in rows)

    await until(refused)
    directory = Consumer("notifications.directory", retry=FAST)

    @directory.on(PersonDescribed)
    async def describe(session: AsyncSession, event: Event[PersonDescribed]) -> None:
        await note(session, directory, event)

    late = RabbitTransport(amqp_url, amqp_prefix)
    late.subscribe(directory, reader.sessions)
    await late.start()

    async def delivered() -> bool:
        return sorted(await reader.effects_of(directory)) == sorted(ids) and await writer.count(tables.outbox) == 0

    try:
        await until(delivered, seconds=30)
    finally:
        await late.stop()


async def test_1_a_public_event_without_subscribers_is_routable(
    writer: Service, rabbit: RabbitTransport, run: Run
) -> None:
    await run(rabbit)
    (event_id,) = await writer.hide(uuid4())

    async def logged() -> bool:
        return [row.event_id for row in await writer.rows(tables.event_log)] == [event_id]

    await until(logged)
    assert await writer.count(tables.outbox) == 0


class Straying:
    """A transport whose library raises `CancelledError` three times although nobody cancelled anything."""

    publish_timeout: float | None = 5

    def __init__(self) -> None:
        self.calls = 0

    def subscribe(self, *_: Any) -> None: ...
    async def start(self) -> None: ...
    async def stop(self) -> None: ...

    def ready(self) -> bool:
        return True

    async def publish(self, batch: Any) -> Publication:
        self.calls += 1
        if self.calls <= 3:
            raise asyncio.CancelledError
        return Publication(confirmed={row.id for row in batch})


async def test_2_a_stray_cancellation_does_not_end_the_relay(writer: Service) -> None:
    transport = Straying()
    relay = asyncio.create_task(Relay(writer.engine, transport).run())
    await writer.hide(uuid4())

    async def published() -> bool:
        return await writer.count(tables.outbox) == 0

    await until(published)
    assert transport.calls == 4
    relay.cancel()  # and a cancellation that is meant for it still ends it
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(relay, 5)


async def test_2_only_a_stray_cancellation_becomes_an_error() -> None:
    with pytest.raises(StrayCancellation), own_cancellation():
        raise asyncio.CancelledError

    async def sleep() -> None:
        with own_cancellation():
            await asyncio.sleep(30)

    task = asyncio.create_task(sleep())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await sleep()


async def test_2_and_4_a_half_open_connection_is_noticed_and_drained(
    writer: Service, reader: Service, amqp_url: str, amqp_prefix: str, run: Run
) -> None:
    consumer = counting()
    async with TcpProxy(amqp_url) as proxy:
        await run(RabbitTransport(proxy.url, amqp_prefix), consumer)
        (first,) = await writer.hide(uuid4())

        async def arrived() -> bool:
            return await reader.effects_of(consumer) == [first]

        await until(arrived)
        proxy.stop_forwarding()
        ids = await writer.hide(*(uuid4() for _ in range(50)))
        start = time.monotonic()
        await asyncio.sleep(HEARTBEAT * 3)
        relay = Relay(writer.engine, Straying())
        assert await relay.age() > HEARTBEAT  # health shows it
        proxy.forward()

        async def drained() -> bool:
            return sorted(await reader.effects_of(consumer)) == sorted([first, *ids])

        await until(drained, seconds=60 - HEARTBEAT * 3)
        assert time.monotonic() - start < 60


async def test_3_the_same_event_twice_in_flight_keeps_its_own_confirms(
    rabbit: RabbitTransport, amqp_url: str, amqp_prefix: str
) -> None:
    """The same event on both exchanges, one of which returns it; each publish has its own AMQP id."""
    await rabbit.start()
    event_id, subject = uuid4(), str(uuid4())
    rows = [
        Outgoing(
            n, event_id, Exchange.PRIVATE if n % 2 else Exchange.EVENTS, "a.b.c.v1.x", "a.b.c.v1", subject, None, b"{}"
        )
        for n in range(100)
    ]
    async with await aio_pika.connect(amqp_url) as connection:
        channel = await connection.channel()
        queue = await channel.declare_queue(exclusive=True)
        await queue.bind(Topology(amqp_prefix).exchange(Exchange.EVENTS), "#")
        publisher = BatchPublisher(amqp_url, Topology(amqp_prefix))
        publication = await publisher.publish(rows)
        ids = {(await queue.get()).message_id for _ in range(50)}
    await publisher.close()
    await rabbit.stop()
    assert publication.confirmed == set(range(0, 100, 2))
    assert set(publication.failed) == set(range(1, 100, 2))
    assert len(ids) == 50
    assert str(event_id) not in ids


async def test_4_the_heartbeat_is_five_to_ten_seconds(amqp_url: str) -> None:
    connection = await aiormq.connect(with_heartbeat(amqp_url, "test"))
    assert 5 <= connection.connection_tune.heartbeat <= 10  # what the broker and we agreed on
    await connection.close()


async def test_5_what_a_consumer_gives_up_is_kept_with_the_limits_set(
    rabbit: RabbitTransport, amqp_url: str, amqp_prefix: str, reader: Service
) -> None:
    """The queue refuses other arguments than ours, so these are the ones that it has."""
    consumer = counting()
    rabbit.subscribe(consumer, reader.sessions)
    await rabbit.start()
    arguments: dict[str, Any] = {
        "x-queue-type": "quorum",
        "x-dead-letter-exchange": f"{amqp_prefix}.{consumer.name.partition('.')[0]}.dead",
        "x-dead-letter-routing-key": f"{amqp_prefix}.{consumer.name}",
        "x-dead-letter-strategy": "at-least-once",
        "x-overflow": "reject-publish",
        "x-delivery-limit": 100,
    }
    connection = await aiormq.connect(amqp_url)
    channel = await connection.channel()
    await channel.queue_declare(f"{amqp_prefix}.{consumer.name}", durable=True, arguments=arguments)
    with pytest.raises(aiormq.exceptions.ChannelPreconditionFailed):
        await channel.queue_declare(
            f"{amqp_prefix}.{consumer.name}", durable=True, arguments={**arguments, "x-delivery-limit": 5}
        )
    await connection.close()
    await rabbit.stop()


async def test_5_attempts_are_counted_by_the_application(
    writer: Service, rabbit: RabbitTransport, run: Run, amqp_url: str, amqp_prefix: str
) -> None:
    """The broker never sees a nack, whose meaning changed with RabbitMQ 4.3: three attempts, one reject."""
    consumer = Consumer("portal.failing", retry=FAST)
    attempts = 0

    @consumer.on(OrganisationHidden)
    async def fail(session: AsyncSession, event: Event[OrganisationHidden]) -> None:
        nonlocal attempts
        attempts += 1
        raise RuntimeError

    await run(rabbit, consumer)
    await writer.hide(uuid4())
    async with await aio_pika.connect(amqp_url) as connection:
        channel = await connection.channel()
        dead = await channel.get_queue(f"{amqp_prefix}.{consumer.name}.dead")
        async with asyncio.timeout(15):
            while (message := await dead.get(fail=False)) is None:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
    assert attempts == 3
    assert message.headers.get("x-delivery-count", 0) in (0, 1)  # the reject; a nack each time would make it 2
    assert message.headers["x-death"][0]["reason"] == "rejected"  # type: ignore[index,call-overload]


@pytest.fixture
async def own_reader(own_postgres: Postgres, own_databases: Databases) -> AsyncIterator[Service]:
    async with service(own_databases.built("reader", build_effects)) as found:
        yield found


async def test_6_and_11_while_the_database_is_away_events_wait(
    writer: Service, own_postgres: Postgres, own_reader: Service, amqp_url: str, amqp_prefix: str
) -> None:
    consumer = counting()
    transport = RabbitTransport(amqp_url, amqp_prefix)
    transport.subscribe(consumer, own_reader.sessions)
    await transport.start()
    relay = asyncio.create_task(Relay(writer.engine, transport).run())
    try:
        ids = await writer.hide(*(uuid4() for _ in range(20)))

        async def arrived() -> bool:
            return len(await own_reader.effects_of(consumer)) == len(ids)

        await until(arrived)
        own_postgres.stop(immediate=True)
        ids += await writer.hide(*(uuid4() for _ in range(300)))
        await asyncio.sleep(4)
        own_postgres.start()
        await until(arrived, seconds=30)
        assert sorted(await own_reader.effects_of(consumer)) == sorted(ids)
        async with await aio_pika.connect(amqp_url) as connection:
            channel = await connection.channel()
            dead = await channel.get_queue(f"{amqp_prefix}.{consumer.name}.dead")
            assert await dead.get(fail=False) is None
    finally:
        relay.cancel()
        await asyncio.gather(relay, return_exceptions=True)
        await transport.stop()


def test_8_messaging_does_not_import_fastapis_deprecated_bridge() -> None:
    """HTTP and messaging are apart: only the event log, which is HTTP, knows FastAPI."""
    folder = Path(shared.messaging.__file__ or "").parent
    imports: dict[str, set[str]] = {}
    for path in folder.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            imports.setdefault(path.name, set()).update(names)
    assert {name for name, found in imports.items() if any(i.split(".")[0] == "fastapi" for i in found)} == {
        "event_log.py"
    }
    assert not any("faststream.rabbit.fastapi" in found for found in imports.values())


@pytest.mark.parametrize(
    "error",
    [
        ConnectionRefusedError(),
        ConnectionResetError(),
        asyncpg.InternalClientError("got result for unknown protocol state"),
        asyncpg.CannotConnectNowError("the database system is starting up"),
        asyncpg.AdminShutdownError("terminating connection"),
        OperationalError("select 1", {}, Exception()),
        DBAPIError("select 1", {}, Exception(), connection_invalidated=True),
        TimeoutError(),
    ],
    ids=lambda error: type(error).__name__,
)
def test_11_every_face_of_a_restarting_database_is_known(error: Exception) -> None:
    assert is_database_away(error)


@pytest.mark.parametrize("error", [ValueError(), KeyError("x"), asyncpg.UniqueViolationError("double"), RuntimeError()])
def test_11_a_bad_event_is_no_absent_database(error: Exception) -> None:
    assert not is_database_away(error)


async def test_5_consumers_are_back_after_a_restart_of_the_broker(
    writer: Service, reader: Service, own_broker: Broker, amqp_prefix: str, run: Run
) -> None:
    consumer = counting()
    await run(RabbitTransport(own_broker.url, amqp_prefix), consumer)
    ids = await writer.hide(*(uuid4() for _ in range(5)))

    async def arrived() -> bool:
        return sorted(await reader.effects_of(consumer)) == sorted(ids)

    await until(arrived)
    own_broker.stop()
    ids += await writer.hide(*(uuid4() for _ in range(5)))
    own_broker.start()
    await until(arrived, seconds=20)
    own_broker.kill()
    ids += await writer.hide(*(uuid4() for _ in range(5)))
    own_broker.start()
    await until(arrived, seconds=20)
