"""News of meetings: what was changed, why one is cancelled, and the address of an online meeting."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0008"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("notice", sa.Column("online_link", sa.String))
    op.add_column("notice", sa.Column("news", JSONB))
    _index_secrets("reply_token, content, address, online_link, news")


def downgrade() -> None:
    _index_secrets("reply_token, content, address")
    op.drop_column("notice", "news")
    op.drop_column("notice", "online_link")


def _index_secrets(columns: str) -> None:
    op.drop_index("ix_notice_secret", "notice")
    held = sa.text(f"num_nonnulls({columns}) > 0")
    op.create_index("ix_notice_secret", "notice", ["expires_at"], postgresql_where=held)
