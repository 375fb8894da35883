"""Tenancy."""

from alembic import op
from shared.access import tenancy

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    tenancy.create_function(op)


def downgrade() -> None:
    tenancy.drop_function(op)
