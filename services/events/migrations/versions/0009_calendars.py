"""Calendar feeds: what counts their changes, and the secret addresses of people's own calendars.

A feed is as old as its counter. The counter is written at the end of the transaction that changes a meeting, so that
nobody holds its row while waiting for a meeting, and so that whoever reads the new number also sees the change.
"""

import sqlalchemy as sa
from alembic import op
from shared.access.tenancy import ENTERED, NOBODY, PUBLIC, protect
from shared.erasure import tables

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

# The counter of a network, or with '' of what all feeds share: names of villages, what organisations do.
COUNT = """
CREATE FUNCTION dorfnetz_count_feed(changed text) RETURNS void LANGUAGE sql AS $$
    INSERT INTO feed_version (network, version, changed_at) VALUES (changed, 1, clock_timestamp())
    ON CONFLICT (network) DO UPDATE SET version = feed_version.version + 1, changed_at = clock_timestamp()
$$
"""
OF_MEETING = """
CREATE FUNCTION dorfnetz_meeting_in_feed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM dorfnetz_count_feed(NEW.network);
    RETURN NULL;
END $$
"""
# A meeting that went together with its agenda, or that the writer does not see, is not found: all feeds are counted.
OF_AGENDA = """
CREATE FUNCTION dorfnetz_agenda_in_feed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE named uuid := CASE WHEN TG_OP = 'DELETE' THEN OLD.meeting_id ELSE NEW.meeting_id END;
BEGIN
    PERFORM dorfnetz_count_feed(coalesce((SELECT network FROM meeting WHERE id = named), ''));
    RETURN NULL;
END $$
"""
OF_DISTRICT = """
CREATE FUNCTION dorfnetz_district_in_feed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM dorfnetz_count_feed('');
    RETURN NULL;
END $$
"""
SHOWN = (
    "title",
    "description",
    "village_id",
    "place",
    "online_link",
    "organisation_ids",
    "visibility",
    "starts_at",
    "ends_at",
    "calendar_sequence",
    "cancel_reason",
)
# A draft stands in nobody's calendar, and to be held changes nothing in it.
PUBLISHED_NOW = "OLD.status = 'draft' AND NEW.status <> 'draft'"
SHOWN_CHANGED = (
    f"NEW.status <> 'draft' AND ({', '.join(f'OLD.{name}' for name in SHOWN)}) "
    f"IS DISTINCT FROM ({', '.join(f'NEW.{name}' for name in SHOWN)})"
)
TRIGGERS = {
    "meeting": (
        ("INSERT", "NEW.status <> 'draft'", "dorfnetz_meeting_in_feed"),
        ("UPDATE", f"{PUBLISHED_NOW} OR {SHOWN_CHANGED}", "dorfnetz_meeting_in_feed"),
    ),
    "agenda_item": (
        ("INSERT OR DELETE", "true", "dorfnetz_agenda_in_feed"),
        (
            "UPDATE",
            "(OLD.title, OLD.minutes, OLD.position) IS DISTINCT FROM (NEW.title, NEW.minutes, NEW.position)",
            "dorfnetz_agenda_in_feed",
        ),
    ),
    "village": (("UPDATE", "OLD.name IS DISTINCT FROM NEW.name", "dorfnetz_district_in_feed"),),
    "network": (("UPDATE", "OLD.name IS DISTINCT FROM NEW.name", "dorfnetz_district_in_feed"),),
    "field_of_activity": (
        ("INSERT", "true", "dorfnetz_district_in_feed"),
        (
            "UPDATE",
            "(OLD.name, OLD.into_slug) IS DISTINCT FROM (NEW.name, NEW.into_slug)",
            "dorfnetz_district_in_feed",
        ),
    ),
    "organisation": (
        (
            "UPDATE",
            "(OLD.village_id, OLD.fields, OLD.hidden) IS DISTINCT FROM (NEW.village_id, NEW.fields, NEW.hidden)",
            "dorfnetz_district_in_feed",
        ),
    ),
}


def upgrade() -> None:
    op.add_column("organisation", sa.Column("fields", sa.ARRAY(sa.String), nullable=False, server_default="{}"))
    op.alter_column("organisation", "fields", server_default=None)
    op.create_index("ix_organisation_fields", "organisation", ["fields"], postgresql_using="gin")
    op.create_index("ix_meeting_organisation_ids", "meeting", ["organisation_ids"], postgresql_using="gin")
    op.create_index("ix_meeting_village_id_starts_at", "meeting", ["village_id", "starts_at"])
    op.create_table(
        "field_of_activity",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("slug", sa.String, nullable=False, unique=True),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("into_slug", sa.String),
    )
    protect(op, "field_of_activity", read=PUBLIC, write=NOBODY)
    op.create_table(
        "feed_version",
        sa.Column("network", sa.String, primary_key=True),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "personal_calendar",
        sa.Column("person_id", sa.Uuid, primary_key=True),
        sa.Column("token_hash", sa.LargeBinary, nullable=False, unique=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
    )
    protect(op, "personal_calendar", read=f"person_id::text = ANY ({ENTERED})")
    op.create_table(
        "staff_grant",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("person_id", sa.Uuid, nullable=False, index=True),
        sa.Column("network_id", sa.Uuid),
        sa.Column("starts_on", sa.Date, nullable=False),
        sa.Column("ends_on", sa.Date),
        sa.Column("taken_back", sa.Boolean, nullable=False),
    )
    protect(op, "staff_grant", read=f"person_id::text = ANY ({ENTERED})", write=NOBODY)
    for table in ("personal_calendar", "staff_grant"):
        tables.guard(op, table, "person_id")
    for function in (COUNT, OF_MEETING, OF_AGENDA, OF_DISTRICT):
        op.execute(function)
    for table, triggers in TRIGGERS.items():
        for number, (happens, when, function) in enumerate(triggers):
            op.execute(
                f"CREATE CONSTRAINT TRIGGER in_feed_{number} AFTER {happens} ON {table} DEFERRABLE INITIALLY DEFERRED "
                f"FOR EACH ROW WHEN ({when}) EXECUTE FUNCTION {function}()"
            )


def downgrade() -> None:
    for table, triggers in TRIGGERS.items():
        for number in range(len(triggers)):
            op.execute(f"DROP TRIGGER in_feed_{number} ON {table}")
    for name in ("dorfnetz_district_in_feed", "dorfnetz_agenda_in_feed", "dorfnetz_meeting_in_feed"):
        op.execute(f"DROP FUNCTION {name}()")
    op.execute("DROP FUNCTION dorfnetz_count_feed(text)")
    for table in ("staff_grant", "personal_calendar"):
        tables.unguard(op, table)
        op.drop_table(table)
    op.drop_table("feed_version")
    op.drop_table("field_of_activity")
    op.drop_index("ix_meeting_village_id_starts_at", "meeting")
    op.drop_index("ix_meeting_organisation_ids", "meeting")
    op.drop_index("ix_organisation_fields", "organisation")
    op.drop_column("organisation", "fields")
