"""Whose rows are whose: row-level security. People are seen by those networks that write to them."""

from alembic import op
from shared.access.tenancy import ENTERED, NOBODY, PUBLIC, create_function, drop_function, protect, unprotect
from shared.messaging.tables import protect_tables, unprotect_tables

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

NETWORK = f"network = ANY ({ENTERED})"
NOTICES = f"FROM notice WHERE {NETWORK}"
CONTACT = f"person_id::text = ANY ({ENTERED}) OR id IN (SELECT contact_id {NOTICES})"
PERSON = f"""
    id::text = ANY ({ENTERED}) OR id IN (SELECT person_id {NOTICES}) OR id IN (SELECT person_id FROM contact)
"""  # noqa: S608 - constants

POLICIES: dict[str, tuple[str, ...]] = {
    # What the registry's public events say; the consumer writes it.
    "network": (PUBLIC, NOBODY),
    "organisation": (PUBLIC, NOBODY),
    "notice": (f"{NETWORK} OR person_id::text = ANY ({ENTERED})", NETWORK),
    "contact": (CONTACT, NOBODY),
    "person": (PERSON, NOBODY),
}


def upgrade() -> None:
    create_function(op)
    protect_tables(op)
    for table, (read, *write) in POLICIES.items():
        protect(op, table, read=read, write=write[0] if write else None)


def downgrade() -> None:
    for table in POLICIES:
        unprotect(op, table)
    unprotect_tables(op)
    drop_function(op)
