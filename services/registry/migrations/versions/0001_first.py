"""Territory, fields of activity, organisations, lead mandates, people, volunteers, access."""

from uuid import UUID, uuid5

import sqlalchemy as sa
from alembic import op
from shared.contracts.envelope import create_event
from shared.contracts.registry import FieldOfActivityListed
from shared.messaging import tables
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# The fourteen areas of the Deutscher Freiwilligensurvey. Their ids are the same in every deployment.
FIELDS = (
    ("sport", "Sport und Bewegung"),
    ("kultur", "Kultur und Musik"),
    ("freizeit", "Freizeit und Geselligkeit"),
    ("soziales", "Sozialer Bereich"),
    ("gesundheit", "Gesundheit"),
    ("schule-und-kindergarten", "Schule und Kindergarten"),
    ("jugend-und-bildung", "Außerschulische Jugendarbeit und Bildungsarbeit für Erwachsene"),
    ("umwelt", "Umwelt, Naturschutz und Tierschutz"),
    ("politik", "Politik und politische Interessenvertretung"),
    ("beruf", "Berufliche Interessenvertretung außerhalb des Betriebs"),
    ("kirche", "Kirche und Religion"),
    ("justiz", "Justiz und Kriminalitätsprobleme"),
    ("feuerwehr-und-rettung", "Unfall- und Rettungsdienst, freiwillige Feuerwehr"),
    ("sonstiges", "Sonstiger Bereich"),
)
NAMESPACE = UUID("6f0f8b0e-53c4-4c52-9d6b-1f5a1c2e7d40")


