"""Reading the event log in the order of its positions."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on

from shared.messaging.tables import event_log
from shared.messaging.transport import Sessions

_SNAPSHOT_CHUNK = 500
_HEAD = sa.select(sa.func.coalesce(sa.func.max(event_log.c.position), 0))


@dataclass(frozen=True)
class Filter:
    """Which events are wanted: of a type (or of all that begin like `registry.*`), of a network."""

    type: str | None = None
    network: str | None = None

    def apply(self, query: sa.Select[Any]) -> sa.Select[Any]:
        """Narrow a query of the log."""
        if self.type is not None:
            column = event_log.c.type
            beginning = self.type.removesuffix("*")
            wanted = column.startswith(beginning, autoescape=True) if self.type.endswith("*") else column == self.type
            query = query.where(wanted)
        return query if self.network is None else query.where(event_log.c.networkid == self.network)


@dataclass(frozen=True)
class Page:
    """Some events and the cursor behind them; `more` says that the next page has events already."""

    bodies: list[bytes] = field(default_factory=list)
    positions: list[int] = field(default_factory=list)
    cursor: int = 0
    more: bool = False


class LogReader:
    """One service's log."""

    def __init__(self, sessions: Sessions) -> None:
        self.sessions = sessions

    async def head(self) -> int:
        """The newest position, 0 in an empty log."""
        async with self.sessions() as session:
            return int(await session.scalar(_HEAD) or 0)

    async def page(self, after: int, limit: int, wanted: Filter) -> Page:
        """Up to `limit` events behind the position `after`.

        Behind the last one the cursor is the head of the log, so that a reader with a filter does not look through
        the same events again.
        """
        async with self.sessions() as session:
            head = int(await session.scalar(_HEAD) or 0)  # first: what comes later is on the next page
            query = sa.select(event_log.c.position, event_log.c.body).where(
                event_log.c.position > after, event_log.c.position <= head
            )
            rows = (await session.execute(wanted.apply(query).order_by(event_log.c.position).limit(limit + 1))).all()
        more = len(rows) > limit
        rows = rows[:limit]
        positions = [int(row.position) for row in rows]
        cursor = positions[-1] if more else max(head, after)
        return Page([bytes(row.body) for row in rows], positions, cursor, more)

    async def snapshot(self) -> tuple[int, AsyncIterator[list[bytes]]]:
        """The head, and the newest event of each subject and kind up to it, in portions of one consistent view."""
        newest = (
            sa.select(event_log.c.body)
            .ext(distinct_on(event_log.c.kind, event_log.c.subject))
            .order_by(event_log.c.kind, event_log.c.subject, event_log.c.sequence.desc(), event_log.c.position.desc())
        )
        head = await self.head()
        return head, self._portions(newest.where(event_log.c.position <= head))

    async def _portions(self, query: sa.Select[Any]) -> AsyncIterator[list[bytes]]:
        async with self.sessions() as session:
            result = await session.stream(query, execution_options={"yield_per": _SNAPSHOT_CHUNK})
            async for rows in result.scalars().partitions():
                yield [bytes(body) for body in rows]
