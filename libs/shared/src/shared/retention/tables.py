"""The table of retention, in every service's own database."""

import sqlalchemy as sa
from alembic.operations import Operations
from sqlalchemy import BigInteger, Boolean, Column, DateTime, Identity, MetaData, Table, Text

from shared.access.tenancy import NOBODY, PUBLIC, protect
from shared.database import create_metadata

metadata = create_metadata()

# The report: what each rule found and removed. Numbers only.
retention_run = Table(
    "retention_run",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("rule", Text, nullable=False),
    Column("fingerprint", Text, nullable=False),
    Column("dry_run", Boolean, nullable=False),
    Column("found", BigInteger, nullable=False),
    Column("removed", BigInteger, nullable=False),
    Column("ran_at", DateTime(timezone=True), nullable=False, server_default=sa.text("now()")),
    info={"append_only": True},
)
sa.Index("ix_retention_run_rule", retention_run.c.rule, retention_run.c.id)


def attach(target: MetaData) -> None:
    """Describe the table in a service's metadata too, for comparisons by Alembic."""
    if retention_run.name not in target.tables:
        retention_run.to_metadata(target)


def create_tables(op: Operations) -> None:
    """Make the table; called by a service's migration with its `op`."""
    metadata.create_all(op.get_bind(), checkfirst=False)
    protect(op, retention_run.name, read=PUBLIC, write=NOBODY)  # numbers; the timer alone writes them


def drop_tables(op: Operations) -> None:
    """Undo `create_tables`."""
    metadata.drop_all(op.get_bind())
