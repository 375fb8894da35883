"""Limits on a real database: they hold for many at once, over several replicas, and forget in time."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from alembic.migration import MigrationContext
from alembic.operations import Operations
from limits import RateLimitItemPerMinute
from shared.database import create_sessions, transaction
from shared.errors import TooManyRequests
from shared.web import rate_limits
from shared.web.rate_limits import PostgresStorage, RateLimits, rate_limit
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from testkit.aio import run_sync
from testkit.databases import Databases

THREE = RateLimitItemPerMinute(3, 15, namespace="test")
Sessions = async_sessionmaker[AsyncSession]


def create_table(url: str) -> None:
    async def create() -> None:
        engine = create_async_engine(url, poolclass=sa.NullPool)
        async with engine.begin() as connection:
            await connection.run_sync(lambda c: rate_limits.create_table(Operations(MigrationContext.configure(c))))
        await engine.dispose()

    run_sync(create)


@pytest.fixture
async def replicas(databases: Databases) -> AsyncIterator[list[Sessions]]:
    """Two processes with pools of their own."""
    url = databases.built("rate_limits", create_table)
    engines = [create_async_engine(url), create_async_engine(url)]
    yield [create_sessions(engine) for engine in engines]
    for engine in engines:
        await engine.dispose()


async def passed(limits: RateLimits, whom: str, times: int) -> int:
    answers = await asyncio.gather(*(limits.count(THREE, whom) for _ in range(times)), return_exceptions=True)
    assert all(answer is None or isinstance(answer, TooManyRequests) for answer in answers)
    return answers.count(None)


async def test_as_many_as_allowed_pass_however_they_come(replicas: list[Sessions]) -> None:
    one, other = (RateLimits(sessions.begin) for sessions in replicas)
    assert sum(await asyncio.gather(passed(one, "a", 30), passed(other, "a", 30))) == 3
    assert await passed(one, "b", 1) == 1


async def test_who_is_refused_hears_when_to_come_back(replicas: list[Sessions]) -> None:
    limits, now = RateLimits(replicas[0].begin), datetime(2026, 7, 1, 10, 0, 0, tzinfo=UTC)
    with time_machine.travel(now, tick=False):
        assert await passed(limits, "a", 3) == 3
    with time_machine.travel(now + timedelta(minutes=14, seconds=30), tick=False):
        with pytest.raises(TooManyRequests) as refused:
            await limits.count(THREE, "a")
        assert refused.value.headers == {"retry-after": "30"}
        assert refused.value.params == {"time": "12:15"}  # in Berlin
    with time_machine.travel(now + timedelta(minutes=15), tick=False):
        await limits.count(THREE, "a")


async def test_a_right_attempt_does_not_count(replicas: list[Sessions]) -> None:
    limits = RateLimits(replicas[0].begin)
    for _ in range(10):
        await limits.count(THREE, "a")
        await limits.forgive(THREE, "a")
    await limits.forgive(THREE, "a")  # never below nothing
    assert await passed(limits, "a", 5) == 3


async def test_an_attempt_counts_though_its_request_is_rolled_back(replicas: list[Sessions]) -> None:
    limits = RateLimits(replicas[0].begin)
    for _ in range(3):
        with suppress(RuntimeError):
            async with transaction(replicas[0]):
                await limits.count(THREE, "a")
                raise RuntimeError
    assert await passed(limits, "a", 1) == 0


async def test_nobodys_address_is_stored(replicas: list[Sessions]) -> None:
    limits = RateLimits(replicas[0].begin)
    await limits.count(THREE, "wer@post.example")
    async with transaction(replicas[0]) as session:
        (row,) = (await session.execute(sa.select(rate_limit))).all()
        assert b"wer" not in row.key


async def test_the_storage_does_what_the_library_expects(replicas: list[Sessions]) -> None:
    storage: Any = PostgresStorage(replicas[0].begin)
    assert (await storage.check(), await storage.get("x")) == (True, 0)
    assert [await storage.incr("x", 60), await storage.incr("x", 60, amount=4)] == [1, 5]
    assert await storage.get("x") == 5
    assert await storage.get_expiry("x") > datetime.now(UTC).timestamp() + 50
    await storage.clear("x")
    assert await storage.get("x") == 0
    await storage.incr("y", 60)
    assert (await storage.reset(), await storage.get("y")) == (1, 0)
