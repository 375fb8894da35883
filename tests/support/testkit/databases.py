"""Clean databases for tests: built once by running the real migrations, then copied.

As in a deployment they belong to an owner, and what tests get is the URL of the application's role.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from typing import TypeAlias
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations
from shared import migrations
from shared.messaging import tables
from sqlalchemy.ext.asyncio import create_async_engine

from testkit.aio import run_sync

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"

TEMPLATE_LOCK = 0x646F7266  # advisory lock: one process builds a template, the others wait
LARGE = 1024 * 1024  # bytes of a table that is truncated


class Databases:
    """The databases of one test process. `run` is shared by the processes of one test run, `worker` is not."""

    def __init__(self, server_url: str, *, run: str, worker: str) -> None:
        self._server_url = server_url
        self._run, self._worker = run, worker
        self._owner, self._application = f"{run}_owner", f"{run}_application"
        self._made: dict[str, Look] = {}
        self._counter = 0

    def service(self, name: str) -> str:
        """URL of the migrated database of a service, without rows other than those the migrations wrote.

        One database a process and service: a test that asks for it again gets it like new, without other connections.
        """
        return self.built(name, self._migration(name))

    def new_service(self, name: str) -> str:
        """Like `service`, but another database on each call, which nobody empties."""
        self._counter += 1
        template, database = f"{self._run}_template_{name}", f"{self._run}_{self._worker}_{name}_{self._counter}"
        run_sync(lambda: self._make_template(template, self._migration(name)), timeout=170)
        run_sync(lambda: self._copy(template, database))
        return self._url(database, self._application)

    def _migration(self, name: str) -> Callable[[str], None]:
        return lambda owner_url: migrations.upgrade(name, owner_url, role=self._application)

    def messaging(self, name: str = "messaging") -> str:
        """URL of an empty database with the tables of messaging alone; other names give others."""
        return self.built(name, create_messaging_tables)

    def built(self, name: str, build: Callable[[str], None]) -> str:
        """Like `service`, for a database that `build` fills, given its owner's URL of an empty one."""
        template, database = f"{self._run}_template_{name}", f"{self._run}_{self._worker}_{name}"
        plain_url = self._url(database, driver="")
        if database not in self._made:
            run_sync(lambda: self._make_template(template, build), timeout=170)
            run_sync(lambda: self._copy(template, database))
            self._made[database] = run_sync(lambda: look_at(plain_url))
        elif not run_sync(lambda: renew(plain_url, self._made[database])):
            run_sync(lambda: self._copy(template, database))
        return self._url(database, self._application)

    def owner_url(self, url: str) -> str:
        """The same database as the role that owns its tables, for what the application may not do."""
        return self._url(urlsplit(url).path.removeprefix("/"), self._owner)

    def admin_url(self, url: str) -> str:
        """The same database as a superuser, from whom nothing is hidden."""
        return self._url(urlsplit(url).path.removeprefix("/"))

    def new(self, name: str = "empty") -> str:
        """URL of a new, empty database, as a superuser."""
        self._counter += 1
        database = f"{self._run}_{self._worker}_{name}_{self._counter}"
        run_sync(lambda: self._copy("template1", database))
        return self._url(database)

    def drop_all(self) -> None:
        """Drop every database of this test run."""
        run_sync(self._drop_all)

    async def _drop_all(self) -> None:
        connection = await asyncpg.connect(self._server_url)
        try:
            rows = await connection.fetch(
                "select datname from pg_database where starts_with(datname, $1)", f"{self._run}_"
            )
            for row in rows:
                await connection.execute(f'drop database if exists "{row[0]}" with (force)')
            for role in (self._owner, self._application):
                await connection.execute(f'drop role if exists "{role}"')
        finally:
            await connection.close()

    async def _make_template(self, template: str, build: Callable[[str], None]) -> None:
        connection = await asyncpg.connect(self._server_url)
        try:
            await connection.execute("select pg_advisory_lock($1)", TEMPLATE_LOCK)
            if await connection.fetchval("select 1 from pg_database where datname = $1", template):
                return
            building = f"{template}_building"
            await connection.execute(f'drop database if exists "{building}" with (force)')
            for role in (self._owner, self._application):
                if not await connection.fetchval("select 1 from pg_roles where rolname = $1", role):
                    await connection.execute(f"create role \"{role}\" login password '{role}'")
            await connection.execute(f'create database "{building}" owner "{self._owner}"')
            await self._prepare(building)
            await asyncio.to_thread(build, self._url(building, self._owner))
            await connection.execute(f'alter database "{building}" rename to "{template}"')
        finally:
            await connection.close()

    async def _prepare(self, database: str) -> None:
        """The schema is the owner's; the application's role may use what the owner makes there."""
        connection = await asyncpg.connect(self._url(database, driver=""))
        try:
            await connection.execute(f'alter schema public owner to "{self._owner}"')
            for kind, rights in (("tables", "select, insert, update, delete"), ("sequences", "usage, select")):
                default = f'alter default privileges for role "{self._owner}" grant {rights} on {kind}'
                await connection.execute(f'{default} to "{self._application}"')
        finally:
            await connection.close()

    async def _copy(self, template: str, database: str) -> None:
        connection = await asyncpg.connect(self._server_url)
        try:
            await connection.execute(f'drop database if exists "{database}" with (force)')
            await connection.execute(f'create database "{database}" template "{template}"')
        finally:
            await connection.close()

    def _url(self, database: str, role: str | None = None, *, driver: str = "+asyncpg") -> str:
        parts = urlsplit(self._server_url)
        where = parts.netloc.rpartition("@")[2]
        netloc = parts.netloc if role is None else f"{role}:{role}@{where}"
        return urlunsplit((f"postgresql{driver}", netloc, f"/{database}", parts.query, ""))


