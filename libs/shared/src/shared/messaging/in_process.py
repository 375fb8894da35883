"""The transport of the embedded deployment: consumers in the same process, a commit is the confirm."""

from collections.abc import Sequence
from functools import lru_cache

from sqlalchemy.dialects.postgresql import insert

from shared.database import transaction
from shared.messaging import tables
from shared.messaging.consumer import Consumer
from shared.messaging.inbox import DatabaseAway, Inbox, Result
from shared.messaging.transport import Delivery, Outgoing, Publication, Sessions


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


class InProcessTransport:
    """Hands each batch to every consumer that its messages match. One object serves all services of the process.

    It keeps nothing itself: an event that a consumer fails at stays in its outbox and comes again with the relay's
    backoff; the consumers that are done with it know it by their inbox. After a consumer's last attempt the event is
    a row in `dead_letter` of that consumer's database.
    """

    def __init__(self) -> None:
        self._inboxes: list[tuple[Consumer, Inbox, Sessions]] = []

    def subscribe(self, consumer: Consumer, sessions: Sessions) -> None:
        """Feed a consumer. Call it before any relay starts."""
        self._inboxes.append((consumer, Inbox(consumer, sessions), sessions))

    async def start(self) -> None:
        """Nothing to connect."""

    async def stop(self) -> None:
        """Nothing to disconnect."""

    def ready(self) -> bool:
        """Always: it is this process."""
        return True

    async def publish(self, batch: Sequence[Outgoing]) -> Publication:
        """Run the consumers; a row is confirmed when each of them is done with it or has given it up."""
        publication = Publication(confirmed={message.id for message in batch})
        for consumer, inbox, sessions in self._inboxes:
            matching = [message for message in batch if _wants(consumer, message)]
            if not matching:
                continue
            try:
                results = await inbox.process([Delivery(m.exchange, m.routing_key, m.body) for m in matching])
            except DatabaseAway:
                results = [Result("database_away")] * len(matching)
            for message, result in zip(matching, results, strict=True):
                if result.error is None:
                    continue
                if result.final or message.attempts + 1 >= consumer.retry.attempts:
                    await _bury(consumer, sessions, message, result.error)
                else:
                    publication.failed[message.id] = result.error
                    publication.confirmed.discard(message.id)
        return publication


def _wants(consumer: Consumer, message: Outgoing) -> bool:
    return any(
        binding.exchange is message.exchange and topic_matches(binding.pattern, message.routing_key)
        for binding in consumer.bindings()
    )


async def _bury(consumer: Consumer, sessions: Sessions, message: Outgoing, reason: str) -> None:
    async with transaction(sessions) as session:
        await session.execute(
            insert(tables.dead_letter).values(
                consumer=consumer.name,
                event_id=message.event_id,
                exchange=message.exchange.value,
                routing_key=message.routing_key,
                reason=reason,
                body=message.body,
            )
        )
