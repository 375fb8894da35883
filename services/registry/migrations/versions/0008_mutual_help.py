"""Needs and offers, and the requests that bring them together."""

import sqlalchemy as sa
from alembic import op
from shared.access.tenancy import ENTERED, NOBODY, protect
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

VILLAGES = f"SELECT id FROM village WHERE municipality_id::text = ANY ({ENTERED}) OR network_id::text = ANY ({ENTERED})"  # noqa: S608 - constants, as everywhere here
ORGANISATIONS = f"SELECT id FROM organisation WHERE id::text = ANY ({ENTERED}) OR village_id IN ({VILLAGES})"  # noqa: S608
ENTRIES = f"SELECT id FROM help_entry WHERE organisation_id IN ({ORGANISATIONS})"  # noqa: S608


def upgrade() -> None:
    op.create_table(
        "help_entry",
        sa.Column("side", sa.String(40), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("area_kind", sa.String(40), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("starts_on", sa.Date()),
        sa.Column("ends_on", sa.Date()),
        sa.Column("weekdays", postgresql.ARRAY(sa.SmallInteger()), nullable=False),
        sa.Column("wanted", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_help_entry_ends_after_it_begins")),
        sa.CheckConstraint("wanted > 0", name=op.f("ck_help_entry_wants_somebody")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_help_entry_organisation_id_organisation")
        ),
        sa.ForeignKeyConstraint(["village_id"], ["village.id"], name=op.f("fk_help_entry_village_id_village")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_help_entry")),
    )
    op.create_index(op.f("ix_help_entry_organisation_id"), "help_entry", ["organisation_id"])
    op.create_index(op.f("ix_help_entry_village_id"), "help_entry", ["village_id"])
    op.create_index("ix_help_entry_open", "help_entry", ["side", "kind"], postgresql_where=sa.text("state = 'open'"))
    op.create_table(
        "help_entry_field",
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("field_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["help_entry.id"], name=op.f("fk_help_entry_field_entry_id_help_entry"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["field_id"], ["field_of_activity.id"], name=op.f("fk_help_entry_field_field_id_field_of_activity")
        ),
        sa.PrimaryKeyConstraint("entry_id", "field_id", name=op.f("pk_help_entry_field")),
    )
    op.create_index(op.f("ix_help_entry_field_field_id"), "help_entry_field", ["field_id"])
    _create_requests()
    protect(
        op,
        "help_entry",
        read="organisation_id IN (SELECT id FROM organisation)",  # what its own policy lets through
        write=f"organisation_id IN ({ORGANISATIONS})",
    )
    protect(
        op,
        "help_entry_field",
        read="entry_id IN (SELECT id FROM help_entry)",
        write=f"entry_id IN ({ENTRIES})",
    )
    protect(
        op,
        "help_request",
        read=f"need_id IN ({ENTRIES}) OR offer_id IN ({ENTRIES}) OR person_id::text = ANY ({ENTERED})",
        write=f"need_id IN ({ENTRIES})",
    )
    protect(op, "help_request_link", read=NOBODY)


def _create_requests() -> None:
    op.create_table(
        "help_request",
        sa.Column("need_id", sa.Uuid(), nullable=False),
        sa.Column("offer_id", sa.Uuid()),
        sa.Column("person_id", sa.Uuid()),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("thanks", sa.String(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("answered_by", sa.Uuid()),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True)),
        sa.Column("done_at", sa.DateTime(timezone=True)),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("num_nonnulls(person_id, offer_id) = 1", name=op.f("ck_help_request_one_helper")),
        sa.ForeignKeyConstraint(["need_id"], ["help_entry.id"], name=op.f("fk_help_request_need_id_help_entry")),
        sa.ForeignKeyConstraint(["offer_id"], ["help_entry.id"], name=op.f("fk_help_request_offer_id_help_entry")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_help_request_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_help_request")),
        sa.UniqueConstraint("need_id", "person_id", name=op.f("uq_help_request_need_id")),
        sa.UniqueConstraint("need_id", "offer_id", name="uq_help_request_need_id_offer_id"),
    )
    op.create_index(op.f("ix_help_request_offer_id"), "help_request", ["offer_id"])
    op.create_index(op.f("ix_help_request_person_id"), "help_request", ["person_id"])
    op.create_table(
        "help_request_link",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["help_request.id"],
            name=op.f("fk_help_request_link_request_id_help_request"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_help_request_link_person_id_person")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_help_request_link")),
    )
    op.create_index(op.f("ix_help_request_link_request_id"), "help_request_link", ["request_id"])
    op.create_index(op.f("ix_help_request_link_person_id"), "help_request_link", ["person_id"])


def downgrade() -> None:
    for table in ("help_request_link", "help_request", "help_entry_field", "help_entry"):
        op.drop_table(table)
