"""Between a queue and its consumer: gathers deliveries into batches, holds them while the database is away, retries."""

import asyncio
import heapq
import itertools
from dataclasses import dataclass
from typing import Any

import structlog

from shared.messaging import metrics
from shared.messaging.inbox import DatabaseAway, Inbox, Result
from shared.messaging.transport import Delivery

BATCH = 200
HOLD_FIRST = 0.25  # seconds between two looks for a database that is away; doubles
HOLD_LONGEST = 5.0

log = structlog.get_logger(__name__)


class AckChannel:
    """Answers the deliveries of one AMQP channel in as few frames as it can."""

    def __init__(self, channel: Any) -> None:
        self._channel = channel
        self._floor = 0  # every delivery up to this tag is answered
        self._answered: set[int] = set()  # tags above it that are

    @property
    def closed(self) -> bool:
        """Whether the broker will deliver again, whatever was not answered."""
        return bool(self._channel.is_closed)

    async def ack(self, tags: list[int]) -> None:
        """Acknowledge deliveries: with one frame as far as nothing before them is open."""
        self._answered.update(tags)
        together = 0
        for tag in sorted(tags):
            if self._reaches(tag):
                together = tag
            else:
                await self._channel.basic_ack(tag, wait=False)
        if together:
            await self._channel.basic_ack(together, multiple=True, wait=False)

    async def reject(self, tag: int) -> None:
        """Send a delivery to the dead letters."""
        self._answered.add(tag)
        await self._channel.basic_reject(tag, requeue=False, wait=False)

    def _reaches(self, tag: int) -> bool:
        while self._floor + 1 in self._answered:
            self._floor += 1
            self._answered.discard(self._floor)
        return tag <= self._floor


@dataclass(slots=True)
class Received:
    """One message in the collector's hands."""

    delivery: Delivery
    channel: AckChannel
    tag: int
    attempts: int = 0


class Collector:
    """Feeds one consumer. What it holds is not acknowledged, so a crash loses nothing."""

    def __init__(self, inbox: Inbox) -> None:
        self._inbox = inbox
        self._name = inbox.consumer.name
        self._retry = inbox.consumer.retry
        self._waiting: list[Received] = []
        self._retries: list[tuple[float, int, Received]] = []
        self._number = itertools.count()
        self._arrived = asyncio.Event()

    def put(self, received: Received) -> None:
        """Take a delivery; the broker's prefetch bounds how many there are."""
        self._waiting.append(received)
        self._arrived.set()

    async def run(self) -> None:
        """Work until cancelled. A batch that is being done when that happens is rolled back and comes again."""
        while True:
            for received in self._due():
                await self._do([received])
            batch, self._waiting = self._waiting[:BATCH], self._waiting[BATCH:]
            if batch:
                await self._do(batch)
            else:
                await self._rest()

    def _due(self) -> list[Received]:
        now = asyncio.get_running_loop().time()
        due = []
        while self._retries and self._retries[0][0] <= now:
            due.append(heapq.heappop(self._retries)[2])
        return due

    async def _rest(self) -> None:
        self._arrived.clear()
        until = self._retries[0][0] if self._retries else None
        try:
            async with asyncio.timeout_at(until):
                await self._arrived.wait()
        except TimeoutError:
            return

    async def _do(self, batch: list[Received]) -> None:
        # What came over a channel that is gone comes again over the next one.
        batch = [received for received in batch if not received.channel.closed]
        if not batch:
            return
        results = await self._process(batch)
        try:
            await self._answer(list(zip(batch, results, strict=True)))
        except Exception as error:
            log.warning("consumer.answer_failed", consumer=self._name, error=type(error).__name__)

    async def _process(self, batch: list[Received]) -> list[Result]:
        pause = HOLD_FIRST
        while True:
            try:
                return await self._inbox.process([received.delivery for received in batch])
            except DatabaseAway as away:
                # No nack: the broker would count it, and healthy events would end among the dead letters.
                log.warning("consumer.database_away", consumer=self._name, error=away.reason)
                await asyncio.sleep(pause)
                pause = min(pause * 2, HOLD_LONGEST)

    async def _answer(self, results: list[tuple[Received, Result]]) -> None:
        done: dict[AckChannel, list[int]] = {}
        for received, result in results:
            if result.error is None:
                done.setdefault(received.channel, []).append(received.tag)
        for channel, tags in done.items():
            metrics.CONSUMED.labels(self._name).inc(len(tags))
            await channel.ack(tags)
        for received, result in results:
            if result.error is not None:
                await self._fail(received, result)

    async def _fail(self, received: Received, result: Result) -> None:
        received.attempts += 1
        metrics.FAILURES.labels(self._name).inc()
        if result.final or received.attempts >= self._retry.attempts:
            # Capped here: RabbitMQ 4.3 no longer counts a nack toward its limit.
            log.error("consumer.dead_letter", consumer=self._name, reason=result.error, attempts=received.attempts)
            metrics.DEAD_LETTERS.labels(self._name, result.error).inc()
            await received.channel.reject(received.tag)
        else:
            due = asyncio.get_running_loop().time() + self._retry.pause(received.attempts)
            heapq.heappush(self._retries, (due, next(self._number), received))
