"""Row-level security: the read model is made of public events, so everybody reads it; the worker alone writes it."""

from alembic import op
from shared.access.tenancy import NOBODY, PUBLIC, create_function, drop_function, protect, unprotect
from shared.messaging.tables import protect_tables, unprotect_tables

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

READ_MODEL = (
    "contact",
    "event_entry",
    "field_of_activity",
    "lead_mandate",
    "meeting",
    "meeting_count",
    "municipality",
    "network",
    "notice",
    "organisation",
    "revision",
    "village",
    "volunteer",
)


def upgrade() -> None:
    create_function(op)
    protect_tables(op)
    for table in READ_MODEL:
        protect(op, table, read=PUBLIC, write=NOBODY)


def downgrade() -> None:
    for table in READ_MODEL:
        unprotect(op, table)
    unprotect_tables(op)
    drop_function(op)
