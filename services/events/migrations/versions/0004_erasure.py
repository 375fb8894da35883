"""Erasure: tombstones, and which person stands behind a contact."""

import sqlalchemy as sa
from alembic import op
from shared.access import tenancy
from shared.erasure import tables

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    tables.create_tables(op)
    op.create_table(
        "contact_person",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("person_id", sa.Uuid, nullable=False, index=True),
    )
    tenancy.protect(op, "contact_person", read=f"person_id::text = ANY ({tenancy.ENTERED})", write=tenancy.NOBODY)
    tables.guard(op, "contact", "id")
    tables.guard(op, "contact_person", "id", "person_id")
    tables.guard(op, "invitation", "contact_id")
    tables.guard(op, "registration", "person_id")


def downgrade() -> None:
    for table in ("registration", "invitation", "contact_person", "contact"):
        tables.unguard(op, table)
    op.drop_table("contact_person")
    tables.drop_tables(op)
