"""Two entries of one person became one: what still comes about the former id is written about the other one.

The registry tells `registry.person.merged.v1`. Each service that holds ids of persons keeps which id leads where
(`note_merged`), points its rows at the entry that stays, and has the tables that it fills from events follow it
(`follow`, `drop_former`): a late event, one that is replayed, or a request with a token that still holds never brings
the former entry back, whichever way it comes. Erasures work the same way (`shared.erasure.tables`).
"""

from uuid import UUID

import sqlalchemy as sa
from alembic.operations import Operations
from sqlalchemy import Column, DateTime, MetaData, Table, Uuid
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from shared.access.tenancy import NOBODY, PUBLIC, protect
from shared.database import create_metadata

# With an id's bucket: whoever writes a row that names the id holds it together with others, the merge holds it alone.
# Else a row that is written at the same moment would not see the merge, nor the merge the row.
LOCK = 0x6D657267
BUCKETS = 256  # a batch of thousands of rows holds no more locks than this

metadata = create_metadata()

merged_person = Table(
    "merged_person",
    metadata,
    Column("person_id", Uuid, primary_key=True),
    Column("into_person_id", Uuid, nullable=False, index=True),
    Column("merged_at", DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
)


def attach(target: MetaData) -> None:
    """Describe the table in a service's metadata too, for comparisons by Alembic."""
    if merged_person.name not in target.tables:
        merged_person.to_metadata(target)


def create_tables(op: Operations) -> None:
    """Make it; called by a service's migration with its `op`."""
    metadata.create_all(op.get_bind(), checkfirst=False)
    protect(op, "merged_person", read=PUBLIC, write=NOBODY)


def drop_tables(op: Operations) -> None:
    """Undo `create_tables`."""
    metadata.drop_all(op.get_bind())


def follow(op: Operations, table: str, column: str = "person_id") -> None:
    """In a migration: a row that names a former entry in `column` is written with the one that stands for it."""
    _trigger(op, table, column, f'NEW."{column}" := found;')


def drop_former(op: Operations, table: str, column: str) -> None:
    """In a migration: a row that describes a former entry is not written, silently."""
    _trigger(op, table, column, "RETURN NULL;")


def unfollow(op: Operations, table: str) -> None:
    """Undo `follow` or `drop_former`."""
    op.execute(f'DROP TRIGGER follow_merged ON "{table}"')
    op.execute(f"DROP FUNCTION dorfnetz_follow_{table}()")


async def note_merged(session: AsyncSession, former_id: UUID, into_id: UUID) -> UUID:
    """Remember it, and wait for whoever is writing about the former entry; returns the id that stands for both now.

    Merges may be told in another order than they happened. The session sees every row.
    """
    further = sa.select(merged_person.c.into_person_id).where(merged_person.c.person_id == into_id)
    stays: UUID = await session.scalar(further) or into_id
    lock = sa.func.pg_advisory_xact_lock(LOCK, _bucket(former_id))
    await session.execute(sa.select(lock))
    noted = insert(merged_person).values(person_id=former_id, into_person_id=stays)
    await session.execute(noted.on_conflict_do_nothing())
    older = sa.update(merged_person).where(merged_person.c.into_person_id == former_id)
    await session.execute(older.values(into_person_id=stays))
    return stays


def was_merged(person_id: UUID | sa.ColumnElement[UUID]) -> sa.ColumnElement[bool]:
    """Whether another entry stands for this one."""
    return sa.exists().where(merged_person.c.person_id == person_id)


def _bucket(person_id: UUID) -> sa.ColumnElement[int]:
    hashed = sa.func.hashtext(sa.cast(sa.literal(str(person_id)), sa.Text), type_=sa.Integer)
    return hashed.op("&")(BUCKETS - 1)


def _trigger(op: Operations, table: str, column: str, then: str) -> None:
    """A function of plpgsql looks anew after it has the lock. By its name it comes before the guard of erasures."""
    op.execute(
        f"""
        CREATE FUNCTION dorfnetz_follow_{table}() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
            found uuid;
        BEGIN
            IF NEW."{column}" IS NOT NULL THEN
                PERFORM pg_advisory_xact_lock_shared({LOCK}, hashtext(NEW."{column}"::text) & {BUCKETS - 1});
                SELECT into_person_id INTO found FROM merged_person WHERE person_id = NEW."{column}";
                IF found IS NOT NULL THEN
                    {then}
                END IF;
            END IF;
            RETURN NEW;
        END $$
        """  # noqa: S608
    )
    op.execute(
        f'CREATE TRIGGER follow_merged BEFORE INSERT OR UPDATE OF "{column}" ON "{table}" '
        f"FOR EACH ROW EXECUTE FUNCTION dorfnetz_follow_{table}()"
    )
