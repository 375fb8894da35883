"""A database with the tables that every service has, and sessions on it as a worker has them."""

from collections.abc import AsyncIterator

import pytest
import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations
from shared.access import tenancy
from shared.audit import tables as audit
from shared.database import create_engine, create_sessions
from shared.messaging import tables as messaging
from shared.messaging.transport import Sessions
from shared.retention import tables as retention
from shared.settings import Settings
from sqlalchemy.ext.asyncio import create_async_engine
from testkit.aio import run_sync
from testkit.databases import Databases


def _create(connection: sa.Connection) -> None:
    op = Operations(MigrationContext.configure(connection))
    tenancy.create_function(op)
    for made in (messaging, audit, retention):
        made.create_tables(op)


def _build(url: str) -> None:
    async def create() -> None:
        engine = create_async_engine(url, poolclass=sa.NullPool)
        async with engine.begin() as connection:
            await connection.run_sync(_create)
        await engine.dispose()

    run_sync(create)


@pytest.fixture
async def sessions(databases: Databases) -> AsyncIterator[Sessions]:
    engine = create_engine(Settings(database_url=databases.built("retention", _build)), scopes=tenancy.EVERYTHING)
    yield create_sessions(engine)
    await engine.dispose()
