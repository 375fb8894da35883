"""Alembic for a service: its folder `migrations` lies beside `src`, its `env.py` is one call of `run_environment`.

A service has two database roles: the owner of the tables, which migrates and nothing else, and the application's role,
which gets its rights here. Only the second is bound by row-level security for good: an owner could switch it off.
"""

import asyncio
import sys
from importlib import import_module
from pathlib import Path

import sqlalchemy as sa
from alembic import command, context
from alembic.config import Config
from sqlalchemy.ext.asyncio import create_async_engine

from shared.access.tenancy import EVERYTHING, SETTING
from shared.messaging import tables

ONE_AT_A_TIME = 0x446F7266  # key of the advisory lock: several replicas may start at once
_FROM_ELSEWHERE, _ROLE = "database_url", "role"  # names of what `upgrade` tells the environment


def folder_of(package: str) -> Path:
    """Where the migrations of a service are: beside `src`, or in `share/dorfnetz` where the package was installed."""
    origin = import_module(package).__file__
    assert origin is not None  # noqa: S101 - services are regular packages
    beside = Path(origin).resolve().parents[2] / "migrations"
    return beside if beside.is_dir() else Path(sys.prefix, "share", "dorfnetz", package, "migrations")


def upgrade(package: str, owner_url: str, revision: str = "head", *, role: str | None = None) -> None:
    """Bring the database of a service to `revision` as its owner, and give the application's `role` its rights.

    Blocks; runs an event loop of its own: call it in a thread.
    """
    config = Config()
    config.set_main_option("script_location", str(folder_of(package)).replace("%", "%%"))
    config.attributes[_FROM_ELSEWHERE] = owner_url
    config.attributes[_ROLE] = role
    command.upgrade(config, revision)


def grant_rights(connection: sa.Connection, metadata: sa.MetaData, role: str) -> None:
    """Give the application's `role` what it needs of the tables in `metadata` and take away everything else.

    A table with `info={"append_only": True}` can be read and added to, one with `info={"read_only": True}` only read.
    """
    name = connection.dialect.identifier_preparer.quote_identifier(role)
    present = set(sa.inspect(connection).get_table_names())
    connection.execute(sa.text(f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {name}"))
    connection.execute(sa.text(f"GRANT USAGE ON SCHEMA public TO {name}"))
    connection.execute(sa.text(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {name}"))
    for table in metadata.sorted_tables:
        if table.name in present:  # an older revision has fewer
            connection.execute(sa.text(f'GRANT {_rights(table)} ON TABLE "{table.name}" TO {name}'))


def _rights(table: sa.Table) -> str:
    if table.info.get("read_only"):
        return "SELECT"
    return "SELECT, INSERT" if table.info.get("append_only") else "SELECT, INSERT, UPDATE, DELETE"


def run_environment(metadata: sa.MetaData, database_url: str | None = None) -> None:
    """The body of a service's `env.py`. `database_url` is used where `alembic` was started from the command line."""
    tables.attach(metadata)
    url = context.config.attributes.get(_FROM_ELSEWHERE) or database_url
    if url is None:
        raise RuntimeError("no database to migrate")
    asyncio.run(_migrate(url, metadata, context.config.attributes.get(_ROLE)))


async def _migrate(url: str, metadata: sa.MetaData, role: str | None) -> None:
    # A migration that moves rows sees all of them: FORCE binds the owner too.
    everything = {"server_settings": {SETTING: EVERYTHING}}
    engine = create_async_engine(url, poolclass=sa.NullPool, connect_args=everything)
    try:
        async with engine.connect() as connection:
            await connection.run_sync(_migrate_in_transaction, metadata, role)
            await connection.commit()
    finally:
        await engine.dispose()


def _migrate_in_transaction(connection: sa.Connection, metadata: sa.MetaData, role: str | None) -> None:
    context.configure(connection=connection, target_metadata=metadata, compare_type=True, compare_server_default=True)
    with context.begin_transaction():
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": ONE_AT_A_TIME})
        context.run_migrations()
        if role is not None:
            grant_rights(connection, metadata, role)
