"""Meetings with agendas, invitations, registrations, and what is known of the registry."""

import sqlalchemy as sa
from alembic import op
from shared.messaging.tables import create_tables, drop_tables

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_tables(op)
    _create_audience()
    _create_meetings()


def _create_audience() -> None:
    op.create_table(
        "network",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("slug", sa.String, nullable=False, index=True),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("village_ids", sa.ARRAY(sa.Uuid), nullable=False),
    )
    op.create_table(
        "village",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("name", sa.String, nullable=False),
    )
    op.create_table(
        "lead_mandate",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("village_id", sa.Uuid, nullable=False, index=True),
        sa.Column("organisation_id", sa.Uuid, nullable=False),
        sa.Column("starts_on", sa.Date, nullable=False),
        sa.Column("until", sa.Date),
    )
    op.create_table(
        "contact",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("organisation_id", sa.Uuid, nullable=False),
        sa.Column("dismissed", sa.Boolean, nullable=False),
    )
    op.create_index(
        "ix_contact_organisation_id", "contact", ["organisation_id"], postgresql_where=sa.text("NOT dismissed")
    )


def _create_meetings() -> None:
    op.create_table(
        "meeting",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("network", sa.String, nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("title", sa.String, nullable=False),
        sa.Column("description", sa.String, nullable=False),
        sa.Column("village_id", sa.Uuid),
        sa.Column("place", sa.String, nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("calendar_uid", sa.String, nullable=False, unique=True),
        sa.Column("calendar_sequence", sa.Integer, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("planned_by", sa.Uuid, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint("ends_at > starts_at", name="ends_after_start"),
    )
    op.create_index("ix_meeting_network_starts_at", "meeting", ["network", "starts_at", "id"])
    op.create_index("ix_meeting_starts_at", "meeting", ["starts_at", "id"])
    op.create_index(
        "ix_meeting_published_ends_at", "meeting", ["ends_at"], postgresql_where=sa.text("status = 'published'")
    )
    op.create_table(
        "agenda_item",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("meeting_id", sa.Uuid, sa.ForeignKey("meeting.id", ondelete="CASCADE"), nullable=False, index=True),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("title", sa.String, nullable=False),
        sa.Column("minutes", sa.Integer),
        sa.CheckConstraint("minutes > 0", name="minutes_positive"),
    )
    op.create_table(
        "invitation",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("meeting_id", sa.Uuid, sa.ForeignKey("meeting.id", ondelete="CASCADE"), nullable=False),
        sa.Column("contact_id", sa.Uuid),
        sa.Column("organisation_id", sa.Uuid, nullable=False),
        sa.Column("token_hash", sa.LargeBinary, unique=True),
        sa.Column("answer", sa.String(40)),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True)),
        sa.UniqueConstraint("meeting_id", "contact_id"),
    )
    op.create_table(
        "registration",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("meeting_id", sa.Uuid, sa.ForeignKey("meeting.id", ondelete="CASCADE"), nullable=False),
        sa.Column("person_id", sa.Uuid, index=True),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("meeting_id", "person_id"),
    )


def downgrade() -> None:
    for table in (
        "registration",
        "invitation",
        "agenda_item",
        "meeting",
        "contact",
        "lead_mandate",
        "village",
        "network",
    ):
        op.drop_table(table)
    drop_tables(op)
