"""Whose rows are whose: row-level security. What belongs to a meeting carries the meeting's network, which stays."""

import sqlalchemy as sa
from alembic import op
from shared.access.tenancy import ENTERED, NOBODY, PUBLIC, create_function, drop_function, protect, unprotect
from shared.messaging.tables import protect_tables, unprotect_tables

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

NETWORK = f"network = ANY ({ENTERED})"
OWN = f"person_id::text = ANY ({ENTERED})"
OF_OWN_MEETING = f"meeting_id IN (SELECT id FROM meeting WHERE {NETWORK})"  # noqa: S608 - constants

POLICIES: dict[str, tuple[str, ...]] = {
    # What the registry's public events say; the consumer writes it.
    "network": (PUBLIC, NOBODY),
    "village": (PUBLIC, NOBODY),
    "lead_mandate": (PUBLIC, NOBODY),
    "contact": (PUBLIC, NOBODY),
    "meeting": (f"status = 'published' OR {NETWORK}", NETWORK),
    "agenda_item": ("meeting_id IN (SELECT id FROM meeting)", OF_OWN_MEETING),
    "invitation": (NETWORK,),
    "registration": (f"{NETWORK} OR {OWN}", NETWORK),
}


def upgrade() -> None:
    create_function(op)
    protect_tables(op)
    for table in ("invitation", "registration"):
        op.add_column(table, sa.Column("network", sa.String, nullable=False))
    for table, (read, *write) in POLICIES.items():
        protect(op, table, read=read, write=write[0] if write else None)


def downgrade() -> None:
    for table in POLICIES:
        unprotect(op, table)
    for table in ("invitation", "registration"):
        op.drop_column(table, "network")
    unprotect_tables(op)
    drop_function(op)
