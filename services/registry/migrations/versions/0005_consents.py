"""Consents with their history, sign-ups that wait to be confirmed, links that unsubscribe, certificates of conduct."""

import sqlalchemy as sa
from alembic import op
from shared.access.tenancy import ENTERED, NOBODY, protect
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("person", sa.Column("birth_date", sa.Date()))
    op.add_column("consent", sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
    op.add_column("consent", sa.Column("given_on", sa.Date(), nullable=False, server_default=sa.text("current_date")))
    op.add_column("consent", sa.Column("guardian", sa.String()))
    op.add_column("consent", sa.Column("withdrawn_by", sa.Uuid()))
    op.add_column("consent", sa.Column("withdrawn_channel", sa.String(40)))
    op.alter_column("consent", "version", server_default=None)
    op.alter_column("consent", "given_on", server_default=None)
    _create_guardian_link()
    _create_unsubscribe_link()
    _create_sign_up()
    _create_certificate()


def _create_guardian_link() -> None:
    op.create_table(
        "guardian_link",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_guardian_link_person_id_person"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_guardian_link")),
    )
    op.create_index(op.f("ix_guardian_link_person_id"), "guardian_link", ["person_id"])
    protect(op, "guardian_link", read=NOBODY)


def _create_unsubscribe_link() -> None:
    op.create_table(
        "unsubscribe_link",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.String(40), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_unsubscribe_link_person_id_person"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_unsubscribe_link")),
    )
    op.create_index(op.f("ix_unsubscribe_link_person_id"), "unsubscribe_link", ["person_id"])
    protect(op, "unsubscribe_link", read=NOBODY)


def _create_sign_up() -> None:
    op.create_table(
        "sign_up",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("email", sa.String()),
        sa.Column("phone", sa.String()),
        sa.Column("fields", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("area_list", postgresql.JSONB(), nullable=False),
        sa.Column("agreed", postgresql.JSONB(), nullable=False),
        sa.Column("birth_date", sa.Date()),
        sa.Column("guardian_name", sa.String()),
        sa.Column("guardian_email", sa.String()),
        sa.Column("token_hash", sa.LargeBinary()),
        sa.Column("scopes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_up")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sign_up_token_hash")),
    )
    op.create_index(op.f("ix_sign_up_expires_at"), "sign_up", ["expires_at"])
    protect(op, "sign_up", read=f"scopes && {ENTERED}")


def _create_certificate() -> None:
    op.create_table(
        "certificate",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Uuid()),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("inspected_on", sa.Date(), nullable=False),
        sa.Column("result", sa.String(40), nullable=False),
        sa.Column("inspected_by", sa.Uuid(), nullable=False),
        sa.Column("activity_ended_on", sa.Date()),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_certificate_person_id_person"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_certificate_municipality_id_municipality")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate")),
    )
    op.create_index(op.f("ix_certificate_person_id"), "certificate", ["person_id"])
    # Coordinators and associations never enter the id of a municipality: officers alone do.
    protect(op, "certificate", read=f"municipality_id::text = ANY ({ENTERED})")


def downgrade() -> None:
    for table in ("certificate", "sign_up", "unsubscribe_link", "guardian_link"):
        op.drop_table(table)
    for column in ("withdrawn_channel", "withdrawn_by", "guardian", "given_on", "version"):
        op.drop_column("consent", column)
    op.drop_column("person", "birth_date")
