"""A database with the audit log alone, and sessions on it."""

from collections.abc import AsyncIterator

import pytest
import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations
from shared.audit import tables
from shared.database import create_sessions
from shared.messaging.transport import Sessions
from sqlalchemy.ext.asyncio import create_async_engine
from testkit.aio import run_sync
from testkit.databases import Databases


def _build(url: str) -> None:
    async def create() -> None:
        engine = create_async_engine(url, poolclass=sa.NullPool)
        async with engine.begin() as connection:
            await connection.run_sync(lambda c: tables.create_tables(Operations(MigrationContext.configure(c))))
        await engine.dispose()

    run_sync(create)


@pytest.fixture
async def sessions(databases: Databases) -> AsyncIterator[Sessions]:
    engine = create_async_engine(databases.built("audit", _build))
    yield create_sessions(engine)
    await engine.dispose()
