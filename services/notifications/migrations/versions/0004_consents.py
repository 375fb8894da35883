"""Who wants the newsletter."""

import sqlalchemy as sa
from alembic import op
from shared.access.tenancy import NOBODY, protect
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "subscription",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("networks", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("everywhere", sa.Boolean(), nullable=False),
        sa.Column("unsubscribe_token", sa.String()),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
    )
    op.create_index(
        "ix_subscription_person_id", "subscription", ["person_id"], postgresql_where=sa.text("NOT withdrawn")
    )
    protect(op, "subscription", read=NOBODY)  # only the worker reads and writes it


def downgrade() -> None:
    op.drop_table("subscription")
