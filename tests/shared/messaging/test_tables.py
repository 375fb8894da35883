"""The tables as the migration makes them are the tables as they are described."""

from typing import Any

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import Operations
from shared.database import create_metadata
from shared.messaging import tables
from sqlalchemy.ext.asyncio import create_async_engine
from testkit.databases import Databases
from testkit.messaging import Service


async def test_alembic_sees_no_difference(writer: Service) -> None:
    def compare(connection: sa.Connection) -> list[Any]:
        metadata = create_metadata()
        tables.attach(metadata)
        tables.attach(metadata)  # twice does no harm
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        return list(compare_metadata(context, metadata))

    async with writer.engine.connect() as connection:
        assert await connection.run_sync(compare) == []


async def test_they_can_be_dropped_and_made_again(writer: Service, databases: Databases) -> None:
    def again(connection: sa.Connection) -> list[str]:
        operations = Operations(MigrationContext.configure(connection))
        tables.drop_tables(operations)
        left = sa.inspect(connection).get_table_names()
        tables.create_tables(operations)
        return left

    owner = create_async_engine(databases.owner_url(writer.url))
    async with owner.begin() as connection:
        assert await connection.run_sync(again) == []
    await owner.dispose()
    assert await writer.count(tables.outbox) == 0
