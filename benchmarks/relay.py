"""Row: the outbox relay with its database against aio-pika, which has nothing to claim and nothing to move."""

import asyncio
import time
from uuid import uuid4

import aio_pika
import asyncpg
from shared.contracts.envelope import CONTENT_TYPE, Exchange
from shared.messaging.rabbit import RabbitTransport
from shared.messaging.relay import Relay
from shared.messaging.topology import Topology
from sqlalchemy.ext.asyncio import create_async_engine

from benchmarks import events
from benchmarks.servers import Place

ROWS = 10_000
IN_FLIGHT = 100


async def measure_relay(place: Place) -> float:
    """Rows a second from the outbox to the event log by way of a confirmed publish."""
    url = place.databases.messaging("relay")
    await _fill(place.databases.admin_url(url))
    prefix = f"bench-{uuid4().hex[:8]}"
    transport = RabbitTransport(place.amqp_url, prefix)
    engine = create_async_engine(url)
    await transport.start()
    try:
        await _bind(place.amqp_url, prefix)
        relay = Relay(engine, transport, service="bench")
        start = time.perf_counter()
        while await relay.publish_batch():
            pass
        seconds = time.perf_counter() - start
        await _check(url)
    finally:
        await transport.stop()
        await engine.dispose()
        await _remove(place.amqp_url, prefix)
    return ROWS / seconds


async def measure_aio_pika(place: Place) -> float:
    """Confirmed publishes a second, 100 in flight, of the same bytes to the same kind of exchange and queue."""
    prefix = f"bench-{uuid4().hex[:8]}"
    transport = RabbitTransport(place.amqp_url, prefix)
    await transport.start()
    await transport.stop()
    await _bind(place.amqp_url, prefix)
    bodies = [(event.to_bytes(), event.routing_key) for event in (events.create() for _ in range(ROWS))]
    connection = await aio_pika.connect_robust(place.amqp_url)
    try:
        channel = await connection.channel(on_return_raises=True)
        exchange = await channel.get_exchange(Topology(prefix).exchange(Exchange.EVENTS))
        waiting = iter(bodies)

        async def work() -> None:
            for body, routing_key in waiting:
                message = aio_pika.Message(
                    body, content_type=CONTENT_TYPE, delivery_mode=aio_pika.DeliveryMode.PERSISTENT
                )
                await exchange.publish(message, routing_key)

        start = time.perf_counter()
        await asyncio.gather(*(work() for _ in range(IN_FLIGHT)))
        return ROWS / (time.perf_counter() - start)
    finally:
        await connection.close()
        await _remove(place.amqp_url, prefix)


async def _bind(amqp_url: str, prefix: str) -> None:
    async with await aio_pika.connect(amqp_url) as connection:
        channel = await connection.channel()
        queue = await channel.declare_queue(f"{prefix}.sink", durable=True, arguments={"x-queue-type": "quorum"})
        await queue.bind(Topology(prefix).exchange(Exchange.EVENTS), "#")


async def _remove(amqp_url: str, prefix: str) -> None:
    topology = Topology(prefix)
    async with await aio_pika.connect(amqp_url) as connection:
        channel = await connection.channel()
        for queue in (f"{prefix}.sink", topology.unrouted):
            await channel.queue_delete(queue)
        for exchange in topology.exchanges():
            await channel.exchange_delete(exchange.name)


async def _fill(url: str) -> None:
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    columns = ["event_id", "exchange", "routing_key", "type", "subject", "sequence", "networkid", "body"]
    rows = [
        (e.id, "events", e.routing_key, e.type, e.subject, 1, events.NETWORK, e.to_bytes())
        for e in (events.create() for _ in range(ROWS))
    ]
    await connection.copy_records_to_table("outbox", records=rows, columns=columns)
    await connection.execute("analyze outbox")
    await connection.close()


async def _check(url: str) -> None:
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    logged = await connection.fetchval("select count(*) from event_log")
    await connection.close()
    if logged != ROWS:
        raise RuntimeError(f"{logged} of {ROWS} events are in the log")
