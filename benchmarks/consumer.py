"""Row: a consumer with inbox and effect in PostgreSQL against a FastStream consumer that does nothing at all."""

import asyncio
import time
from collections.abc import Sequence
from typing import Any, cast
from uuid import UUID, uuid4

import aio_pika
import sqlalchemy as sa
from faststream.rabbit import Channel, QueueType, RabbitBroker, RabbitQueue
from shared.contracts.envelope import Event, Exchange
from shared.contracts.registry import OrganisationRegistered, OrganisationState
from shared.database import Base, create_metadata
from shared.messaging.consumer import Consumer
from shared.messaging.projection import upsert_many_if_newer
from shared.messaging.publisher import BatchPublisher
from shared.messaging.rabbit import RabbitTransport
from shared.messaging.topology import Topology
from shared.messaging.transport import Outgoing
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import Mapped, mapped_column
from testkit.aio import run_sync
from testkit.databases import create_messaging_tables

from benchmarks import events
from benchmarks.servers import Place

MESSAGES = 10_000
PREFETCH = 200
NAME = "portal.read-model"


class ReadModel(Base):
    metadata = create_metadata()
    __abstract__ = True


class Organisation(ReadModel):
    """What a read model keeps of an organisation."""

    __tablename__ = "organisation"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    sequence: Mapped[int]
    name: Mapped[str]
    slug: Mapped[str]
    village_id: Mapped[UUID]


async def measure_consumer(place: Place) -> float:
    """Events a second: each is in the inbox and in the read model, committed, and acknowledged."""
    url = place.databases.built("consumer", _build)
    prefix = f"bench-{uuid4().hex[:8]}"
    engine = create_async_engine(url)
    consumer = Consumer(NAME)
    handled = 0

    @consumer.on_batch(OrganisationRegistered)
    async def keep(session: AsyncSession, batch: Sequence[Event[OrganisationState]]) -> None:
        nonlocal handled
        await upsert_many_if_newer(session, Organisation, ["id"], [_row(event) for event in batch])
        handled += len(batch)

    transport = RabbitTransport(place.amqp_url, prefix)
    transport.subscribe(consumer, async_sessionmaker(engine, expire_on_commit=False))
    await _fill(place.amqp_url, prefix, consumer)
    try:
        start = time.perf_counter()
        await transport.start()
        while handled < MESSAGES or await _left(engine):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        return MESSAGES / (time.perf_counter() - start)
    finally:
        await transport.stop()
        await engine.dispose()
        await _remove(place.amqp_url, prefix)


async def measure_faststream(place: Place) -> float:
    """Messages a second through a FastStream subscriber that returns; without its logger, acknowledged one by one."""
    prefix = f"bench-{uuid4().hex[:8]}"
    await _fill(place.amqp_url, prefix, Consumer(NAME))
    broker = RabbitBroker(place.amqp_url, logger=None, default_channel=Channel(prefetch_count=PREFETCH))
    queue = RabbitQueue(
        Topology(prefix).queue(NAME),
        queue_type=QueueType.QUORUM,
        durable=True,
        arguments=cast("Any", Topology(prefix).consumer_queue(NAME).arguments),
    )
    handled = 0
    done = asyncio.Event()

    @broker.subscriber(queue)
    async def take(body: bytes) -> None:
        nonlocal handled
        handled += 1
        if handled == MESSAGES:
            done.set()

    try:
        start = time.perf_counter()
        await broker.start()
        await done.wait()
        return MESSAGES / (time.perf_counter() - start)
    finally:
        await broker.stop()
        await _remove(place.amqp_url, prefix)


def _row(event: Event[OrganisationState]) -> dict[str, Any]:
    state = event.data
    return {
        "id": state.organisation_id,
        "sequence": event.sequence,
        "name": state.name,
        "slug": state.slug,
        "village_id": state.village_id,
    }


def _build(url: str) -> None:
    create_messaging_tables(url)

    async def create() -> None:
        engine = create_async_engine(url)
        async with engine.begin() as connection:
            await connection.run_sync(ReadModel.metadata.create_all)
        await engine.dispose()

    run_sync(create)


async def _left(engine: AsyncEngine) -> int:
    async with engine.connect() as connection:
        kept = (await connection.execute(sa.select(sa.func.count()).select_from(Organisation))).scalar_one()
    return MESSAGES - int(kept)


async def _fill(amqp_url: str, prefix: str, consumer: Consumer) -> None:
    """Put the messages into the consumer's queue."""
    topology = Topology(prefix)
    async with await aio_pika.connect(amqp_url) as connection:
        channel = await connection.channel()
        for exchange in topology.exchanges():
            await channel.declare_exchange(
                exchange.name, exchange.type.value, durable=True, arguments=exchange.arguments
            )
        described = topology.consumer_queue(consumer.name)
        queue = await channel.declare_queue(described.name, durable=True, arguments=described.arguments)
        await queue.bind(topology.exchange(Exchange.EVENTS), "#")
    publisher = BatchPublisher(amqp_url, topology)
    for first in range(0, MESSAGES, 500):
        made = [(number, events.create()) for number in range(first, first + 500)]
        batch = [
            Outgoing(n, e.id, Exchange.EVENTS, e.routing_key, e.type, e.subject, e.networkid, e.to_bytes())
            for n, e in made
        ]
        publication = await publisher.publish(batch)
        if len(publication.confirmed) != len(batch):
            raise RuntimeError("the broker did not take the messages")
    await publisher.close()


async def _remove(amqp_url: str, prefix: str) -> None:
    topology = Topology(prefix)
    async with await aio_pika.connect(amqp_url) as connection:
        channel = await connection.channel()
        for queue in (topology.queue(NAME), topology.dead_queue(NAME), topology.unrouted):
            await channel.queue_delete(queue)
        for exchange in topology.exchanges():
            await channel.exchange_delete(exchange.name)
