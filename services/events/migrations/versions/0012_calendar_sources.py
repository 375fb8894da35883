"""Calendars of others, such as a municipality's, whose dates become meetings of a network."""

import sqlalchemy as sa
from alembic import op
from shared.access.tenancy import ENTERED, protect
from sqlalchemy.dialects.postgresql import JSONB

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


OF_THE_NETWORK = f"network = ANY ({ENTERED})"


def upgrade() -> None:
    op.add_column("meeting", sa.Column("taken_over_from", sa.String))
    op.create_table(
        "calendar_source",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("network", sa.String, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("url", sa.String, nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("paused", sa.Boolean, nullable=False),
        sa.Column("added_by", sa.Uuid, nullable=False, index=True),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_check_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True)),
        sa.Column("read_at", sa.DateTime(timezone=True)),
        sa.Column("etag", sa.String),
        sa.Column("last_modified", sa.String),
        sa.Column("failure", sa.String(40)),
        sa.Column("failure_detail", sa.String, nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("unreadable", sa.Integer, nullable=False),
    )
    op.create_index("ix_calendar_source_network_url", "calendar_source", ["network", "url"], unique=True)
    waiting = sa.text("NOT paused")
    op.create_index("ix_calendar_source_next_check_at", "calendar_source", ["next_check_at"], postgresql_where=waiting)
    op.create_table(
        "imported_date",
        sa.Column("source_id", sa.Uuid, sa.ForeignKey("calendar_source.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("key", sa.String, primary_key=True),
        sa.Column("network", sa.String, nullable=False),
        sa.Column("meeting_id", sa.Uuid, sa.ForeignKey("meeting.id", ondelete="CASCADE"), nullable=False, unique=True),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("theirs", JSONB, nullable=False),
        sa.Column("withdrawn", sa.Boolean, nullable=False),
    )
    for table in ("calendar_source", "imported_date"):
        protect(op, table, read=OF_THE_NETWORK)


def downgrade() -> None:
    op.drop_table("imported_date")
    op.drop_table("calendar_source")
    op.drop_column("meeting", "taken_over_from")
