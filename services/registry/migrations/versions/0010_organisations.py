"""Organisations in full, appointments with a planned end, and the yearly confirmation of entries."""

import sqlalchemy as sa
from alembic import op
from shared.access.tenancy import ENTERED, NOBODY, protect
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

VILLAGES = f"SELECT id FROM village WHERE municipality_id::text = ANY ({ENTERED}) OR network_id::text = ANY ({ENTERED})"  # noqa: S608 - constants, as everywhere here
ORGANISATIONS = f"SELECT id FROM organisation WHERE id::text = ANY ({ENTERED}) OR village_id IN ({VILLAGES})"  # noqa: S608

NEW = (
    sa.Column("public_body_kind", sa.String(40)),
    sa.Column("notice_kind", sa.String(40)),
    sa.Column("notice_on", sa.Date()),
    sa.Column("purposes", postgresql.ARRAY(sa.Text()), nullable=False, server_default="{}"),
    sa.Column("potentials", sa.String(), nullable=False, server_default=""),
    sa.Column("founded_on", sa.Date()),
    sa.Column("members", sa.Integer()),
    sa.Column("facilities", postgresql.ARRAY(sa.Text()), nullable=False, server_default="{}"),
    sa.Column("languages", postgresql.ARRAY(sa.Text()), nullable=False, server_default="{}"),
    sa.Column("confirmed_on", sa.Date()),
    sa.Column("asked_on", sa.Date()),
    sa.Column("reminded_on", sa.Date()),
    sa.Column("stale_since", sa.Date()),
)


def upgrade() -> None:
    for column in NEW:
        op.add_column("organisation", column)
        if column.server_default is not None:
            op.alter_column("organisation", column.name, server_default=None)
    op.create_check_constraint("notice_has_a_day", "organisation", "num_nonnulls(notice_kind, notice_on) <> 1")
    op.create_table(
        "organisation_federation",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("federation_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("federation_id <> organisation_id", name=op.f("ck_organisation_federation_of_another")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_organisation_federation_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["federation_id"], ["organisation.id"], name=op.f("fk_organisation_federation_federation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("organisation_id", "federation_id", name=op.f("pk_organisation_federation")),
    )
    op.create_index(op.f("ix_organisation_federation_federation_id"), "organisation_federation", ["federation_id"])
    protect(
        op,
        "organisation_federation",
        read="organisation_id IN (SELECT id FROM organisation)",  # what its own policy lets through
        write=f"organisation_id IN ({ORGANISATIONS})",
    )
    op.create_table(
        "confirmation_link",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_confirmation_link_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_confirmation_link_person_id_person")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_confirmation_link")),
    )
    op.create_index(op.f("ix_confirmation_link_organisation_id"), "confirmation_link", ["organisation_id"])
    op.create_index(op.f("ix_confirmation_link_person_id"), "confirmation_link", ["person_id"])
    protect(op, "confirmation_link", read=NOBODY)
    op.add_column("contact", sa.Column("ends_on", sa.Date()))
    op.create_check_constraint("ends_after_it_begins", "contact", "ends_on >= starts_on")


def downgrade() -> None:
    op.drop_constraint(op.f("ck_contact_ends_after_it_begins"), "contact")
    op.drop_column("contact", "ends_on")
    op.drop_table("confirmation_link")
    op.drop_table("organisation_federation")
    op.drop_constraint(op.f("ck_organisation_notice_has_a_day"), "organisation")
    for column in reversed(NEW):
        op.drop_column("organisation", column.name)
