"""Finding 10: row-level security holds with FORCE, a role that is not the owner, and a setting for one transaction."""

from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations
from shared.access.tenancy import EVERYTHING, enter_scopes, protect
from shared.database import create_sessions
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from testkit.databases import Databases

HERE, ELSEWHERE = uuid4(), uuid4()
ROWS = "SELECT network_id FROM secret ORDER BY network_id"


def _protect(connection: sa.Connection) -> None:
    protect(Operations(MigrationContext.configure(connection)), "secret", "network_id")


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


async def test_without_the_policy_everything_is_visible(engine: AsyncEngine, databases: Databases) -> None:
    """The control run: the same query shows foreign rows as soon as the protection is off."""
    owner = create_async_engine(engine.url)
    async with owner.begin() as connection:
        await connection.execute(sa.text("ALTER TABLE secret DISABLE ROW LEVEL SECURITY"))
    await owner.dispose()
    assert await _visible(engine, HERE) == sorted([HERE, ELSEWHERE])
