"""The audit log: who saw or changed which personal data."""

from alembic import op
from shared.audit import tables

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the log and the trigger that chains its entries."""
    tables.create_tables(op)


def downgrade() -> None:
    """Remove it with everything that it tells."""
    tables.drop_tables(op)
