"""Entries of the directory that became part of others."""

import sqlalchemy as sa
from alembic import op
from shared.access.tenancy import NOBODY, PUBLIC, protect
from shared.erasure import tables

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "merged_organisation",
        sa.Column("organisation_id", sa.Uuid, primary_key=True),
        sa.Column("sequence", sa.BigInteger, nullable=False),
        sa.Column("into_organisation_id", sa.Uuid, nullable=False, index=True),
        sa.Column("slug", sa.String, nullable=False, index=True),
    )
    protect(op, "merged_organisation", read=PUBLIC, write=NOBODY)
    tables.add_former_persons(op)


def downgrade() -> None:
    op.drop_table("merged_organisation")
