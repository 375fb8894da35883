"""The ledger that decides: what was accepted, what took effect. 0 lost, 0 without cause, 0 doubled, 0 stuck.

A writer commits a row of its own together with each event, as a service does; a reader writes a row for each effect,
with nothing in its table that would hide a second one. Neither trusts messaging, which is what is examined.
"""

import asyncio
import os
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID, uuid4

import aio_pika
import sqlalchemy as sa
from shared.contracts.envelope import CONTENT_TYPE, Event, EventData, Exchange, create_event
from shared.contracts.registry import OrganisationHidden
from shared.messaging import outbox, tables
from shared.messaging.consumer import Consumer
from shared.messaging.rabbit import RabbitTransport
from shared.messaging.relay import Relay
from shared.messaging.topology import Topology
from shared.messaging.worker import started
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine

from testkit.aio import run_sync
from testkit.databases import Databases, create_messaging_tables
from testkit.messaging import Service, build_effects, counting, effects, service, until

NETWORK = "heidedoerfer"
LARGE = os.environ.get("FAULTS") == "large"
QUIET = 0.5  # seconds in which a doubled effect would show up
T = TypeVar("T")

accepted = sa.Table(
    "accepted",
    sa.MetaData(),
    sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
    sa.Column("event_id", sa.Uuid, nullable=False),
)


def count_of(*, small: T, large: T) -> T:
    """How often a fault is repeated: `make test` runs the small count, `make faults` the large one."""
    return large if LARGE else small


class LedgerViolated(AssertionError):
    """Messaging broke its promise."""


@dataclass(frozen=True)
class Balance:
    """What the ledger shows."""

    accepted: int
    lost: int
    without_cause: int
    doubled: int
    stuck: int

    def check(self) -> None:
        """Raise `LedgerViolated` unless everything accepted took effect once and nothing else did."""
        if self.lost or self.without_cause or self.doubled or self.stuck:
            raise LedgerViolated(str(self))


def build_writer(url: str) -> None:
    """The tables of messaging, and one for what the writer itself committed."""
    create_messaging_tables(url)

    async def create() -> None:
        engine = create_async_engine(url, poolclass=sa.NullPool)
        async with engine.begin() as connection:
            await connection.run_sync(accepted.metadata.create_all)
        await engine.dispose()

    run_sync(create)


def build_reader_without_inbox(url: str) -> None:
    """A reader whose inbox has no key: it takes every event for a new one."""
    build_effects(url)

    async def remove_key() -> None:
        engine = create_async_engine(url, poolclass=sa.NullPool)
        async with engine.begin() as connection:
            await connection.execute(sa.text("ALTER TABLE inbox DROP CONSTRAINT pk_inbox"))
        await engine.dispose()

    run_sync(remove_key)


async def accept(session: AsyncSession, data: EventData, subject: UUID) -> UUID:
    """What a handler does: a change of its own and the event that tells of it, in the caller's transaction."""
    event_id = outbox.record(session, data, subject=subject, sequence=1, network=NETWORK)
    await session.execute(accepted.insert().values(event_id=event_id))
    return event_id


