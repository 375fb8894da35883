"""Minutes that everybody can read."""

import sqlalchemy as sa
from alembic import op
from shared.access.tenancy import NOBODY, PUBLIC, protect
from sqlalchemy.dialects.postgresql import JSONB

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "published_minutes",
        sa.Column("minutes_id", sa.Uuid, primary_key=True),
        sa.Column("sequence", sa.BigInteger, nullable=False),
        sa.Column("meeting_id", sa.Uuid, nullable=False, index=True),
        sa.Column("network", sa.String, nullable=False),
        sa.Column("title", sa.String, nullable=False),
        sa.Column("place", sa.String, nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_on", sa.Date, nullable=False),
        sa.Column("corrected", sa.Boolean, nullable=False),
        sa.Column("people", sa.Integer),
        sa.Column("present", sa.ARRAY(sa.Uuid), nullable=False),
        sa.Column("excused", sa.ARRAY(sa.Uuid), nullable=False),
        sa.Column("items", JSONB, nullable=False),
    )
    op.create_index("ix_published_minutes_network_starts_at", "published_minutes", ["network", "starts_at"])
    protect(op, "published_minutes", read=PUBLIC, write=NOBODY)


def downgrade() -> None:
    op.drop_table("published_minutes")
