"""The transport of the embedded deployment: consumers in the same process, a commit is the confirm."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import sqlalchemy as sa
import structlog
from sqlalchemy.dialects.postgresql import insert

from shared.contracts.envelope import Exchange
from shared.database import transaction
from shared.messaging import metrics
from shared.messaging.consumer import Consumer
from shared.messaging.inbox import DatabaseAway, Inbox, Result
from shared.messaging.tables import dead_letter
from shared.messaging.transport import Delivery, Failure, Outgoing, Publication, Sessions

REPLAY_INTERVAL = 2.0  # seconds between two looks for dead letters that somebody wants replayed

log = structlog.get_logger(__name__)


@lru_cache(maxsize=10_000)
def topic_matches(pattern: str, routing_key: str) -> bool:
    """AMQP's rule of topics: words between dots, `*` stands for one word, `#` for any number of words."""
    return _matches(tuple(pattern.split(".")), tuple(routing_key.split(".")))


def _matches(pattern: tuple[str, ...], words: tuple[str, ...]) -> bool:
    if not pattern:
        return not words
    if pattern[0] == "#":
        return _matches(pattern[1:], words) or (bool(words) and _matches(pattern, words[1:]))
    return bool(words) and pattern[0] in ("*", words[0]) and _matches(pattern[1:], words[1:])


@dataclass(frozen=True)
class _Subscription:
    consumer: Consumer
    sessions: Sessions
    inbox: Inbox
    one_at_a_time: asyncio.Lock = field(default_factory=asyncio.Lock)

    def wants(self, message: Outgoing) -> bool:
        return any(
            binding.exchange is message.exchange and topic_matches(binding.pattern, message.routing_key)
            for binding in self.consumer.bindings()
        )


class InProcessTransport:
    """Hands each batch to every consumer that its messages match. One object serves all services of the process.

    It keeps nothing itself: an event that a consumer fails at stays in its outbox and comes again after a pause; the
    consumers that are done with it know it by their inbox. After a consumer's last attempt the event is a row in
    `dead_letter` of that consumer's database.
    """

    publish_timeout: float | None = None  # handlers have their own

    def __init__(self) -> None:
        self._subscriptions: list[_Subscription] = []
        self._open = asyncio.Event()
        self._replaying: asyncio.Task[None] | None = None

    def subscribe(self, consumer: Consumer, sessions: Sessions) -> None:
        """Feed a consumer. Call it before `start`."""
        self._subscriptions.append(_Subscription(consumer, sessions, Inbox(consumer, sessions)))

    async def start(self) -> None:
        """Let events through: all consumers are subscribed, so none misses what waited in an outbox."""
        self._open.set()
        self._replaying = asyncio.create_task(self._replay_again_and_again(), name="replay of dead letters")

    async def stop(self) -> None:
        """Let no more events through; they stay in their outboxes."""
        self._open.clear()
        if self._replaying is not None:
            self._replaying.cancel()
            await asyncio.gather(self._replaying, return_exceptions=True)

    def ready(self) -> bool:
        """Whether events are let through."""
        return self._open.is_set()

    async def publish(self, batch: Sequence[Outgoing]) -> Publication:
        """Run the consumers; a row is confirmed when each of them is done with it or has given it up."""
        await self._open.wait()
        publication = Publication(confirmed={message.id for message in batch})
        for subscription in self._subscriptions:
            matching = [message for message in batch if subscription.wants(message)]
            if matching:
                async with subscription.one_at_a_time:
                    await self._hand_over(subscription, matching, publication)
        return publication

    async def _hand_over(self, subscription: _Subscription, messages: list[Outgoing], publication: Publication) -> None:
        name = subscription.consumer.name
        deliveries = [Delivery(message.exchange, message.routing_key, message.body) for message in messages]
        try:
            results = await subscription.inbox.process(deliveries)
        except DatabaseAway as away:
            log.warning("consumer.database_away", consumer=name, error=away.reason)
            publication.confirmed.difference_update(message.id for message in messages)
            return
        metrics.CONSUMED.labels(name).inc(sum(result.error is None for result in results))
        for message, result in zip(messages, results, strict=True):
            if result.error is not None:
                await self._fail(subscription, message, result, publication)

    async def _fail(
        self, subscription: _Subscription, message: Outgoing, result: Result, publication: Publication
    ) -> None:
        consumer = subscription.consumer
        metrics.FAILURES.labels(consumer.name).inc()
        attempts = message.attempts + 1
        code = result.error or ""
        if result.final or attempts >= consumer.retry.attempts:
            log.error("consumer.dead_letter", consumer=consumer.name, reason=code, event_id=str(message.event_id))
            metrics.DEAD_LETTERS.labels(consumer.name, code).inc()
            await _bury(subscription, message, code)
        else:
            publication.confirmed.discard(message.id)
            publication.failed[message.id] = Failure(code, consumer.retry.pause(attempts))

    async def _replay_again_and_again(self) -> None:
        while True:
            for subscription in self._subscriptions:
                try:
                    async with subscription.one_at_a_time:
                        await _replay(subscription)
                except Exception as error:
                    log.warning("replay.failed", consumer=subscription.consumer.name, error=type(error).__name__)
            await asyncio.sleep(REPLAY_INTERVAL)


async def _replay(subscription: _Subscription) -> None:
    """Try the dead letters again that the command asks for; one that fails again stays, without the wish."""
    mine = dead_letter.c.consumer == subscription.consumer.name
    async with subscription.sessions() as session:
        rows = (await session.execute(sa.select(dead_letter).where(mine, dead_letter.c.replay).limit(100))).all()
    if not rows:
        return
    results = await subscription.inbox.process(
        [Delivery(Exchange(row.exchange), row.routing_key, row.body) for row in rows]
    )
    done = [row.id for row, result in zip(rows, results, strict=True) if result.error is None]
    async with transaction(subscription.sessions) as session:
        await session.execute(sa.delete(dead_letter).where(dead_letter.c.id.in_(done)))
        tried = dead_letter.c.id.in_([row.id for row in rows])
        await session.execute(sa.update(dead_letter).where(tried).values(replay=False))


async def _bury(subscription: _Subscription, message: Outgoing, reason: str) -> None:
    async with transaction(subscription.sessions) as session:
        await session.execute(
            insert(dead_letter)
            .values(
                consumer=subscription.consumer.name,
                event_id=message.event_id,
                exchange=message.exchange.value,
                routing_key=message.routing_key,
                reason=reason,
                body=message.body,
            )
            .on_conflict_do_nothing()  # a crash before the outbox row is gone brings the event here again
        )
