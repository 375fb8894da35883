"""How often somebody may try something, counted in PostgreSQL so that all replicas count together.

With `RateLimits(sessions.begin)` each count is a transaction of its own: an attempt counts also when the request behind
it fails and is rolled back. `RateLimits(lambda: nullcontext(session))` counts what succeeds alone, and needs no second
connection, for which requests that hold one would wait for each other.
"""

import hashlib
import time
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime, timedelta
from math import ceil
from typing import Any

import sqlalchemy as sa
from alembic.operations import Operations
from limits import RateLimitItem
from limits.aio.storage import Storage
from limits.aio.strategies import FixedWindowRateLimiter
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from shared.database import create_metadata
from shared.errors import TooManyRequests

metadata = create_metadata()

Begin = Callable[[], AbstractAsyncContextManager[AsyncSession]]
"""Gives the transaction in which something is counted."""

# The key is a hash: whom a limit counts is an address of somebody. Unlogged: a crash may forget it, a count costs no
# flush to the disk.
rate_limit = sa.Table(
    "rate_limit",
    metadata,
    sa.Column("key", sa.LargeBinary, primary_key=True),
    sa.Column("count", sa.Integer, nullable=False),
    sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
    prefixes=["UNLOGGED"],
)


def attach(target: sa.MetaData) -> None:
    """Describe the table in a service's metadata too, for comparisons by Alembic."""
    rate_limit.to_metadata(target)


def create_table(op: Operations) -> None:
    """Make the table; called by a migration of a service that has limits."""
    metadata.create_all(op.get_bind(), checkfirst=False)


def drop_table(op: Operations) -> None:
    """Undo `create_table`."""
    metadata.drop_all(op.get_bind())


class PostgresStorage(Storage):
    """Counts of `limits` in the table above."""

    STORAGE_SCHEME = None

    def __init__(self, begin: Begin) -> None:
        super().__init__()
        self._begin = begin

    @property
    def base_exceptions(self) -> type[Exception]:
        return sa.exc.SQLAlchemyError

    async def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count in one statement, so that none of many attempts at the same time is missed; returns the new count."""
        now = datetime.now(UTC)
        row = insert(rate_limit).values(key=_hash(key), count=max(amount, 0), ends_at=now + timedelta(seconds=expiry))
        over = rate_limit.c.ends_at <= now
        counted = row.on_conflict_do_update(
            index_elements=[rate_limit.c.key],
            set_={
                "count": sa.case((over, row.excluded.count), else_=sa.func.greatest(rate_limit.c.count + amount, 0)),
                "ends_at": sa.case((over, row.excluded.ends_at), else_=rate_limit.c.ends_at),
            },
        ).returning(rate_limit.c.count)
        async with self._begin() as session:
            count: int = (await session.execute(counted)).scalar_one()
        return count

    async def get(self, key: str) -> int:
        count: int | None = await self._read(rate_limit.c.count, key)
        return count or 0

    async def get_expiry(self, key: str) -> float:
        ends_at: datetime | None = await self._read(rate_limit.c.ends_at, key)
        return ends_at.timestamp() if ends_at else time.time()

    async def check(self) -> bool:
        async with self._begin() as session:
            return bool(await session.scalar(sa.select(sa.true())))

    async def reset(self) -> int | None:
        async with self._begin() as session:
            return len((await session.execute(sa.delete(rate_limit).returning(rate_limit.c.key))).all())

    async def clear(self, key: str) -> None:
        async with self._begin() as session:
            await session.execute(sa.delete(rate_limit).where(rate_limit.c.key == _hash(key)))

    async def _read(self, column: "sa.Column[Any]", key: str) -> Any:
        running = (rate_limit.c.key == _hash(key)) & (rate_limit.c.ends_at > datetime.now(UTC))
        async with self._begin() as session:
            return await session.scalar(sa.select(column).where(running))


class RateLimits:
    """`await limits.count(LIMIT, whom)` before the attempt; `forgive` takes back the count of one that was right."""

    def __init__(self, begin: Begin) -> None:
        self._storage = PostgresStorage(begin)
        self._limiter = FixedWindowRateLimiter(self._storage)

    async def count(self, limit: RateLimitItem, whom: str) -> None:
        """Count one attempt. Raises `TooManyRequests` for those that are too many."""
        if not await self._limiter.hit(limit, whom):
            stats = await self._limiter.get_window_stats(limit, whom)
            raise TooManyRequests(max(1, ceil(stats.reset_time - time.time())))

    async def forgive(self, limit: RateLimitItem, whom: str) -> None:
        """An attempt that was counted was a right one: it does not count."""
        await self._storage.incr(limit.key_for(whom), limit.get_expiry(), amount=-1)


def _hash(key: str) -> bytes:
    return hashlib.sha256(key.encode()).digest()
