"""Protections taken out, one by one: a test that holds without its protection proves nothing.

Each function gets `setattr`, or pytest's `monkeypatch.setattr` where the protection is to come back. The inbox is
taken out in the database: `build_reader_without_inbox` of `testkit.ledger`.
"""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

import faststream.rabbit.broker.broker as faststream_broker
from aio_pika import connect_robust
from shared.messaging import inbox, publisher
from shared.messaging.collector import Collector, Received
from shared.messaging.inbox import HANDLER_FAILED, Inbox, Result
from shared.messaging.rabbit import RabbitTransport
from shared.messaging.transport import Delivery, Outgoing, Publication

Patch = Callable[[Any, str, Any], None]
LATER = 0.5  # seconds


def no_confirm(patch: Patch) -> None:
    """The relay believes that what it is about to send has arrived."""
    publish = RabbitTransport.publish

    async def send_later(self: RabbitTransport, batch: Sequence[Outgoing]) -> None:
        await asyncio.sleep(LATER)
        await publish(self, batch)

    async def believe(self: RabbitTransport, batch: Sequence[Outgoing]) -> Publication:
        sending.add(asyncio.create_task(send_later(self, batch)))
        return Publication(confirmed={row.id for row in batch})

    sending: set[asyncio.Task[None]] = set()
    patch(RabbitTransport, "publish", believe)


def no_returns(patch: Patch) -> None:
    """A message that no queue wanted counts as delivered."""
    publish = RabbitTransport.publish

    async def count_all(self: RabbitTransport, batch: Sequence[Outgoing]) -> Publication:
        await publish(self, batch)
        return Publication(confirmed={row.id for row in batch})

    patch(RabbitTransport, "publish", count_all)


def ack_first(patch: Patch) -> None:
    """The consumer acknowledges what it gets before anything is done with it, as many libraries do by default."""
    process = Inbox.process
    arrived: list[Received] = []
    put = Collector.put

    def remember(self: Collector, received: Received) -> None:
        arrived.append(received)
        put(self, received)

    async def acknowledge_and_process(self: Inbox, deliveries: Sequence[Delivery]) -> list[Result]:
        for received in arrived:
            await received.channel.ack([received.tag])
        await asyncio.sleep(LATER)  # the frames are on their way
        return await process(self, deliveries)

    patch(Collector, "put", remember)
    patch(Inbox, "process", acknowledge_and_process)


def no_isolation(patch: Patch) -> None:
    """A batch fails as a whole: its worst event decides about all."""
    process = Inbox.process

    async def share_the_fate(self: Inbox, deliveries: Sequence[Delivery]) -> list[Result]:
        results = await process(self, deliveries)
        return [Result(HANDLER_FAILED)] * len(results) if any(result.error for result in results) else results

    patch(Inbox, "process", share_the_fate)


def no_hold(patch: Patch) -> None:
    """A database that is away counts as a failure of the event."""
    patch(inbox, "is_database_away", lambda error: False)


def no_reconnect(patch: Patch) -> None:
    """The consumers' connection does not come back by itself."""

    async def connect(**options: Any) -> Any:
        return await connect_robust(**{**options, "reconnect_interval": 3600})

    patch(faststream_broker, "connect_robust", connect)


def no_heartbeat(patch: Patch) -> None:
    """Connections made now: nobody asks whether the other side is still there, or stops waiting for an answer."""
    patch(publisher, "HEARTBEAT", 0)
    patch(RabbitTransport, "publish_timeout", None)
