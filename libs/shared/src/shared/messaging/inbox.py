"""Doing what consumers declare: a batch of messages is one transaction, and each event takes effect once."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa
import structlog
from pydantic import ValidationError
from pydantic_core import from_json
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from shared.contracts.envelope import Event
from shared.database import transaction
from shared.messaging import tables
from shared.messaging.consumer import Call, Consumer
from shared.messaging.faults import is_database_away
from shared.messaging.transport import Delivery, Sessions
from shared.tracing import enter_trace

log = structlog.get_logger(__name__)

MALFORMED = "malformed"
UNKNOWN_TYPE = "unknown_type"
HANDLER_FAILED = "handler_failed"
HANDLING_TIMEOUT = 60.0  # seconds for one batch: a handler that hangs must not stop its queue


class DatabaseAway(Exception):
    """Nothing was done because the database cannot be reached: hold the batch and try it again as it is."""

    def __init__(self, reason: BaseException) -> None:
        self.reason = type(reason).__name__
        super().__init__(self.reason)


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one message: done, to be tried again, or never to succeed."""

    error: str | None = None
    final: bool = False


DONE = Result()


@dataclass(frozen=True, slots=True)
class _Work:
    event_id: UUID
    subject: str
    sequence: int
    calls: list[tuple[Call, Event[Any]]]


@lru_cache(maxsize=1024)
def _model_of(data_class: Any) -> type[Event[Any]]:
    return Event[data_class]


class Inbox:
    """Runs one consumer's handlers against one database."""

    def __init__(self, consumer: Consumer, sessions: Sessions) -> None:
        self.consumer = consumer
        self._sessions = sessions

    async def process(self, deliveries: Sequence[Delivery]) -> list[Result]:
        """Handle a batch; the results are in its order. Raises `DatabaseAway` when nothing can be said.

        All of it is one transaction. If that fails it is rolled back and its halves run, down to the event that fails
        alone: it harms no neighbour.
        """
        parsed = [self._parse(delivery) for delivery in deliveries]
        # In the order of their subjects: two processes that write the same rows do it in the same order.
        works = sorted(
            (item for item in parsed if isinstance(item, _Work)), key=lambda work: (work.subject, work.sequence)
        )
        failed = await self._attempt_all(works) if works else {}
        return [failed.get(id(item), DONE) if isinstance(item, _Work) else item for item in parsed]

    async def _attempt_all(self, works: list[_Work]) -> dict[int, Result]:
        error = await self._attempt(works)
        if error is None:
            return {}
        if len(works) == 1:
            return {id(works[0]): Result(error)}
        half = len(works) // 2
        return await self._attempt_all(works[:half]) | await self._attempt_all(works[half:])

    def _parse(self, delivery: Delivery) -> _Work | Result:
        try:
            event_type = str(from_json(delivery.body)["type"])
            calls = [
                (call, _model_of(call.data_class).model_validate_json(delivery.body))
                for call in self.consumer.calls_for(event_type, delivery.exchange)
            ]
        except (ValueError, TypeError, KeyError, ValidationError):
            return Result(MALFORMED, final=True)
        if not calls:
            return Result(UNKNOWN_TYPE, final=True)
        event = calls[0][1]
        return _Work(event.id, event.subject, event.sequence, calls)

    async def _attempt(self, works: list[_Work]) -> str | None:
        try:
            async with asyncio.timeout(HANDLING_TIMEOUT), transaction(self._sessions) as session:
                new = await self._record(session, works)
                await self._run(session, [work for work in works if new.pop(work.event_id, False)])
        except Exception as error:
            if is_database_away(error):
                raise DatabaseAway(error) from error
            if len(works) == 1:
                log.exception("consumer.event_failed", consumer=self.consumer.name, event_id=str(works[0].event_id))
            return HANDLER_FAILED
        return None

    async def _record(self, session: AsyncSession, works: list[_Work]) -> dict[UUID, bool]:
        """Write the ids into the inbox; returns those that were not there."""
        ids = sorted({work.event_id for work in works})  # one order for everybody, or two processes deadlock
        statement = (
            insert(tables.inbox)
            .from_select(
                ["consumer", "event_id"],
                sa.select(sa.literal(self.consumer.name), sa.func.unnest(sa.literal(ids, sa.ARRAY(sa.Uuid)))),
            )
            .on_conflict_do_nothing()
            .returning(tables.inbox.c.event_id)
        )
        return dict.fromkeys((await session.execute(statement)).scalars(), True)

    @staticmethod
    async def _run(session: AsyncSession, works: list[_Work]) -> None:
        together: dict[Callable[..., Awaitable[None]], list[Event[Any]]] = {}
        for work in works:
            for call, event in work.calls:
                if call.takes_batch:
                    together.setdefault(call.function, []).append(event)
                    continue
                with structlog.contextvars.bound_contextvars(
                    event_id=str(event.id), event_type=event.type, network=event.networkid
                ):
                    enter_trace(event.traceparent)
                    await call.function(session, event)
        for function, events in together.items():
            enter_trace(events[0].traceparent)
            await function(session, events)
