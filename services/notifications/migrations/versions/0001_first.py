"""The contact directory and the notices."""

import sqlalchemy as sa
from alembic import op
from shared.messaging.tables import create_tables, drop_tables
from sqlalchemy.dialects.postgresql import JSONB

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_tables(op)
    _create_directory()
    _create_notices()


def _create_directory() -> None:
    op.create_table(
        "person",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("email", sa.String),
        sa.Column("language", sa.String, nullable=False),
    )
    op.create_table(
        "contact",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("person_id", sa.Uuid, nullable=False),
        sa.Column("organisation_id", sa.Uuid, nullable=False),
    )
    op.create_table(
        "organisation",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("name", sa.String, nullable=False),
    )
    op.create_table(
        "network",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("slug", sa.String, nullable=False, index=True),
        sa.Column("name", sa.String, nullable=False),
    )


def _create_notices() -> None:
    op.create_table(
        "notice",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("cause_id", sa.Uuid, nullable=False),
        sa.Column("cause_sequence", sa.Integer, nullable=False),
        sa.Column("contact_id", sa.Uuid),
        sa.Column("person_id", sa.Uuid),
        sa.Column("address", sa.String),
        sa.Column("organisation_id", sa.Uuid),
        sa.Column("meeting_id", sa.Uuid),
        sa.Column("network", sa.String),
        sa.Column("meeting", JSONB),
        sa.Column("content", JSONB),
        sa.Column("answer", sa.String(40)),
        sa.Column("reply_token", sa.String),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("reason", sa.String(40)),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("priority", sa.SmallInteger, nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("pending_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True)),
        sa.UniqueConstraint("kind", "cause_id", "cause_sequence"),
        sa.CheckConstraint(
            "status <> 'pending' OR num_nonnulls(contact_id, person_id, address) = 1", name="one_recipient"
        ),
        sa.CheckConstraint("status <> 'pending' OR num_nonnulls(meeting, content) = 1", name="one_matter"),
    )
    op.create_index(
        "ix_notice_due",
        "notice",
        ["priority", "next_attempt_at", "id"],
        postgresql_where=sa.text("status = 'pending'"),
    )
    op.create_index(
        "ix_notice_secret",
        "notice",
        ["expires_at"],
        postgresql_where=sa.text("num_nonnulls(reply_token, content, address) > 0"),
    )
    op.create_index("ix_notice_network", "notice", ["network", "created_at", "id"])
    op.create_index("ix_notice_meeting_id", "notice", ["meeting_id"])


def downgrade() -> None:
    for table in ("notice", "network", "organisation", "contact", "person"):
        op.drop_table(table)
    drop_tables(op)
