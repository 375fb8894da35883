"""Sessions, the read model and the log of events."""

import sqlalchemy as sa
from alembic import op
from shared.messaging import tables
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    tables.create_tables(op)
    op.create_table(
        "contact",
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("function", sa.String(), nullable=False),
        sa.Column("dismissed", sa.Boolean(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("contact_id", name=op.f("pk_contact")),
    )
    op.create_index(op.f("ix_contact_organisation_id"), "contact", ["organisation_id"], unique=False)
    op.create_table(
        "event_entry",
        sa.Column("position", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("networkid", sa.String(), nullable=True),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("time", sa.DateTime(timezone=True), nullable=False),
        sa.Column("body", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_event_entry")),
        sa.UniqueConstraint("event_id", name=op.f("uq_event_entry_event_id")),
    )
    op.create_index("ix_event_entry_networkid", "event_entry", ["networkid", "position"], unique=False)
    op.create_index("ix_event_entry_type", "event_entry", ["type", "position"], unique=False)
    op.create_table(
        "field_of_activity",
        sa.Column("field_id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("field_id", name=op.f("pk_field_of_activity")),
    )
    op.create_table(
        "lead_mandate",
        sa.Column("mandate_id", sa.Uuid(), nullable=False),
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("mandate_id", name=op.f("pk_lead_mandate")),
    )
    op.create_index(op.f("ix_lead_mandate_village_id"), "lead_mandate", ["village_id"], unique=False)
    op.create_table(
        "meeting",
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("network", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("village_id", sa.Uuid(), nullable=True),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("agenda", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("calendar_uid", sa.String(), nullable=False),
        sa.Column("calendar_sequence", sa.Integer(), nullable=False),
        sa.Column("cancelled", sa.Boolean(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("meeting_id", name=op.f("pk_meeting")),
    )
    op.create_index("ix_meeting_network_ends_at", "meeting", ["network", "ends_at"], unique=False)
    op.create_table(
        "meeting_count",
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("invited", sa.Integer(), nullable=False),
        sa.Column("accepted", sa.Integer(), nullable=False),
        sa.Column("declined", sa.Integer(), nullable=False),
        sa.Column("registered", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("meeting_id", name=op.f("pk_meeting_count")),
    )
    op.create_table(
        "municipality",
        sa.Column("municipality_id", sa.Uuid(), nullable=False),
        sa.Column("ags", sa.String(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("municipality_id", name=op.f("pk_municipality")),
    )
    op.create_table(
        "network",
        sa.Column("network_id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("programme", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("goals", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("village_ids", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("network_id", name=op.f("pk_network")),
    )
    op.create_index(op.f("ix_network_slug"), "network", ["slug"], unique=False)
    op.create_table(
        "notice",
        sa.Column("notice_id", sa.Uuid(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("delivered", sa.Boolean(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("notice_id", name=op.f("pk_notice")),
    )
    op.create_index(op.f("ix_notice_meeting_id"), "notice", ["meeting_id"], unique=False)
    op.create_table(
        "organisation",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("hidden", sa.Boolean(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("village_id", sa.Uuid(), nullable=True),
        sa.Column("legal_form", sa.String(), nullable=False),
        sa.Column("goals", sa.String(), nullable=False),
        sa.Column("strengths", sa.String(), nullable=False),
        sa.Column("fields", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("areas", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("support_kinds", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("founded", sa.Integer(), nullable=True),
        sa.Column("website", sa.String(), nullable=True),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", name=op.f("pk_organisation")),
    )
    op.create_index(op.f("ix_organisation_village_id"), "organisation", ["village_id"], unique=False)
    op.create_table(
        "revision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revision")),
    )
    op.create_table(
        "session",
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("grants", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("tokens", sa.String(), nullable=False),
        sa.Column("access_ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("secret_hash", name=op.f("pk_session")),
    )
    op.create_index(op.f("ix_session_ends_at"), "session", ["ends_at"], unique=False)
    op.create_table(
        "village",
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("village_id", name=op.f("pk_village")),
    )
    op.create_index(op.f("ix_village_slug"), "village", ["slug"], unique=False)
    op.create_table(
        "volunteer",
        sa.Column("volunteer_id", sa.Uuid(), nullable=False),
        sa.Column("fields", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("area_ids", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("everywhere", sa.Boolean(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("volunteer_id", name=op.f("pk_volunteer")),
    )
    op.create_index("ix_volunteer_area_ids", "volunteer", ["area_ids"], unique=False, postgresql_using="gin")


def downgrade() -> None:
    op.drop_table("volunteer")
    op.drop_table("village")
    op.drop_table("session")
    op.drop_table("revision")
    op.drop_table("organisation")
    op.drop_table("notice")
    op.drop_table("network")
    op.drop_table("municipality")
    op.drop_table("meeting_count")
    op.drop_table("meeting")
    op.drop_table("lead_mandate")
    op.drop_table("field_of_activity")
    op.drop_table("event_entry")
    op.drop_table("contact")
    tables.drop_tables(op)
