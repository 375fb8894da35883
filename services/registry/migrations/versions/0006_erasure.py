"""Erasures, their receipts, and tombstones."""

import sqlalchemy as sa
from alembic import op
from shared.access import tenancy
from shared.erasure import tables

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    tables.create_tables(op)
    op.create_table(
        "erasure",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("number", sa.String, nullable=False, unique=True),
        sa.Column("person_id", sa.Uuid, nullable=False),
        sa.Column("contact_ids", sa.ARRAY(sa.Uuid), nullable=False),
        sa.Column("volunteer_id", sa.Uuid),
        sa.Column("scopes", sa.ARRAY(sa.Text), nullable=False),
        sa.Column("services", sa.ARRAY(sa.Text), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("origin", sa.String(40), nullable=False),
        sa.Column("requested_by", sa.Uuid),
        sa.Column("completed_at", sa.DateTime(timezone=True)),
    )
    op.create_index("ix_erasure_requested_at", "erasure", ["requested_at", "id"])
    op.create_table(
        "erasure_receipt",
        sa.Column("erasure_id", sa.Uuid, sa.ForeignKey("erasure.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("service", sa.String, primary_key=True),
        sa.Column("text", sa.String, nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
    )
    tenancy.protect(op, "erasure", read=f"scopes && {tenancy.ENTERED}", write=tenancy.NOBODY)
    of_it = f"EXISTS (SELECT FROM erasure WHERE erasure.id = erasure_id AND erasure.scopes && {tenancy.ENTERED})"
    tenancy.protect(op, "erasure_receipt", read=of_it, write=tenancy.NOBODY)


def downgrade() -> None:
    op.drop_table("erasure_receipt")
    op.drop_table("erasure")
    tables.drop_tables(op)
