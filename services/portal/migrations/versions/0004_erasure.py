"""Erasure: tombstones."""

from alembic import op
from shared.erasure import tables

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    tables.create_tables(op)
    tables.guard(op, "session", "person_id")
    tables.guard(op, "contact", "contact_id")
    tables.guard(op, "volunteer", "volunteer_id")


def downgrade() -> None:
    for table in ("volunteer", "contact", "session"):
        tables.unguard(op, table)
    tables.drop_tables(op)