def upgrade() -> None:
    tables.create_tables(op)
    op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")  # trusted: the owner of the database may
    op.create_table(
        "district",
        sa.Column("ags", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_district")),
    )
    op.create_index("uq_district_only_one", "district", [sa.literal_column("(true)")], unique=True)
    op.create_table(
        "field_of_activity",
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_field_of_activity")),
        sa.UniqueConstraint("slug", name=op.f("uq_field_of_activity_slug")),
    )
    op.create_table(
        "network",
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("programme", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_network")),
        sa.UniqueConstraint("slug", name=op.f("uq_network_slug")),
    )
    op.create_table(
        "person",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("phone", sa.String(), nullable=True),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
    )
    op.create_index("ix_person_name", "person", ["name", "id"])
    op.create_index(
        "uq_person_email_name",
        "person",
        [sa.literal_column("lower(email)"), sa.literal_column("lower(name)")],
        unique=True,
        postgresql_where=sa.text("email IS NOT NULL"),
    )
    op.create_index(
        "uq_person_phone_name",
        "person",
        ["phone", sa.literal_column("lower(name)")],
        unique=True,
        postgresql_where=sa.text("email IS NULL AND phone IS NOT NULL"),
    )
    op.create_table(
        "access_grant",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(40), nullable=False),
        sa.Column("scope", sa.String(40), nullable=False),
        sa.Column("scope_id", sa.Uuid(), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("given_by", sa.Uuid(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("person_id"), "="),
            (sa.column("role"), "="),
            (sa.literal_column("coalesce(scope_id, '00000000-0000-0000-0000-000000000000'::uuid)"), "="),
            (sa.literal_column("daterange(starts_on, ends_on, '[]')"), "&&"),
            where=sa.text("ended_at IS NULL"),
            using="gist",
            name="ex_access_grant_held_once",
        ),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_access_grant_ends_after_it_begins")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_access_grant_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_grant")),
    )
    op.create_table(
        "consent",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.String(40), nullable=False),
        sa.Column("text_version", sa.String(), nullable=False),
        sa.Column("channel", sa.String(40), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_consent_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
    )
    op.create_index(
        "uq_consent_given",
        "consent",
        ["person_id", "purpose"],
        unique=True,
        postgresql_where=sa.text("withdrawn_at IS NULL"),
    )
    op.create_table(
        "login_code",
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_login_code_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login_code")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_login_code_code_hash")),
    )
    op.create_index(op.f("ix_login_code_expires_at"), "login_code", ["expires_at"])
    op.create_index(op.f("ix_login_code_person_id"), "login_code", ["person_id"])
    op.create_table(
        "login_session",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_login_session_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login_session")),
    )
    op.create_index(op.f("ix_login_session_expires_at"), "login_session", ["expires_at"])
    op.create_index(op.f("ix_login_session_person_id"), "login_session", ["person_id"])
    op.create_table(
        "municipality",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("ags", sa.String(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name=op.f("fk_municipality_district_id_district")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_municipality")),
        sa.UniqueConstraint("ags", name=op.f("uq_municipality_ags")),
        sa.UniqueConstraint("slug", name=op.f("uq_municipality_slug")),
    )
    op.create_table(
        "network_goal",
        sa.Column("network_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["network_id"], ["network.id"], name=op.f("fk_network_goal_network_id_network"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("network_id", "number", name=op.f("pk_network_goal")),
    )
    op.create_table(
        "volunteer",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_volunteer_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_volunteer")),
        sa.UniqueConstraint("person_id", name=op.f("uq_volunteer_person_id")),
    )
    op.create_table(
        "refresh_token",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["login_session.id"],
            name=op.f("fk_refresh_token_session_id_login_session"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_refresh_token")),
    )
    op.create_index(op.f("ix_refresh_token_session_id"), "refresh_token", ["session_id"])
    op.create_table(
        "village",
        sa.Column("municipality_id", sa.Uuid(), nullable=False),
        sa.Column("network_id", sa.Uuid(), nullable=True),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_village_municipality_id_municipality")
        ),
        sa.ForeignKeyConstraint(["network_id"], ["network.id"], name=op.f("fk_village_network_id_network")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_village")),
        sa.UniqueConstraint("municipality_id", "name", name=op.f("uq_village_municipality_id_name")),
        sa.UniqueConstraint("slug", name=op.f("uq_village_slug")),
    )
    op.create_index(op.f("ix_village_network_id"), "village", ["network_id"])
    op.create_table(
        "volunteer_area",
        sa.Column("volunteer_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["volunteer_id"],
            ["volunteer.id"],
            name=op.f("fk_volunteer_area_volunteer_id_volunteer"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("volunteer_id", "kind", "area_id", name=op.f("pk_volunteer_area")),
    )
    op.create_index(op.f("ix_volunteer_area_area_id"), "volunteer_area", ["area_id"])
    op.create_table(
        "volunteer_field",
        sa.Column("volunteer_id", sa.Uuid(), nullable=False),
        sa.Column("field_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["field_id"], ["field_of_activity.id"], name=op.f("fk_volunteer_field_field_id_field_of_activity")
        ),
        sa.ForeignKeyConstraint(
            ["volunteer_id"],
            ["volunteer.id"],
            name=op.f("fk_volunteer_field_volunteer_id_volunteer"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("volunteer_id", "field_id", name=op.f("pk_volunteer_field")),
    )
    op.create_index(op.f("ix_volunteer_field_field_id"), "volunteer_field", ["field_id"])
    op.create_table(
        "organisation",
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("publication", sa.String(40), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("legal_form", sa.String(), nullable=False),
        sa.Column("register_court", sa.String(), nullable=False),
        sa.Column("register_number", sa.String(), nullable=False),
        sa.Column("goals", sa.String(), nullable=False),
        sa.Column("strengths", sa.String(), nullable=False),
        sa.Column("founded", sa.Integer(), nullable=True),
        sa.Column("website", sa.String(), nullable=True),
        sa.Column("support_kinds", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["village_id"], ["village.id"], name=op.f("fk_organisation_village_id_village")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
        sa.UniqueConstraint("slug", name=op.f("uq_organisation_slug")),
    )
    op.create_index("ix_organisation_name", "organisation", ["name", "id"])
    op.create_index(
        "uq_organisation_name_in_village", "organisation", ["village_id", sa.literal_column("lower(name)")], unique=True
    )
    op.create_index(
        "uq_organisation_register",
        "organisation",
        [sa.literal_column("lower(register_court)"), sa.literal_column("lower(register_number)")],
        unique=True,
        postgresql_where=sa.text("register_number <> ''"),
    )
    op.create_table(
        "contact",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("function", sa.String(40), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_contact_organisation_id_organisation")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_contact_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact")),
    )
    op.create_index(op.f("ix_contact_person_id"), "contact", ["person_id"])
    op.create_index(
        "uq_contact_appointed",
        "contact",
        ["organisation_id", "person_id", "function"],
        unique=True,
        postgresql_where=sa.text("until IS NULL"),
    )
    op.create_table(
        "lead_mandate",
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("village_id"), "="),
            (sa.literal_column("daterange(starts_on, until + 1)"), "&&"),
            using="gist",
            name="ex_lead_mandate_one_at_a_time",
        ),
        sa.CheckConstraint("until >= starts_on - 1", name=op.f("ck_lead_mandate_ends_after_it_begins")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_lead_mandate_organisation_id_organisation")
        ),
        sa.ForeignKeyConstraint(["village_id"], ["village.id"], name=op.f("fk_lead_mandate_village_id_village")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lead_mandate")),
    )
    op.create_index(op.f("ix_lead_mandate_organisation_id"), "lead_mandate", ["organisation_id"])
    op.create_table(
        "organisation_area",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_organisation_area_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "kind", "area_id", name=op.f("pk_organisation_area")),
    )
    op.create_index(op.f("ix_organisation_area_area_id"), "organisation_area", ["area_id"])
    op.create_table(
        "organisation_field",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("field_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["field_id"], ["field_of_activity.id"], name=op.f("fk_organisation_field_field_id_field_of_activity")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_organisation_field_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "field_id", name=op.f("pk_organisation_field")),
    )
    op.create_index(op.f("ix_organisation_field_field_id"), "organisation_field", ["field_id"])

    _list_fields()


def _list_fields() -> None:
    listed = [FieldOfActivityListed(field_id=uuid5(NAMESPACE, slug), slug=slug, name=name) for slug, name in FIELDS]
    table = sa.table("field_of_activity", *(sa.column(name) for name in ("id", "version", "slug", "name", "position")))
    op.bulk_insert(
        table,
        [
            {"id": field.field_id, "version": 1, "slug": field.slug, "name": field.name, "position": position}
            for position, field in enumerate(listed, start=1)
        ],
    )
    events = [create_event(field, subject=field.field_id, sequence=1) for field in listed]
    op.bulk_insert(
        tables.outbox,
        [
            {
                "event_id": event.id,
                "exchange": event.data.exchange.value,
                "routing_key": event.routing_key,
                "type": event.type,
                "subject": event.subject,
                "sequence": event.sequence,
                "body": event.to_bytes(),
            }
            for event in events
        ],
    )


def downgrade() -> None:
    for table in (
        "organisation_field",
        "organisation_area",
        "lead_mandate",
        "contact",
        "organisation",
        "volunteer_field",
        "volunteer_area",
        "village",
        "refresh_token",
        "volunteer",
        "network_goal",
        "municipality",
        "login_session",
        "login_code",
        "consent",
        "access_grant",
        "person",
        "network",
        "field_of_activity",
        "district",
    ):
        op.drop_table(table)
    tables.drop_tables(op)
