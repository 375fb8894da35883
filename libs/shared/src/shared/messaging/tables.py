"""The tables of messaging, in every service's own database.

They are described once, here. A service's first migration makes them with `create_tables(op)`; its Alembic environment
calls `attach(metadata)`, so that a comparison of models and database knows them.
"""

import sqlalchemy as sa
from alembic.operations import Operations
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
)

from shared.access import tenancy
from shared.database import create_metadata

metadata = create_metadata()

_NOW = sa.text("now()")


def _moment(name: str, *, default: bool = True) -> Column[object]:
    """A point in time in UTC; filled by the database unless `default` is False, then it may be missing."""
    return Column(name, DateTime(timezone=True), nullable=not default, server_default=_NOW if default else None)


# Events that are committed and not yet published, in the order of their commands. A row with `not_before` waits for
# that moment: a timer, or an event that could not be published and is tried again later.
outbox = Table(
    "outbox",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("event_id", Uuid, nullable=False),
    Column("exchange", Text, nullable=False),
    Column("routing_key", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("networkid", Text),
    Column("body", LargeBinary, nullable=False),
    _moment("not_before", default=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("last_error", Text),
    _moment("created_at"),
)
Index("ix_outbox_ready", outbox.c.id, postgresql_where=outbox.c.not_before.is_(None))
Index("ix_outbox_waiting", outbox.c.not_before, postgresql_where=outbox.c.not_before.is_not(None))

# Public events that were published. Positions are drawn by the one active relay in its transaction, so they become
# visible in their own order: a reader that has seen position n has missed nothing below n.
event_log = Table(
    "event_log",
    metadata,
    Column("position", BigInteger, Identity(), primary_key=True),
    Column("event_id", Uuid, nullable=False, unique=True),
    Column("type", Text, nullable=False),
    Column("kind", Text, nullable=False),  # owner and aggregate: the first two words of the type
    Column("subject", Text, nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("networkid", Text),
    Column("body", LargeBinary, nullable=False),
    _moment("published_at"),
)
Index("ix_event_log_latest", event_log.c.kind, event_log.c.subject, event_log.c.sequence.desc())
Index("ix_event_log_type", event_log.c.type, event_log.c.position)
Index("ix_event_log_networkid", event_log.c.networkid, event_log.c.position)

# What a consumer has done: the row is written in the transaction of the effect, so an effect happens once.
inbox = Table(
    "inbox",
    metadata,
    Column("consumer", Text, primary_key=True),
    Column("event_id", Uuid, primary_key=True),
    _moment("processed_at"),
)
Index("ix_inbox_processed_at", inbox.c.processed_at)

# Events that a consumer gave up on, where there is no broker to keep them (in-process transport).
dead_letter = Table(
    "dead_letter",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("consumer", Text, nullable=False),
    Column("event_id", Uuid, nullable=False),
    Column("exchange", Text, nullable=False),
    Column("routing_key", Text, nullable=False),
    Column("reason", Text, nullable=False),  # a code, never an exception's message
    Column("body", LargeBinary, nullable=False),
    Column("replay", Boolean, nullable=False, server_default=sa.false()),  # asked for by the command
    _moment("created_at"),
    UniqueConstraint("consumer", "event_id"),
)

# Answers to commands, kept so that a repeated command gets the first answer again.
idempotency_key = Table(
    "idempotency_key",
    metadata,
    Column("key", Text, primary_key=True),
    Column("caller", Text, primary_key=True),
    Column("fingerprint", Text, nullable=False),
    Column("status", Integer),
    Column("body", LargeBinary),
    Column("content_type", Text),
    _moment("created_at"),
)
Index("ix_idempotency_key_created_at", idempotency_key.c.created_at)

TABLES = (outbox, event_log, inbox, dead_letter, idempotency_key)

# The outbox and the inbox are emptied all the time: vacuum by the number of dead rows, not by a share of the table.
_CHURN = "SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 5000)"


def attach(target: MetaData) -> None:
    """Describe the tables in a service's metadata too, for comparisons by Alembic."""
    for table in TABLES:
        if table.name not in target.tables:
            table.to_metadata(target)


def create_tables(op: Operations) -> None:
    """Make the tables of version 1; called by a service's first migration with its `op`."""
    metadata.create_all(op.get_bind(), checkfirst=False)
    for table in (outbox, inbox):
        op.execute(f"ALTER TABLE {table.name} {_CHURN}")


def protect_tables(op: Operations) -> None:
    """Row-level security of the tables; called by a service's migration after `tenancy.create_function`.

    What waits may be private: handlers add it, the relay alone reads it. The log holds public events and nothing else.
    """
    tenancy.protect(op, outbox.name, read=tenancy.NOBODY, insert=tenancy.PUBLIC)
    tenancy.protect(op, event_log.name, read=tenancy.PUBLIC, write=tenancy.NOBODY)
    for table in (inbox, dead_letter):
        tenancy.protect(op, table.name, read=tenancy.NOBODY)
    tenancy.protect(op, idempotency_key.name, read=f"caller = ANY ({tenancy.ENTERED})")


def unprotect_tables(op: Operations) -> None:
    """Undo `protect_tables`."""
    for table in TABLES:
        tenancy.unprotect(op, table.name)


def drop_tables(op: Operations) -> None:
    """Undo `create_tables`."""
    metadata.drop_all(op.get_bind())
