"""Finding 10: row-level security holds with FORCE, a role that is not the owner, and a setting for one transaction."""

from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations
from shared.access.grants import Grant, Principal, Role, ScopeKind
from shared.access.tenancy import (
    ENTERED,
    EVERYTHING,
    beyond_scopes,
    create_function,
    enter_scopes,
    enter_scopes_at_begin,
    protect,
    scopes_of,
)
from shared.database import create_engine, create_sessions
from shared.errors import NotFound
from shared.settings import Settings
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, create_async_engine
from testkit.databases import Databases

HERE, ELSEWHERE = uuid4(), uuid4()
ROWS = "SELECT network_id FROM secret ORDER BY network_id"


def _protect(connection: sa.Connection) -> None:
    op = Operations(MigrationContext.configure(connection))
    create_function(op)
    protect(op, "secret", read=f"network_id::text = ANY ({ENTERED})")


async def _build(connection: AsyncConnection, role: str) -> None:
    await connection.execute(sa.text("CREATE TABLE secret (network_id uuid NOT NULL)"))
    for scope in (HERE, ELSEWHERE):
        await connection.execute(sa.text("INSERT INTO secret VALUES (:scope)"), {"scope": scope})
    await connection.run_sync(_protect)
    await connection.execute(sa.text(f"CREATE ROLE {role}"))
    await connection.execute(sa.text(f"GRANT SELECT, INSERT, UPDATE, DELETE ON secret TO {role}"))


@pytest.fixture
async def engine(databases: Databases) -> AsyncIterator[AsyncEngine]:
    """Connections of a role that neither owns the table nor is a superuser."""
    role = f"application_{uuid4().hex[:8]}"
    url = databases.new("tenancy")
    owner = create_async_engine(url)
    async with owner.begin() as connection:
        await _build(connection, role)
    engine = create_async_engine(url, pool_size=1, max_overflow=0)

    @sa.event.listens_for(engine.sync_engine, "connect")
    def _become(connection: sa.engine.interfaces.DBAPIConnection, _record: object) -> None:
        cursor = connection.cursor()
        cursor.execute(f"SET ROLE {role}")
        cursor.close()
        connection.commit()

    yield engine
    await engine.dispose()
    async with owner.begin() as connection:
        await connection.execute(sa.text("DROP TABLE secret"))
        await connection.execute(sa.text(f"DROP ROLE {role}"))
    await owner.dispose()


async def _visible(engine: AsyncEngine, *scopes: UUID | str) -> list[UUID]:
    async with create_sessions(engine)() as session, session.begin():
        if scopes:
            await enter_scopes(session, scopes)
        return list((await session.execute(sa.text(ROWS))).scalars())


async def test_a_forgotten_filter_shows_only_the_scope_that_was_entered(engine: AsyncEngine) -> None:
    assert await _visible(engine, HERE) == [HERE]
    assert await _visible(engine, ELSEWHERE) == [ELSEWHERE]
    assert await _visible(engine, EVERYTHING) == sorted([HERE, ELSEWHERE])


async def test_nothing_is_visible_without_a_scope(engine: AsyncEngine) -> None:
    assert await _visible(engine) == []


async def test_the_scope_ends_with_its_transaction_on_the_same_connection(engine: AsyncEngine) -> None:
    """The pool has one connection: the setting is '' there afterwards, which must mean nothing, not an error."""
    assert await _visible(engine, HERE) == [HERE]
    assert await _visible(engine) == []


async def test_rows_of_a_foreign_scope_cannot_be_written(engine: AsyncEngine) -> None:
    async with create_sessions(engine)() as session:
        await enter_scopes(session, [HERE])
        changed = await session.execute(
            sa.text("DELETE FROM secret WHERE network_id = :id RETURNING 1"), {"id": ELSEWHERE}
        )
        assert changed.all() == []
        with pytest.raises(DBAPIError, match="row-level security"):
            await session.execute(sa.text("INSERT INTO secret VALUES (:id)"), {"id": ELSEWHERE})


async def _rows(session: AsyncSession) -> list[UUID]:
    return list((await session.execute(sa.text(ROWS))).scalars())


async def test_scopes_entered_at_the_beginning_hold_for_each_transaction(engine: AsyncEngine) -> None:
    async with create_sessions(engine)() as session:
        enter_scopes_at_begin(session, [HERE])
        assert await _rows(session) == [HERE]
        async with session.begin_nested():
            assert await _rows(session) == [HERE]
        await session.commit()
        assert await _rows(session) == [HERE]


