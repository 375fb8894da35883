"""Indexes by which somebody is forgotten among 50,000 others: each of their rows was a search of a whole table."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_KEYS = (("access_grant", "person_id"), ("consent", "person_id"), ("contact", "organisation_id"))


def upgrade() -> None:
    for table, column in _KEYS:
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])
    # The column for which there was an index was `lower(email)`: below row-level security it is never used.
    op.drop_index("ix_list_import_row_email", "list_import_row")
    op.execute("UPDATE list_import_row SET email = lower(email) WHERE email <> lower(email)")
    op.create_index(op.f("ix_list_import_row_email"), "list_import_row", ["email"])


def downgrade() -> None:
    op.drop_index(op.f("ix_list_import_row_email"), "list_import_row")
    op.create_index("ix_list_import_row_email", "list_import_row", [sa.text("lower(email)")])
    for table, column in reversed(_KEYS):
        op.drop_index(op.f(f"ix_{table}_{column}"), table)
