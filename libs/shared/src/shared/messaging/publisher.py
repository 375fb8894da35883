"""Publishing a batch to RabbitMQ: one write to one channel, all confirms and returns watched.

This uses inner parts of aiormq, which is pinned for it; `supports_batches` looks for them, a test holds what they do,
and where one is missing the batch goes out by plain publishes, at half the speed.
"""

import asyncio
from collections.abc import Sequence
from typing import Any
from uuid import uuid4

import aiormq
import structlog
from aiormq.abc import ChannelFrame
from aiormq.exceptions import DeliveryError, PublishError
from pamqp import commands
from yarl import URL

from shared.contracts.envelope import CONTENT_TYPE
from shared.messaging.faults import own_cancellation
from shared.messaging.frames import encode_publish, headers_of
from shared.messaging.topology import Topology
from shared.messaging.transport import Failure, Outgoing, Publication

HEARTBEAT = 8  # seconds; the default needs minutes to notice a half-open connection
CONNECT_TIMEOUT = 10.0
UNROUTABLE = "unroutable"
REFUSED = "refused"
LONGEST_PAUSE = 60.0  # seconds between two attempts to publish an event that no queue wants

log = structlog.get_logger(__name__)

_PARTS = ("lock", "delivery_tag", "confirmations", "message_id_delivery_tag", "write_queue", "on_return_raises")


class PublishInterrupted(Exception):
    """The connection broke before anything was confirmed."""


def _failure(code: str, row: Outgoing) -> Failure:
    return Failure(code, min(2.0**row.attempts, LONGEST_PAUSE))


class _Confirmation:
    """Stands in for the future of one publish: aiormq calls it when the broker confirms, refuses or returns."""

    __slots__ = ("_batch", "_row", "_settled")

    def __init__(self, batch: "_Batch", row: Outgoing) -> None:
        self._batch = batch
        self._row = row
        self._settled = False

    def done(self) -> bool:
        return self._settled

    def cancelled(self) -> bool:
        return False

    def set_result(self, _: object) -> None:
        self._settled = True
        self._batch.settle(self._row, None)

    def set_exception(self, error: BaseException) -> None:
        self._settled = True
        self._batch.settle(self._row, UNROUTABLE if isinstance(error, PublishError) else REFUSED)


class _Batch:
    def __init__(self, size: int, complete: asyncio.Future[None]) -> None:
        self.publication = Publication()
        self.complete = complete
        self._waiting = size

    def settle(self, row: Outgoing, code: str | None) -> None:
        if code is None:
            self.publication.confirmed.add(row.id)
        else:
            self.publication.failed[row.id] = _failure(code, row)
        self._waiting -= 1
        if self._waiting == 0 and not self.complete.done():
            self.complete.set_result(None)


def supports_batches(channel: Any) -> bool:
    """Whether this aiormq has the inner parts that a batch write needs."""
    return all(hasattr(channel, part) for part in _PARTS) and hasattr(channel.connection, "connection_tune")


def amqp_url(url: str, name: str) -> str:
    """The address with our heartbeat, and with a name that the broker's overview shows."""
    return str(URL(url).update_query({"heartbeat": str(HEARTBEAT), "name": name}))


class BatchPublisher:
    """One connection and one channel of its own for publishing: a broker that blocks publishers stops no consumer.

    A connection that fails in any way is thrown away; the next batch opens a new one.
    """

    def __init__(self, url: str, topology: Topology, *, name: str = "dorfnetz-relay") -> None:
        self._url = amqp_url(url, name)
        self._topology = topology
        self._channel: Any = None

    async def publish(self, batch: Sequence[Outgoing]) -> Publication:
        """Publish in order. Rows in neither set of the answer are unknown: publish them again.

        Raises when nothing is known about any row.
        """
        try:
            with own_cancellation():
                channel = await self._open()
                write = self._write_at_once if supports_batches(channel) else self._write_one_by_one
                publication = await write(channel, batch)
        except BaseException:
            await self.close()
            raise
        if len(publication.confirmed) + len(publication.failed) < len(batch):
            await self.close()
            if not publication.confirmed:
                raise PublishInterrupted
        return publication

    async def _open(self) -> Any:
        if self._channel is None or self._channel.is_closed or self._channel.connection.is_closed:
            await self.close()
            async with asyncio.timeout(CONNECT_TIMEOUT):
                connection = await aiormq.connect(self._url)
                self._channel = await connection.channel(publisher_confirms=True, on_return_raises=True)
        return self._channel

    async def close(self) -> None:
        """Drop the connection without waiting for a broker that may be gone."""
        channel, self._channel = self._channel, None
        if channel is not None:
            try:
                async with asyncio.timeout(1):
                    await channel.connection.close()
            except Exception as error:
                log.debug("publisher.close_failed", error=type(error).__name__)

    async def _write_at_once(self, channel: Any, rows: Sequence[Outgoing]) -> Publication:
        """Frame the batch and write it at once; the confirms and returns find their rows by `_Confirmation`."""
        batch = _Batch(len(rows), asyncio.get_running_loop().create_future())
        frame_max = channel.connection.connection_tune.frame_max
        written = []
        ids = []
        async with channel.lock:
            for row in rows:
                # Never the event's id: the same id twice in flight on one channel swaps the confirms.
                message_id = uuid4().hex
                ids.append(message_id)
                channel.delivery_tag += 1
                channel.confirmations[channel.delivery_tag] = _Confirmation(batch, row)
                channel.message_id_delivery_tag[message_id] = channel.delivery_tag
                written.append(
                    encode_publish(
                        row,
                        channel=channel.number,
                        exchange=self._topology.exchange(row.exchange),
                        message_id=message_id,
                        frame_max=frame_max,
                    )
                )
            await channel.write_queue.put(ChannelFrame(payload=b"".join(written), should_close=False))
        closing = channel.closing
        try:
            await asyncio.wait((batch.complete, closing), return_when=asyncio.FIRST_COMPLETED)
        finally:
            closing.cancel()
            for message_id in ids:
                channel.message_id_delivery_tag.pop(message_id, None)
        return batch.publication

    async def _write_one_by_one(self, channel: Any, rows: Sequence[Outgoing]) -> Publication:
        """The same by aiormq's public parts."""
        publication = Publication()

        async def publish(row: Outgoing) -> None:
            try:
                await channel.basic_publish(
                    row.body,
                    exchange=self._topology.exchange(row.exchange),
                    routing_key=row.routing_key,
                    mandatory=True,
                    wait=False,
                    properties=commands.Basic.Properties(
                        content_type=CONTENT_TYPE,
                        delivery_mode=2,
                        message_id=uuid4().hex,
                        message_type=row.type,
                        headers=dict(headers_of(row)),
                    ),
                )
                publication.confirmed.add(row.id)
            except PublishError:
                publication.failed[row.id] = _failure(UNROUTABLE, row)
            except DeliveryError:
                publication.failed[row.id] = _failure(REFUSED, row)

        await asyncio.gather(*(publish(row) for row in rows), return_exceptions=True)
        return publication
