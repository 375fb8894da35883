"""A database with the audit log alone, and sessions on it."""

from collections.abc import AsyncIterator

import pytest
import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations
from shared.access import tenancy
from shared.audit import tables
from shared.database import create_engine, create_sessions
from shared.messaging.transport import Sessions
from shared.settings import Settings
from sqlalchemy.ext.asyncio import create_async_engine
from testkit.aio import run_sync
from testkit.databases import Databases


def _create(connection: sa.Connection) -> None:
    op = Operations(MigrationContext.configure(connection))
    tenancy.create_function(op)
    tables.create_tables(op)


def _build(url: str) -> None:
    async def create() -> None:
        engine = create_async_engine(url, poolclass=sa.NullPool)
        async with engine.begin() as connection:
            await connection.run_sync(_create)
        await engine.dispose()

    run_sync(create)


@pytest.fixture
def database_settings(databases: Databases) -> Settings:
    """The application's role at the database."""
    return Settings(database_url=databases.built("audit", _build))


@pytest.fixture
async def sessions(database_settings: Settings) -> AsyncIterator[Sessions]:
    """Sessions that see every entry."""
    engine = create_engine(database_settings, scopes=tenancy.EVERYTHING)
    yield create_sessions(engine)
    await engine.dispose()


@pytest.fixture
async def scopeless(database_settings: Settings) -> AsyncIterator[Sessions]:
    """Sessions as those of a request without a caller."""
    engine = create_engine(database_settings)
    yield create_sessions(engine)
    await engine.dispose()