async def test_beyond_scopes_everything_is_visible_and_afterwards_the_scopes_of_before(engine: AsyncEngine) -> None:
    async with create_sessions(engine)() as session:
        await enter_scopes(session, [HERE])
        async with beyond_scopes(session):
            assert await _rows(session) == sorted([HERE, ELSEWHERE])
        assert await _rows(session) == [HERE]


async def test_beyond_scopes_without_scopes_leaves_none_behind(engine: AsyncEngine) -> None:
    async with create_sessions(engine)() as session:
        async with beyond_scopes(session):
            assert len(await _rows(session)) == 2
        assert await _rows(session) == []


async def test_an_error_beyond_scopes_leads_back_too(engine: AsyncEngine) -> None:
    async with create_sessions(engine)() as session:
        await enter_scopes(session, [HERE])
        with pytest.raises(NotFound):
            async with beyond_scopes(session):
                raise NotFound
        assert await _rows(session) == [HERE]


async def test_an_error_of_the_database_beyond_scopes_is_told_as_it_is(engine: AsyncEngine) -> None:
    async with create_sessions(engine)() as session:
        enter_scopes_at_begin(session, [HERE])
        with pytest.raises(DBAPIError, match="division by zero"):
            async with beyond_scopes(session):
                await session.execute(sa.text("SELECT 1/0"))
        await session.rollback()
        assert await _rows(session) == [HERE]


async def test_an_error_in_a_savepoint_beyond_scopes_leads_back_too(engine: AsyncEngine) -> None:
    async with create_sessions(engine)() as session:
        await enter_scopes(session, [HERE])
        with pytest.raises(DBAPIError, match="division by zero"):
            async with session.begin_nested(), beyond_scopes(session):
                await session.execute(sa.text("SELECT 1/0"))
        assert await _rows(session) == [HERE]


async def test_an_engine_for_everything_needs_no_scopes(engine: AsyncEngine) -> None:
    url = engine.url.render_as_string(hide_password=False)
    worker = create_engine(Settings(database_url=url), scopes=EVERYTHING)
    async with create_sessions(worker)() as session:
        for _ in range(2):
            assert await session.scalar(sa.text("SELECT dorfnetz_scopes()")) == [EVERYTHING]
            await session.commit()
    await worker.dispose()


async def test_the_policy_reads_the_scopes_once_a_statement(engine: AsyncEngine) -> None:
    """An InitPlan runs once; a filter that calls the function would run it for each row."""
    async with create_sessions(engine)() as session:
        plan = (await session.execute(sa.text("EXPLAIN VERBOSE SELECT * FROM secret"))).scalars().all()
    filters = [line for line in plan if "Filter" in line]
    assert filters
    assert not any("current_setting" in line or "dorfnetz_scopes" in line for line in filters)


def test_a_caller_enters_the_scopes_of_the_grants_and_their_own() -> None:
    me, municipality, network, association = uuid4(), uuid4(), uuid4(), uuid4()
    grants = (
        Grant(role=Role.MUNICIPALITY_OFFICER, scope=ScopeKind.MUNICIPALITY, scope_id=municipality),
        Grant(role=Role.NETWORK_COORDINATOR, scope=ScopeKind.NETWORK, scope_id=network, scope_key="heidedoerfer"),
        Grant(role=Role.ASSOCIATION_CONTACT, scope=ScopeKind.ASSOCIATION, scope_id=association),
        Grant(role=Role.VOLUNTEER, scope=ScopeKind.ONESELF),
    )
    expected = {str(me), str(municipality), str(network), "heidedoerfer", str(association)}
    assert set(scopes_of(Principal(me, grants))) == expected


def test_a_district_officer_enters_everything() -> None:
    district = Grant(role=Role.DISTRICT_OFFICER, scope=ScopeKind.DISTRICT)
    assert scopes_of(Principal(uuid4(), (district,))) == [EVERYTHING]


async def test_without_the_policy_everything_is_visible(engine: AsyncEngine, databases: Databases) -> None:
    """The control run: the same query shows foreign rows as soon as the protection is off."""
    owner = create_async_engine(engine.url)
    async with owner.begin() as connection:
        await connection.execute(sa.text("ALTER TABLE secret DISABLE ROW LEVEL SECURITY"))
    await owner.dispose()
    assert await _visible(engine, HERE) == sorted([HERE, ELSEWHERE])
