"""Registrations with people, answers and states; the waiting list; guests; the planner's questions."""

import sqlalchemy as sa
from alembic import op
from shared.access.tenancy import ENTERED, protect
from shared.web import rate_limits
from sqlalchemy.dialects.postgresql import JSONB

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

NETWORK = f"network = ANY ({ENTERED})"
ACTIVE = "state IN ('coming', 'waiting', 'offered')"


def upgrade() -> None:
    rate_limits.create_table(op)
    _extend_registrations()
    op.create_table(
        "registration_link",
        sa.Column("token_hash", sa.LargeBinary, primary_key=True),
        sa.Column(
            "registration_id",
            sa.Uuid,
            sa.ForeignKey("registration.id", ondelete="CASCADE"),
            nullable=False,
            index=True,
        ),
        sa.Column("network", sa.String, nullable=False),
    )
    op.create_table(
        "registration_form",
        sa.Column("meeting_id", sa.Uuid, sa.ForeignKey("meeting.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("network", sa.String, nullable=False),
        sa.Column("questions", JSONB, nullable=False),
        sa.Column("confirm_hours", sa.Integer, nullable=False),
    )
    protect(op, "registration_link", read=NETWORK)
    protect(op, "registration_form", read="meeting_id IN (SELECT id FROM meeting)", write=NETWORK)


def _extend_registrations() -> None:
    columns = (
        sa.Column("version", sa.Integer, nullable=False, server_default="1"),
        sa.Column("name", sa.String),
        sa.Column("email", sa.String),
        sa.Column("phone", sa.String),
        sa.Column("people", sa.Integer, nullable=False, server_default="1"),
        sa.Column("answers", JSONB, nullable=False, server_default="{}"),
        sa.Column("needs", sa.String, nullable=False, server_default=""),
        sa.Column("state", sa.String(40), nullable=False, server_default="coming"),
        sa.Column("arrival", sa.Integer, nullable=False, server_default="0"),
        sa.Column("offered_until", sa.DateTime(timezone=True)),
        sa.Column("entered_by", sa.Uuid),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
    )
    for column in columns:
        op.add_column("registration", column)
    op.execute("""
        UPDATE registration r SET changed_at = registered_at, arrival = numbered.arrival
        FROM (SELECT id, row_number() OVER (PARTITION BY meeting_id ORDER BY registered_at, id) AS arrival
              FROM registration) numbered WHERE numbered.id = r.id
    """)
    for column in columns:
        if column.server_default is not None:
            op.alter_column("registration", column.name, server_default=None)
    op.create_check_constraint("people_counted", "registration", "people > 0")
    op.create_check_constraint(
        "offered_until_when", "registration", "(state = 'offered') = (offered_until IS NOT NULL)"
    )
    op.drop_constraint("uq_registration_meeting_id_person_id", "registration")
    op.create_index("ix_registration_meeting_id", "registration", ["meeting_id", "arrival"])
    unique = {"unique": True, "postgresql_where": sa.text(ACTIVE)}
    op.create_index("uq_registration_person", "registration", ["meeting_id", "person_id"], **unique)
    op.create_index("uq_registration_email", "registration", ["meeting_id", sa.text("lower(email)")], **unique)
    op.create_index(
        "ix_registration_offered_until",
        "registration",
        ["offered_until"],
        postgresql_where=sa.text("state = 'offered'"),
    )
    op.create_index(
        "ix_registration_waiting", "registration", ["meeting_id"], postgresql_where=sa.text("state = 'waiting'")
    )


def downgrade() -> None:
    op.drop_table("registration_form")
    op.drop_table("registration_link")
    op.execute("DELETE FROM registration WHERE state <> 'coming' OR person_id IS NULL")
    for name in ("uq_registration_person", "uq_registration_email", "ix_registration_meeting_id"):
        op.drop_index(name, "registration")
    for name in (
        "version",
        "name",
        "email",
        "phone",
        "people",
        "answers",
        "needs",
        "state",
        "arrival",
        "offered_until",
        "entered_by",
        "changed_at",
    ):
        op.drop_column("registration", name)
    op.create_unique_constraint("uq_registration_meeting_id_person_id", "registration", ["meeting_id", "person_id"])
    rate_limits.drop_table(op)
