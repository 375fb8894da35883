"""Alembic for a service: its folder `migrations` lies beside `src`, its `env.py` is one call of `run_environment`."""

import asyncio
import sys
from importlib import import_module
from pathlib import Path

import sqlalchemy as sa
from alembic import command, context
from alembic.config import Config
from sqlalchemy.ext.asyncio import create_async_engine

from shared.messaging import tables

ONE_AT_A_TIME = 0x446F7266  # key of the advisory lock: several replicas may start at once
_FROM_ELSEWHERE = "database_url"


def folder_of(package: str) -> Path:
    """Where the migrations of a service are: beside `src`, or in `share/dorfnetz` where the package was installed."""
    origin = import_module(package).__file__
    assert origin is not None  # noqa: S101 - services are regular packages
    beside = Path(origin).resolve().parents[2] / "migrations"
    return beside if beside.is_dir() else Path(sys.prefix, "share", "dorfnetz", package, "migrations")


def upgrade(package: str, database_url: str, revision: str = "head") -> None:
    """Bring the database of a service to `revision`. Blocks; runs an event loop of its own: call it in a thread."""
    config = Config()
    config.set_main_option("script_location", str(folder_of(package)).replace("%", "%%"))
    config.attributes[_FROM_ELSEWHERE] = database_url
    command.upgrade(config, revision)


def run_environment(metadata: sa.MetaData, database_url: str | None = None) -> None:
    """The body of a service's `env.py`. `database_url` is used where `alembic` was started from the command line."""
    tables.attach(metadata)
    url = context.config.attributes.get(_FROM_ELSEWHERE) or database_url
    if url is None:
        raise RuntimeError("no database to migrate")
    asyncio.run(_migrate(url, metadata))


async def _migrate(url: str, metadata: sa.MetaData) -> None:
    engine = create_async_engine(url, poolclass=sa.NullPool)
    try:
        async with engine.connect() as connection:
            await connection.run_sync(_migrate_in_transaction, metadata)
            await connection.commit()
    finally:
        await engine.dispose()


def _migrate_in_transaction(connection: sa.Connection, metadata: sa.MetaData) -> None:
    context.configure(connection=connection, target_metadata=metadata, compare_type=True, compare_server_default=True)
    with context.begin_transaction():
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": ONE_AT_A_TIME})
        context.run_migrations()
