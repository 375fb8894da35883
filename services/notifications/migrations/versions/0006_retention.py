"""What the rules of retention did."""

from alembic import op
from shared.retention import tables

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the report's table."""
    tables.create_tables(op)


def downgrade() -> None:
    """Remove it."""
    tables.drop_tables(op)
