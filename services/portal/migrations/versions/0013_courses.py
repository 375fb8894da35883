"""Dates for which one registers at once."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("meeting", sa.Column("course_id", sa.Uuid))
    op.create_index("ix_meeting_course_id", "meeting", ["course_id"], postgresql_where=sa.text("course_id IS NOT NULL"))


def downgrade() -> None:
    op.drop_column("meeting", "course_id")
