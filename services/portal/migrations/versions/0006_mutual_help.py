"""Needs and offers in the read model."""

import sqlalchemy as sa
from alembic import op
from shared.access.tenancy import NOBODY, PUBLIC, protect
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "help_entry",
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("side", sa.String(), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.Column("organisation_id", sa.Uuid()),
        sa.Column("village_id", sa.Uuid()),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("area", postgresql.JSONB()),
        sa.Column("fields", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("starts_on", sa.Date()),
        sa.Column("ends_on", sa.Date()),
        sa.Column("weekdays", postgresql.ARRAY(sa.SmallInteger()), nullable=False),
        sa.Column("wanted", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_help_entry")),
    )
    op.create_index(op.f("ix_help_entry_organisation_id"), "help_entry", ["organisation_id"])
    protect(op, "help_entry", read=PUBLIC, write=NOBODY)


def downgrade() -> None:
    op.drop_table("help_entry")
