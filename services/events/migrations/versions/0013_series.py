"""Series: meetings that come again and again, each with an id of its own."""

import sqlalchemy as sa
from alembic import op
from shared.access.tenancy import ENTERED, protect
from sqlalchemy.dialects.postgresql import JSONB

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

OF_THE_NETWORK = f"network = ANY ({ENTERED})"


def upgrade() -> None:
    op.create_table(
        "series",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("network", sa.String, nullable=False, index=True),
        sa.Column("starts_on", sa.Date, nullable=False),
        sa.Column("clock", sa.Time, nullable=False),
        sa.Column("minutes", sa.Integer, nullable=False),
        sa.Column("rule", sa.String, nullable=False),
        sa.Column("left_out", sa.ARRAY(sa.Date), nullable=False),
        sa.Column("extra", sa.ARRAY(sa.Date), nullable=False),
        sa.Column("template", JSONB, nullable=False),
        sa.Column("weeks_ahead", sa.Integer),
        sa.Column("one_registration", sa.Boolean, nullable=False),
        sa.Column("follows", sa.Uuid),
        sa.Column("planned_until", sa.Date, nullable=False),
        sa.Column("planned_by", sa.Uuid, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint("minutes > 0", name="ends_after_start"),
        sa.CheckConstraint("weeks_ahead > 0", name="weeks_ahead_positive"),
    )
    protect(op, "series", read=OF_THE_NETWORK, write=OF_THE_NETWORK)
    op.add_column("meeting", sa.Column("series_id", sa.Uuid, sa.ForeignKey("series.id")))
    op.add_column("meeting", sa.Column("series_day", sa.Date))
    op.add_column("meeting", sa.Column("own_edits", sa.Boolean, nullable=False, server_default=sa.false()))
    op.alter_column("meeting", "own_edits", server_default=None)
    op.create_unique_constraint("uq_meeting_series_id_series_day", "meeting", ["series_id", "series_day"],
                                deferrable=True, initially="DEFERRED")  # fmt: skip
    op.create_check_constraint("series_has_day", "meeting", "(series_id IS NULL) = (series_day IS NULL)")


def downgrade() -> None:
    op.drop_constraint("series_has_day", "meeting")
    op.drop_constraint("uq_meeting_series_id_series_day", "meeting")
    for column in ("own_edits", "series_day", "series_id"):
        op.drop_column("meeting", column)
    op.drop_table("series")
