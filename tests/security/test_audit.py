"""S15: the audit log itself. Who may only write to it cannot change it; who can change the database is found out."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from uuid import uuid4

import pytest
import sqlalchemy as sa
import typer
from shared import audit
from shared.access.tenancy import EVERYTHING
from shared.audit.chain import Verdict, verify
from shared.audit.command import add_commands
from shared.audit.tables import audit_entry
from shared.database import create_engine, create_sessions, transaction
from shared.messaging.transport import Sessions
from shared.settings import Settings
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import create_async_engine
from testkit.databases import Databases
from typer.testing import CliRunner

PARALLEL = 50
UNTOUCHABLE = ("UPDATE audit_entry SET actor = NULL", "DELETE FROM audit_entry", "TRUNCATE audit_entry")
UNCHAINED = "ALTER TABLE audit_entry DISABLE TRIGGER ALL"  # what only the owner can do

Run = Callable[..., Awaitable[None]]


@pytest.fixture(params=["registry", "events", "notifications"])
def url(request: pytest.FixtureRequest, service_database: Callable[[str], str]) -> str:
    """The application's role at the database of a service that keeps an audit log."""
    return service_database(request.param)


@pytest.fixture
def settings(url: str) -> Settings:
    return Settings(database_url=url, database_pool_size=PARALLEL)


@pytest.fixture
async def sessions(settings: Settings) -> AsyncIterator[Sessions]:
    engine = create_engine(settings, scopes=EVERYTHING)
    yield create_sessions(engine)
    await engine.dispose()


@pytest.fixture
async def as_owner(databases: Databases, url: str) -> Run:
    """`await as_owner(statement, …)`: in one transaction of the superuser, who may switch off every protection."""

    async def run(*statements: str) -> None:
        engine = create_async_engine(databases.admin_url(url), poolclass=sa.NullPool)
        try:
            async with engine.begin() as connection:
                for statement in statements:
                    await connection.execute(sa.text(statement))
        finally:
            await engine.dispose()

    return run


async def _write(sessions: Sessions, count: int = 1) -> None:
    async with transaction(sessions) as session:
        for _ in range(count):
            audit.record(session, "person.seen", kind="person", subject=uuid4(), persons=[uuid4()])


async def _verify(sessions: Sessions, expected_head: str | None = None) -> Verdict:
    async with sessions() as session:
        return await verify(session, expected_head)


@pytest.mark.parametrize("statement", [*UNTOUCHABLE, "UPDATE audit_head SET position = 0", "DELETE FROM audit_head"])
async def test_the_application_cannot_change_what_is_written(sessions: Sessions, statement: str) -> None:
    await _write(sessions, 2)
    with pytest.raises(DBAPIError, match="permission denied"):
        async with transaction(sessions) as session:
            await session.execute(sa.text(statement))
    assert (await _verify(sessions)).count == 2


@pytest.mark.parametrize("statement", UNTOUCHABLE)
async def test_not_even_the_owner_changes_it_by_accident(sessions: Sessions, as_owner: Run, statement: str) -> None:
    await _write(sessions)
    with pytest.raises(DBAPIError, match="append-only"):
        await as_owner(statement)


async def test_who_writes_an_entry_chooses_neither_its_place_nor_its_time(sessions: Sessions) -> None:
    forged = {"position": 77, "at": sa.func.now() - sa.text("interval '1 year'"), "previous": "x", "hash": "y"}
    values = {"action": "person.seen", "kind": "person", "subject": uuid4(), "persons": [], "scopes": [], "details": {}}
    async with transaction(sessions) as session:
        await session.execute(sa.insert(audit_entry).values(**values, **forged))
        recent = audit_entry.c.at > sa.func.now() - sa.text("interval '1 hour'")
        assert (await session.scalars(sa.select(audit_entry.c.position).where(recent))).all() == [1]
    assert (await _verify(sessions)).holds


@pytest.mark.parametrize(
    ("tampering", "position"),
    [
        pytest.param("UPDATE audit_entry SET actor = gen_random_uuid() WHERE position = 3", 3, id="changed"),
        pytest.param("UPDATE audit_entry SET at = at - interval '1 hour' WHERE position = 3", 3, id="backdated"),
        pytest.param("DELETE FROM audit_entry WHERE position = 3", 4, id="removed"),
        pytest.param("DELETE FROM audit_entry WHERE position < 3", 2, id="beginning removed"),
        pytest.param("DELETE FROM audit_entry WHERE position > 3", 4, id="end cut off"),
        pytest.param(
            "UPDATE audit_entry SET position = CASE position WHEN 2 THEN 30 WHEN 3 THEN 2 ELSE position END;"
            "UPDATE audit_entry SET position = 3 WHERE position = 30",
            2,
            id="reordered",
        ),
        pytest.param(
            "UPDATE audit_entry SET position = position + 1000 WHERE position > 2;"
            "UPDATE audit_entry SET position = position - 999 WHERE position > 1000;"
            "INSERT INTO audit_entry SELECT 3, at, actor, action, kind, gen_random_uuid(), persons, scopes, details,"
            " hash, 'inserted' FROM audit_entry WHERE position = 2",
            3,
            id="inserted",
        ),
    ],
)
async def test_what_the_owner_does_to_it_is_found(
    sessions: Sessions, as_owner: Run, tampering: str, position: int
) -> None:
    await _write(sessions, 5)
    await as_owner(UNCHAINED, *tampering.split(";"))
    assert (await _verify(sessions)).broken_at == position


