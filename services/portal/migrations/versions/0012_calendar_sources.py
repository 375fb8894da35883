"""Meetings that come from somebody else's calendar."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("meeting", sa.Column("taken_over_from", sa.String))


def downgrade() -> None:
    op.drop_column("meeting", "taken_over_from")
