"""Erasure: tombstones."""

from alembic import op
from shared.erasure import tables

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    tables.create_tables(op)
    tables.guard(op, "person", "id")
    tables.guard(op, "contact", "id", "person_id")
    tables.guard(op, "notice", "contact_id", "person_id")
    tables.guard(op, "subscription", "person_id")


def downgrade() -> None:
    for table in ("subscription", "notice", "contact", "person"):
        tables.unguard(op, table)
    tables.drop_tables(op)