class Ledger:
    """A writer, a reader, the broker between them, and the balance."""

    def __init__(self, writer: Service, reader: Service, amqp_url: str, prefix: str) -> None:
        self.writer, self.reader = writer, reader
        self.amqp_url, self.prefix = amqp_url, prefix
        self.topology = Topology(prefix)
        self.consumer: Consumer = counting("portal.ledger")

    async def accept(self, count: int, *, data: Sequence[EventData] = ()) -> list[UUID]:
        """Commit `count` events, or those in `data`, in one transaction each of up to fifty."""
        items = list(data) or [OrganisationHidden(organisation_id=uuid4()) for _ in range(count)]
        ids: list[UUID] = []
        for start in range(0, len(items), 50):
            async with self.writer.sessions() as session, session.begin():
                ids += [await accept(session, item, uuid4()) for item in items[start : start + 50]]
        return ids

    async def accept_unrecorded(self, count: int) -> list[Event[OrganisationHidden]]:
        """Accept events without an outbox; the test publishes them itself."""
        events = [
            create_event(OrganisationHidden(organisation_id=uuid4()), subject=uuid4(), sequence=1, network=NETWORK)
            for _ in range(count)
        ]
        async with self.writer.sessions() as session, session.begin():
            await session.execute(accepted.insert(), [{"event_id": event.id} for event in events])
        return events

    @asynccontextmanager
    async def working(
        self, *, amqp_url: str | None = None, consumers: int = 1, relay: bool = True
    ) -> AsyncIterator[list[RabbitTransport]]:
        """Run the relay and as many processes' worth of consumers, each on connections of its own."""
        async with AsyncExitStack() as stack:
            transports = []
            for _ in range(consumers):
                transport = RabbitTransport(amqp_url or self.amqp_url, self.prefix)
                transport.subscribe(self.consumer, self.reader.sessions)
                await stack.enter_async_context(started(transport))
                transports.append(transport)
            for transport in transports:
                await _until_ready(transport)
            if relay:
                task = asyncio.create_task(Relay(self.writer.engine, transports[0]).run())
                stack.push_async_callback(_end, task)
            yield transports

    @asynccontextmanager
    async def publishing(self) -> AsyncIterator[None]:
        """Run a relay alone, without declaring the consumer's queue."""
        transport = RabbitTransport(self.amqp_url, self.prefix)
        async with started(transport):
            await _until_ready(transport)
            task = asyncio.create_task(Relay(self.writer.engine, transport).run())
            try:
                yield
            finally:
                await _end(task)

    async def drained(self, seconds: float) -> None:
        """Wait until the consumer's queue has nothing to deliver."""

        async def is_empty() -> bool:
            return await self._depth(self.topology.queue(self.consumer.name)) == 0

        await until(is_empty, seconds=seconds, what="the queue to be empty")

    async def settle(self, seconds: float) -> Balance:
        """The balance, as soon as it is even and stays so, at the latest after so many seconds."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + seconds
        while loop.time() < deadline:
            if _is_even(await self.balance()):
                await asyncio.sleep(QUIET)
                break
            await asyncio.sleep(0.1)
        return await self.balance()

    async def balance(self) -> Balance:
        """What the ledger shows now. Stuck is what waits in the outbox or lies among the dead letters."""
        committed = {row.event_id for row in await self.writer.rows(accepted)}
        took_effect = Counter(row.event_id for row in await self.reader.rows(effects))
        return Balance(
            accepted=len(committed),
            lost=len(committed - set(took_effect)),
            without_cause=len(set(took_effect) - committed),
            doubled=sum(1 for count in took_effect.values() if count > 1),
            stuck=await self.writer.count(tables.outbox) + await self.dead_letters(),
        )

    async def dead_letters(self) -> int:
        """How many messages lie in the consumer's dead-letter queue."""
        return await self._depth(self.topology.dead_queue(self.consumer.name))

    async def _depth(self, name: str) -> int:
        """How many messages wait in a queue; 0 where it or the broker is away."""
        try:
            async with self.channel() as channel:
                queue = await channel.declare_queue(name, passive=True)
                return int(queue.declaration_result.message_count or 0)
        except (aio_pika.exceptions.AMQPError, OSError):
            return 0

    async def publish_by_hand(self, *bodies: bytes, type_: str = OrganisationHidden.type) -> None:
        """Put bodies on the public exchange, as anybody with the right to publish can."""
        async with self.channel() as channel:
            exchange = await channel.get_exchange(self.topology.exchange(Exchange.EVENTS))
            for body in bodies:
                message = aio_pika.Message(body, content_type=CONTENT_TYPE, delivery_mode=2)
                await exchange.publish(message, routing_key=f"{type_}.{NETWORK}")

    @asynccontextmanager
    async def channel(self) -> AsyncIterator[Any]:
        """A channel of the test's own."""
        connection = await aio_pika.connect(self.amqp_url, timeout=10)
        async with connection:
            yield await connection.channel()


@asynccontextmanager
async def open_ledger(
    databases: Databases, amqp_url: str, prefix: str, *, name: str = "ledger", inbox: bool = True
) -> AsyncIterator[Ledger]:
    """An empty ledger; its queues are removed at the end. `inbox=False` is for control runs."""
    writer_url = databases.built(f"{name}_writer", build_writer)
    if inbox:
        reader_url = databases.built(f"{name}_reader", build_effects)
    else:
        reader_url = databases.built(f"{name}_reader_without_inbox", build_reader_without_inbox)
    async with service(writer_url) as writer, service(reader_url) as reader:
        ledger = Ledger(writer, reader, amqp_url, prefix)
        try:
            yield ledger
        finally:
            await _remove(ledger)


async def _remove(ledger: Ledger) -> None:
    names = [ledger.topology.queue(ledger.consumer.name), ledger.topology.dead_queue(ledger.consumer.name)]
    try:
        async with ledger.channel() as channel:
            for name in (*names, ledger.topology.unrouted):
                await channel.queue_delete(name)
            dead = ledger.topology.dead_exchange(ledger.consumer.name)
            for exchange in (*map(ledger.topology.exchange, Exchange), dead):
                await channel.exchange_delete(exchange)
            await channel.exchange_delete(ledger.topology.unrouted)
    except (aio_pika.exceptions.AMQPError, OSError):
        return  # the broker ends with the tests


async def _until_ready(transport: RabbitTransport) -> None:
    async def ready() -> bool:
        return transport.ready()

    await until(ready, seconds=30, what="the transport's start")


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def _is_even(balance: Balance) -> bool:
    return not (balance.lost or balance.doubled or balance.without_cause or balance.stuck)
