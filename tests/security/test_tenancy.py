"""S2, a forgotten filter: raw SQL as the application's role finds and writes no foreign row, in no table of no service.

The tables come from the databases themselves: a new one without a policy, or without a reason below, fails here. Each
gets one row of somebody unknown, written past all rules; then strangers look for it.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from shared.access.tenancy import EVERYTHING, SETTING
from testkit.databases import Databases
from testkit.services import SERVICES

Connection = Any  # asyncpg.Connection is generic for type checkers alone

NOBODY: tuple[str, ...] = ()
STRANGER = (str(uuid4()), str(uuid4()), "elbdoerfer")  # a coordinator's own id, network and its slug

EVENTS = "told by public events, which everybody may read"
# What everybody may read, and why. A row that is hidden although its table is public, such as a draft, is not listed.
READABLE = {
    "registry": {
        "district": "a fact of the territory",
        "municipality": "a fact of the territory",
        "village": "a fact of the territory",
        "network": "a fact of the territory",
        "network_goal": "shown on the network's public page",
        "field_of_activity": "a list that is the same everywhere",
        "village_seat": "which village lay in which municipality: a fact of the territory",
        "coverage": "which network covered which village: a fact of the territory",
        "merger": EVENTS,
        "merged_organisation": EVENTS,
        "lead_mandate": EVENTS,
        "volunteer_area": EVENTS,
        "volunteer_field": EVENTS,
    },
    "events": {
        **dict.fromkeys(("network", "village", "lead_mandate", "need", "contact", "organisation"), EVENTS),
        "field_of_activity": EVENTS,
        "feed_version": "counters of public feeds",
    },
    "notifications": dict.fromkeys(("network", "organisation"), EVENTS),
    "portal": dict.fromkeys(
        (
            "contact",
            "event_entry",
            "field_of_activity",
            "help_entry",
            "lead_mandate",
            "meeting",
            "meeting_count",
            "merged_organisation",
            "municipality",
            "network",
            "notice",
            "organisation",
            "published_minutes",
            "revision",
            "village",
            "volunteer",
        ),
        EVENTS,
    ),
}
READABLE_EVERYWHERE = {
    "event_log": EVENTS,
    "tombstone": "ids that belong to nobody now",
    "merged_person": "which id stands for one that belongs to nobody now",
    "audit_head": "the hash of the last entry, which anybody may compare",
    "retention_run": "numbers of deleted rows, told to nobody in particular",
    "rate_limit": "hashes of addresses and how often they asked",
}
# To which rows may be added that belong to others, and why.
ADDED_TO = {
    "outbox": "every handler tells what happened; only the relay reads it",
    "audit_entry": "whoever does something is written down, also where they see nothing of the log",
}
UNPROTECTED = {
    "feed_version": "whoever changes a meeting counts; it names nobody",
    "rate_limit": "counts attempts by hash before it is known who asks; it names nobody",
    "audit_head": "written by the audit log's trigger alone; the role has no right to write it",
}

TABLES = """
    SELECT relname, relrowsecurity AND relforcerowsecurity FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND relname <> 'alembic_version'
    ORDER BY relname
"""
COLUMNS = """
    SELECT attname, format_type(atttypid, NULL) FROM pg_attribute
    WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = '' ORDER BY attnum
"""
CHECKS = """
    SELECT conrelid::regclass::text, conname FROM pg_constraint
    WHERE contype = 'c' AND connamespace = 'public'::regnamespace
"""
ANYTHING = {
    "character varying[]": "ARRAY[md5(random()::text)]",
    "uuid": "gen_random_uuid()",
    "uuid[]": "ARRAY[gen_random_uuid()]",
    "text": "left(md5(random()::text), 12)",
    "character varying": "left(md5(random()::text), 12)",
    "text[]": "ARRAY[md5(random()::text)]",
    "bytea": "decode(md5(random()::text), 'hex')",
    "jsonb": "'{}'",
    "boolean": "false",
    "smallint": "1",
    "smallint[]": "ARRAY[1::smallint]",
    "integer": "(random() * 1e6)::integer",
    "bigint": "(random() * 1e6)::bigint",
    "double precision": "random()",
    "date": "current_date",
    "date[]": "ARRAY[current_date]",
    "time without time zone": "localtime",
    "timestamp with time zone": "now()",
}


@dataclass(frozen=True)
class Filled:
    """A service's database with a row of somebody unknown in each table."""

    service: str
    application: str  # addresses
    owner: str
    tables: dict[str, bool]  # whether it is protected
    inserts: dict[str, str]

    def readable(self, table: str) -> bool:
        return table in READABLE[self.service] or table in READABLE_EVERYWHERE

    @asynccontextmanager
    async def acting(self, scopes: tuple[str, ...]) -> AsyncIterator[Connection]:
        """A transaction of the application's role that entered `scopes`; nothing of it stays."""
        connection = await asyncpg.connect(self.application, server_settings={"jit": "off"})  # as processes do
        try:
            transaction = connection.transaction()
            await transaction.start()
            if scopes:
                await connection.execute("SELECT set_config($1, $2, true)", SETTING, ",".join(scopes))
            yield connection
            await transaction.rollback()
        finally:
            await connection.close()