async def test_a_cut_off_end_is_found_by_a_head_told_earlier(sessions: Sessions, as_owner: Run) -> None:
    """Control: who also writes the last entry's hash into the head is found by nothing else."""
    await _write(sessions, 5)
    told = (await _verify(sessions)).head
    await as_owner(
        UNCHAINED,
        "DELETE FROM audit_entry WHERE position > 3",
        "UPDATE audit_head SET position = 3, hash = (SELECT hash FROM audit_entry WHERE position = 3)",
        "ALTER TABLE audit_entry ENABLE TRIGGER ALL",
    )
    await _write(sessions, 5)
    assert (await _verify(sessions)).holds
    assert not (await _verify(sessions, told)).holds


async def test_a_head_told_earlier_is_found_in_a_log_that_went_on(sessions: Sessions) -> None:
    await _write(sessions, 2)
    told = (await _verify(sessions)).head
    await _write(sessions, 3)
    assert (await _verify(sessions, told)).holds


async def test_fifty_at_once_give_one_chain(sessions: Sessions) -> None:
    await asyncio.gather(*(_write(sessions, 2) for _ in range(PARALLEL)))
    verdict = await _verify(sessions)
    assert (verdict.holds, verdict.count) == (True, 2 * PARALLEL)


async def test_without_the_lock_there_would_be_no_chain(
    sessions: Sessions, as_owner: Run, databases: Databases
) -> None:
    """Control: transactions that take the head as they find it put several entries in the same place."""
    await as_owner(_WITHOUT_LOCK)
    written = await asyncio.gather(*(_write(sessions) for _ in range(10)), return_exceptions=True)
    assert any(isinstance(outcome, IntegrityError) for outcome in written)


async def test_only_old_entries_are_forgotten_and_the_rest_still_holds(sessions: Sessions, as_owner: Run) -> None:
    await _write(sessions, 4)
    await as_owner(
        UNCHAINED,
        "UPDATE audit_entry SET at = now() - interval '4 years' WHERE position <= 2",
        *_REHASH,
        "ALTER TABLE audit_entry ENABLE TRIGGER ALL",
    )
    assert (await _verify(sessions)).holds
    async with transaction(sessions) as session:
        assert await session.scalar(sa.select(sa.func.dorfnetz_audit_forget(1000))) == 2
    async with transaction(sessions) as session:
        assert await session.scalar(sa.select(sa.func.dorfnetz_audit_forget(1000))) == 0
    verdict = await _verify(sessions)
    assert (verdict.holds, verdict.count) == (True, 3)  # two are left, one tells what was deleted


_WITHOUT_LOCK = """
    CREATE OR REPLACE FUNCTION dorfnetz_audit_chain() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN
        SELECT coalesce(max(position), 0) + 1, coalesce(max(hash), repeat('0', 64))
            INTO NEW.position, NEW.previous FROM audit_entry;
        PERFORM pg_sleep(0.01);
        NEW.at := clock_timestamp();
        NEW.hash := dorfnetz_audit_hash(NEW);
        RETURN NEW;
    END $$
"""

# Gives entries the hashes that they would have had; a superuser who does this is found by a head told earlier.
_REHASH = (
    """
    DO $$ DECLARE entry audit_entry; before text := repeat('0', 64); BEGIN
        FOR entry IN SELECT * FROM audit_entry ORDER BY position LOOP
            entry.previous := before;
            entry.hash := dorfnetz_audit_hash(entry);
            UPDATE audit_entry SET previous = before, hash = entry.hash WHERE position = entry.position;
            before := entry.hash;
        END LOOP;
        UPDATE audit_head SET hash = before;
    END $$
    """,
)


@pytest.mark.parametrize("url", ["events"], indirect=True)
async def test_the_command_tells_the_head_and_fails_for_a_broken_chain(
    sessions: Sessions, as_owner: Run, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DORFNETZ_DATABASE_URL", url)
    command = typer.Typer()
    command.callback()(lambda: None)
    add_commands(command, Settings)
    await _write(sessions, 3)
    head = (await _verify(sessions)).head
    good = await asyncio.to_thread(CliRunner().invoke, command, ["verify-audit", "--expect-head", head])
    assert (good.exit_code, good.stdout) == (0, f"3 entries, head {head}\n")
    await as_owner(UNCHAINED, "UPDATE audit_entry SET action = 'person.erased' WHERE position = 2")
    bad = await asyncio.to_thread(CliRunner().invoke, command, ["verify-audit"])
    assert (bad.exit_code, bad.stderr) == (1, "entry 2: changed since it was written\n")
