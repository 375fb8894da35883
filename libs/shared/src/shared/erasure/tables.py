"""Tombstones and the erasures that are under way, in every service's own database.

A tombstone is the id of somebody who was erased, or of their appointment or profile: ids that belong to nobody now. The
guard of a table refuses rows that name one, silently: a late event, one that is replayed, or a request with a token
that still holds then changes nothing, whichever way it comes.
"""

from uuid import UUID

import sqlalchemy as sa
from alembic.operations import Operations
from sqlalchemy import ARRAY, Column, ColumnElement, DateTime, Integer, MetaData, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from shared.access.tenancy import NOBODY, PUBLIC, protect
from shared.database import create_metadata

# Whoever writes a guarded row holds this advisory lock together with others, whoever erases holds it alone: else a row
# that is written at the same moment would see no tombstone, and the erasure would not see the row.
LOCK = 0x65726173

metadata = create_metadata()

tombstone = Table(
    "tombstone",
    metadata,
    Column("subject_id", Uuid, primary_key=True),
    Column("erasure_id", Uuid, nullable=False, index=True),
    Column("made_at", DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
)

# One erasure as this service sees it. `seen_by` are the queues that came past it: what waited there before is done.
erasure_task = Table(
    "erasure_task",
    metadata,
    Column("erasure_id", Uuid, primary_key=True),
    Column("person_id", Uuid, nullable=False),
    Column("former_person_ids", ARRAY(Uuid), nullable=False, server_default="{}"),
    Column("contact_ids", ARRAY(Uuid), nullable=False),
    Column("volunteer_id", Uuid),
    Column("seen_by", ARRAY(Text), nullable=False),
    Column("removed", JSONB, nullable=False),  # what was removed, and how much of it
    Column("erased_at", DateTime(timezone=True)),
    Column("confirmed_at", DateTime(timezone=True)),
    Column("confirmations", Integer, nullable=False, server_default="0"),
)
sa.Index("ix_erasure_task_open", erasure_task.c.erasure_id, postgresql_where=erasure_task.c.confirmed_at.is_(None))

TABLES = (tombstone, erasure_task)


def attach(target: MetaData) -> None:
    """Describe the tables in a service's metadata too, for comparisons by Alembic."""
    for table in TABLES:
        if table.name not in target.tables:
            table.to_metadata(target)


def create_tables(op: Operations) -> None:
    """Make them; called by a service's migration with its `op`."""
    metadata.create_all(op.get_bind(), checkfirst=False)
    protect(op, "tombstone", read=PUBLIC, write=NOBODY)
    protect(op, "erasure_task", read=NOBODY)


def drop_tables(op: Operations) -> None:
    """Undo `create_tables`."""
    metadata.drop_all(op.get_bind())


def add_former_persons(op: Operations) -> None:
    """In a migration of a service whose tables were made before entries of people were merged."""
    op.execute("ALTER TABLE erasure_task ADD COLUMN IF NOT EXISTS former_person_ids uuid[] NOT NULL DEFAULT '{}'")


def guard(op: Operations, table: str, *columns: str) -> None:
    """In a migration: no row is inserted into `table` that names an erased person, contact or volunteer in `columns`.

    A function of plpgsql looks at the tombstones anew after it has the lock; one statement would see them as they were
    before it waited.
    """
    names = ", ".join(f'NEW."{column}"' for column in columns)
    op.execute(
        f"""
        CREATE FUNCTION {_function(table)} RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            PERFORM pg_advisory_xact_lock_shared({LOCK});
            IF EXISTS (SELECT FROM tombstone WHERE subject_id IN ({names})) THEN
                RETURN NULL;
            END IF;
            RETURN NEW;
        END $$
        """
    )
    op.execute(
        f'CREATE TRIGGER not_of_the_erased BEFORE INSERT ON "{table}" FOR EACH ROW EXECUTE FUNCTION {_function(table)}'
    )


def unguard(op: Operations, table: str) -> None:
    """Undo `guard`."""
    op.execute(f'DROP TRIGGER not_of_the_erased ON "{table}"')
    op.execute(f"DROP FUNCTION {_function(table)}")


def erased_before(person_id: UUID | ColumnElement[UUID]) -> ColumnElement[bool]:
    """Whether this id belonged to nobody when the transaction began, which may itself erase the person."""
    before = tombstone.c.made_at < sa.func.now()  # the moment at which the transaction began
    return sa.exists().where(tombstone.c.subject_id == person_id, before)


def _function(table: str) -> str:
    return f"dorfnetz_guard_{table}()"