async def _fill(service: str, databases: Databases) -> Filled:
    url = databases.new_service(service)
    application, owner, admin = (
        address.replace("+asyncpg", "") for address in (url, databases.owner_url(url), databases.admin_url(url))
    )
    connection = await asyncpg.connect(admin)
    try:
        tables = {row[0]: row[1] for row in await connection.fetch(TABLES)}
        for table, name in await connection.fetch(CHECKS):
            await connection.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
        await connection.execute("SET session_replication_role = replica")  # no foreign keys, no triggers
        inserts = {table: _insert(table, await connection.fetch(COLUMNS, f'"{table}"')) for table in tables}
        for insert in inserts.values():
            await connection.execute(insert)
    finally:
        await connection.close()
    return Filled(service, application, owner, tables, inserts)


def _insert(table: str, columns: list[Any]) -> str:
    unknown = {kind for _, kind in columns} - set(ANYTHING)
    assert not unknown, f"{table}: please say in ANYTHING what a value of {unknown} looks like"
    names = ", ".join(f'"{name}"' for name, _ in columns)
    return f'INSERT INTO "{table}" ({names}) VALUES ({", ".join(ANYTHING[kind] for _, kind in columns)})'


_FILLED: dict[str, Filled] = {}


@pytest.fixture(params=SERVICES)
async def filled(request: pytest.FixtureRequest, databases: Databases) -> Filled:
    """Made once a service and process; tests leave nothing in it."""
    service = request.param
    if service not in _FILLED:
        _FILLED[service] = await _fill(service, databases)
    return _FILLED[service]


async def _count(connection: Connection, table: str) -> int:
    return int(await connection.fetchval(f'SELECT count(*) FROM "{table}"'))


async def test_every_table_is_protected_or_says_why_not(filled: Filled) -> None:
    assert len(filled.tables) > 10
    assert {table for table, protected in filled.tables.items() if not protected} <= set(UNPROTECTED)
    assert set(READABLE[filled.service]) <= set(filled.tables)  # a reason does not outlive its table


@pytest.mark.parametrize("scopes", [NOBODY, STRANGER], ids=["nobody", "a stranger"])
async def test_no_foreign_row_is_found(filled: Filled, scopes: tuple[str, ...]) -> None:
    async with filled.acting(scopes) as connection:
        found = {table for table in filled.tables if await _count(connection, table)}
    assert {table for table in found if not filled.readable(table)} == set()


@pytest.mark.parametrize("scopes", [NOBODY, STRANGER], ids=["nobody", "a stranger"])
async def test_no_foreign_row_is_written(filled: Filled, scopes: tuple[str, ...]) -> None:
    written = set()
    async with filled.acting(scopes) as connection:
        for table in filled.tables:
            for attempt in (_change, _delete, partial(_add, filled.inserts[table])):
                if await _took_effect(connection, partial(attempt, connection, table)):
                    written.add(table)
    assert written - set(ADDED_TO) - {table for table in UNPROTECTED if table != "audit_head"} == set()


async def _change(connection: Connection, table: str) -> str:
    columns = await connection.fetch(COLUMNS, f'"{table}"')
    name = columns[-1][0]
    return str(await connection.execute(f'UPDATE "{table}" SET "{name}" = "{name}"'))


async def _delete(connection: Connection, table: str) -> str:
    return str(await connection.execute(f'DELETE FROM "{table}"'))


async def _add(insert: str, connection: Connection, _table: str) -> str:
    return str(await connection.execute(insert))


async def _took_effect(connection: Connection, attempt: Callable[[], Any]) -> bool:
    """Whether a row was written. Constraints and triggers come after the policies: what reaches them got through."""
    savepoint = connection.transaction()
    await savepoint.start()
    try:
        return not str(await attempt()).endswith(" 0")
    except asyncpg.InsufficientPrivilegeError:
        return False
    except asyncpg.IntegrityConstraintViolationError:
        return True
    finally:
        await savepoint.rollback()


async def test_control_run_work_for_the_whole_district_finds_them(filled: Filled) -> None:
    """There is something to be found in every table."""
    async with filled.acting((EVERYTHING,)) as connection:
        missing = {table for table in filled.tables if not await _count(connection, table)}
    assert missing == set()


async def test_control_run_without_the_policy_the_row_is_found_and_written(filled: Filled) -> None:
    """It is the policy of each table that hides its row, and nothing else."""
    hidden = [table for table, protected in filled.tables.items() if protected and not filled.readable(table)]
    assert hidden
    owner = await asyncpg.connect(filled.owner)
    try:
        for table in hidden:
            await owner.execute(f'ALTER TABLE "{table}" DISABLE ROW LEVEL SECURITY')
            try:
                async with filled.acting(STRANGER) as connection:
                    assert await _count(connection, table), table
            finally:
                await owner.execute(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY')
    finally:
        await owner.close()


async def test_the_scopes_are_read_once_a_statement(filled: Filled) -> None:
    """In a filter the function would be called for each row; as an InitPlan it is called once."""
    async with filled.acting(STRANGER) as connection:
        for table in filled.tables:
            plan = [row[0].strip() for row in await connection.fetch(f'EXPLAIN VERBOSE SELECT * FROM "{table}"')]
            calls = [line for line in plan if "current_setting" in line or "dorfnetz_scopes()" in line]
            assert all(line.startswith("Output:") for line in calls), (table, calls)
