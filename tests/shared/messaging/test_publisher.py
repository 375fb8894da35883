"""The batch write: the bytes, the inner parts of aiormq that it rests on, and what it answers."""

import asyncio
from typing import Any
from uuid import uuid4

import aio_pika
import aiormq
import pamqp.frame
import pytest
from pamqp import body as amqp_body
from pamqp import commands, header
from shared.contracts.envelope import CONTENT_TYPE, Exchange
from shared.messaging import publisher as publisher_module
from shared.messaging.frames import encode_publish, headers_of
from shared.messaging.publisher import UNROUTABLE, BatchPublisher, PublishInterrupted, supports_batches
from shared.messaging.rabbit import RabbitTransport
from shared.messaging.topology import Topology
from shared.messaging.transport import Outgoing


def message(number: int, *, exchange: Exchange = Exchange.EVENTS, size: int = 200, attempts: int = 0) -> Outgoing:
    return Outgoing(
        id=number,
        event_id=uuid4(),
        exchange=exchange,
        routing_key="registry.organisation.hidden.v1.gröbern",
        type="registry.organisation.hidden.v1",
        subject=str(uuid4()),
        networkid="gröbern",
        body=b"x" * size,
        attempts=attempts,
    )


@pytest.mark.parametrize("size", [0, 1, 4096 - 8, 4096 - 7, 20_000])
def test_our_frames_are_what_pamqp_reads(size: int) -> None:
    row = message(1, size=size)
    raw = encode_publish(row, channel=3, exchange="dorfnetz.events", message_id="abc", frame_max=4096)
    frames: list[Any] = []
    while raw:
        length, channel, frame = pamqp.frame.unmarshal(raw)
        assert channel == 3
        frames.append(frame)
        raw = raw[length:]
    publish, properties, *bodies = frames
    assert isinstance(publish, commands.Basic.Publish)
    assert (publish.exchange, publish.routing_key, publish.mandatory) == ("dorfnetz.events", row.routing_key, True)
    assert isinstance(properties, header.ContentHeader)
    assert properties.body_size == size
    assert properties.properties.content_type == CONTENT_TYPE
    assert properties.properties.delivery_mode == 2
    assert properties.properties.message_id == "abc"
    assert properties.properties.message_type == row.type
    assert properties.properties.headers == headers_of(row)
    assert all(isinstance(part, amqp_body.ContentBody) for part in bodies)
    assert b"".join(part.value for part in bodies) == row.body


async def test_aiormq_has_the_parts_that_the_batch_write_needs(amqp_url: str) -> None:
    """Fails after an update of aiormq that moves them: then publishing works on, at half the speed."""
    connection = await aiormq.connect(amqp_url)
    channel = await connection.channel()
    assert supports_batches(channel)
    assert not supports_batches(object())
    await connection.close()


@pytest.fixture(params=["at once", "one by one"])
async def publisher(
    request: pytest.FixtureRequest, amqp_url: str, amqp_prefix: str, monkeypatch: pytest.MonkeyPatch
) -> Any:
    """Both ways of publishing, on declared exchanges."""
    transport = RabbitTransport(amqp_url, amqp_prefix)
    await transport.start()
    if request.param == "one by one":
        monkeypatch.setattr(publisher_module, "supports_batches", lambda _: False)
    publisher = BatchPublisher(amqp_url, Topology(amqp_prefix))
    yield publisher
    await publisher.close()
    await transport.stop()


async def test_confirmed_and_returned_rows_are_told_apart(publisher: BatchPublisher) -> None:
    """Public events always have a queue; private ones here have none."""
    rows = [message(n, exchange=Exchange.PRIVATE if n % 3 == 0 else Exchange.EVENTS, attempts=2) for n in range(300)]
    publication = await publisher.publish(rows)
    assert publication.confirmed == {n for n in range(300) if n % 3}
    assert set(publication.failed) == {n for n in range(300) if n % 3 == 0}
    assert {(failure.code, failure.pause) for failure in publication.failed.values()} == {(UNROUTABLE, 4.0)}


async def test_the_order_is_kept_and_large_bodies_arrive(
    publisher: BatchPublisher, amqp_url: str, amqp_prefix: str
) -> None:
    async with await aio_pika.connect(amqp_url) as connection:
        channel = await connection.channel()
        queue = await channel.declare_queue(exclusive=True)
        await queue.bind(Topology(amqp_prefix).exchange(Exchange.EVENTS), "#")
        rows = [message(n, size=n * 3000) for n in range(100)]
        for half in (rows[:50], rows[50:]):
            publication = await publisher.publish(half)
            assert not publication.failed
        arrived = [await queue.get() for _ in rows]
    assert [len(item.body) for item in arrived] == [n * 3000 for n in range(100)]
    assert arrived[1].headers["cloudEvents_id"] == str(rows[1].event_id)


async def test_a_missing_exchange_is_an_error_and_the_next_batch_works(
    publisher: BatchPublisher, amqp_url: str, amqp_prefix: str
) -> None:
    lost = BatchPublisher(amqp_url, Topology(f"{amqp_prefix}_nowhere"))
    with pytest.raises(PublishInterrupted):
        await asyncio.wait_for(lost.publish([message(1)]), 10)
    await lost.close()
    assert (await publisher.publish([message(1)])).confirmed == {1}
