"""The audit log's tables, in every service's own database.

A trigger of the database numbers the entries, dates them and chains them: whoever can only write entries, such as the
application's role, can neither choose their place nor their time. The chain is taken up when a transaction is about to
commit, so that transactions wait for each other no longer than that takes.
"""

import sqlalchemy as sa
from alembic.operations import Operations
from sqlalchemy import BigInteger, Boolean, Column, DateTime, FetchedValue, MetaData, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from shared.access.tenancy import ENTERED, protect
from shared.audit import triggers
from shared.database import create_metadata

metadata = create_metadata()

# Never names or addresses: ids, scopes (ids, or slugs of networks) and names of changed fields.
audit_entry = Table(
    "audit_entry",
    metadata,
    Column("position", BigInteger, FetchedValue(), primary_key=True, autoincrement=False),
    Column("at", DateTime(timezone=True), FetchedValue(), nullable=False),
    Column("actor", Uuid),  # the person or client of the access token; none where the system itself did it
    Column("action", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("subject", Uuid, nullable=False),
    Column("persons", ARRAY(Uuid), nullable=False),
    Column("scopes", ARRAY(Text), nullable=False),
    Column("details", JSONB, nullable=False),
    Column("previous", Text, FetchedValue(), nullable=False),
    Column("hash", Text, FetchedValue(), nullable=False, unique=True),
    info={"append_only": True},
)
sa.Index("ix_audit_entry_scopes", audit_entry.c.scopes, postgresql_using="gin")
sa.Index("ix_audit_entry_persons", audit_entry.c.persons, postgresql_using="gin")
sa.Index("ix_audit_entry_actor", audit_entry.c.actor, audit_entry.c.position)
sa.Index("ix_audit_entry_at", audit_entry.c.at)

# The last entry, in one row that is locked while the chain grows. Only the log's trigger writes it.
audit_head = Table(
    "audit_head",
    metadata,
    Column("single", Boolean, sa.CheckConstraint("single", name="single"), primary_key=True, autoincrement=False),
    Column("position", BigInteger, nullable=False),
    Column("hash", Text, nullable=False),
    info={"read_only": True},
)

TABLES = (audit_entry, audit_head)


def attach(target: MetaData) -> None:
    """Describe the tables in a service's metadata too, for comparisons by Alembic."""
    for table in TABLES:
        if table.name not in target.tables:
            table.to_metadata(target)


def create_tables(op: Operations) -> None:
    """Make the audit log; called by a service's migration with its `op`."""
    metadata.create_all(op.get_bind(), checkfirst=False)
    for statement in triggers.CREATE:
        op.execute(statement)
    # Everybody leaves entries, also who has not logged in; they are read by those in whose scope they are.
    protect(op, audit_entry.name, read=f"scopes && {ENTERED}", write="true")


def drop_tables(op: Operations) -> None:
    """Undo `create_tables`."""
    metadata.drop_all(op.get_bind())
    for statement in triggers.DROP:
        op.execute(statement)