def create_messaging_tables(url: str) -> None:
    """The tables that every service has, without a service. Blocks."""

    async def create() -> None:
        engine = create_async_engine(url, poolclass=sa.NullPool)
        async with engine.begin() as connection:
            await connection.run_sync(lambda c: tables.create_tables(Operations(MigrationContext.configure(c))))
        await engine.dispose()

    run_sync(create)


@dataclass(frozen=True)
class Look:
    """What a new database looks like: the rows that its migrations wrote, as COPY gives them, and its schema."""

    rows: dict[str, bytes]  # by table
    sequences: dict[str, int | None]  # the last number that each has given, None before its first
    schema: str  # a fingerprint


async def look_at(url: str) -> Look:
    """`url` is a plain postgresql:// URL."""
    connection = await asyncpg.connect(url)
    try:
        rows = {table: await _rows(connection, table) for table in await _filled_tables(connection)}
        return Look(rows, await _sequences(connection), await connection.fetchval(_SCHEMA))
    finally:
        await connection.close()


async def renew(url: str, new: Look) -> bool:
    """Give a database that a test has used the rows of a new one, after ending forgotten connections.

    `url` is a plain postgresql:// URL. False, with nothing done, where a test changed the schema.
    """
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity "
            "where datname = current_database() and pid <> pg_backend_pid()"
        )
        if await connection.fetchval(_SCHEMA) != new.schema:
            return False
        async with connection.transaction():
            await _put_back(connection, new)
        return True
    finally:
        await connection.close()


async def _put_back(connection: Connection, new: Look) -> None:
    await connection.execute("set local session_replication_role = replica")  # the audit log refuses it otherwise
    tables = await _tables(connection)
    if tables:  # waits for what a connection that is being ended still writes
        await connection.execute(f"lock table {', '.join(tables)} in share row exclusive mode")
    for table in await _filled_tables(connection):
        # To delete takes 1 ms a table, to truncate 10, for new files; but what was deleted remains in the old one.
        small = await connection.fetchval("select pg_relation_size($1::text::regclass) < $2", table, LARGE)
        await connection.execute(f"delete from {table}" if small else f"truncate {table} cascade")
    for table, rows in new.rows.items():
        await connection.copy_to_table(table, source=BytesIO(rows), format="binary")
    for sequence, last in (await _sequences(connection)).items():
        if last != new.sequences[sequence]:
            first = new.sequences[sequence]
            await connection.execute(f"select setval('{sequence}', {first or 1}, {first is not None})")


# Tables, columns, constraints, indexes, triggers, policies and functions, as one number.
_SCHEMA = """
    with mine as (select oid, relname, relkind, relrowsecurity, relforcerowsecurity, relowner from pg_class
                  where relnamespace = 'public'::regnamespace)
    select md5(string_agg(part, ',' order by part)) from (
        select mine::text as part from mine
        union all select format('%s %s %s %s', attrelid, attname, atttypid, attnotnull)
            from pg_attribute where attrelid in (select oid from mine)
        union all select format('%s %s', conrelid, conname) from pg_constraint where conrelid in (select oid from mine)
        union all select format('%s %s %s', tgrelid, tgname, tgenabled)
            from pg_trigger where tgrelid in (select oid from mine)
        union all select format('%s %s', polrelid, polname) from pg_policy where polrelid in (select oid from mine)
        union all select format('%s %s', oid, prosrc) from pg_proc where pronamespace = 'public'::regnamespace
    ) as parts
"""


async def _tables(connection: Connection) -> list[str]:
    rows = await connection.fetch(
        "select tablename from pg_tables where schemaname = 'public' and tablename <> 'alembic_version'"
    )
    return [row[0] for row in rows]


async def _filled_tables(connection: Connection) -> list[str]:
    checks = [f"select '{table}' where exists (select from {table})" for table in await _tables(connection)]
    return [row[0] for row in await connection.fetch(" union all ".join(checks))] if checks else []


async def _rows(connection: Connection, table: str) -> bytes:
    rows = BytesIO()
    await connection.copy_from_table(table, output=rows, format="binary")
    return rows.getvalue()


async def _sequences(connection: Connection) -> dict[str, int | None]:
    rows = await connection.fetch("select sequencename, last_value from pg_sequences")
    return {row[0]: row[1] for row in rows}
