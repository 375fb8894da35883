"""One certificate of participation for all dates of a course that somebody attended."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("participation_certificate", sa.Column("course", JSONB))


def downgrade() -> None:
    op.drop_column("participation_certificate", "course")
