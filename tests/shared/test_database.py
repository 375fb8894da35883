"""Connections that are lost cost no request."""

from collections.abc import AsyncIterator

import asyncpg
import pytest
import sqlalchemy as sa
from shared import database
from shared.database import create_engine
from shared.settings import Settings
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine
from testkit.databases import Databases


@pytest.fixture
async def engine(databases: Databases) -> AsyncIterator[AsyncEngine]:
    engine = create_engine(Settings(database_url=databases.new("connections")))
    yield engine
    await engine.dispose()


async def _backend(engine: AsyncEngine) -> int:
    async with engine.connect() as connection:
        found = await connection.scalar(sa.text("SELECT pg_backend_pid()"))
    assert isinstance(found, int)
    return found


async def _end(engine: AsyncEngine, backend: int) -> None:
    """As a restart of the server does, from outside of the pool."""
    other = await asyncpg.connect(engine.url.render_as_string(hide_password=False).replace("+asyncpg", ""))
    await other.execute("SELECT pg_terminate_backend($1, 10000)", backend)
    await other.close()


async def test_a_connection_that_the_server_has_closed_is_replaced_at_once(engine: AsyncEngine) -> None:
    lost = await _backend(engine)
    assert await _backend(engine) == lost
    await _end(engine, lost)
    assert await _backend(engine) != lost


async def test_a_connection_that_lay_idle_is_asked(engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    """A network that has gone silent tells the driver nothing: only the question finds out."""
    lost = await _backend(engine)
    await _end(engine, lost)
    with monkeypatch.context() as silent:
        silent.setattr(asyncpg.Connection, "is_closed", lambda _: False)
        with pytest.raises(DBAPIError):
            await _backend(engine)
        silent.setattr(database, "_ASKED_AFTER", 0.0)
        assert await _backend(engine) != lost
