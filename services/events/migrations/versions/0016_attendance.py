"""Who was at a meeting, codes for the door and for each registration, certificates of participation."""

import sqlalchemy as sa
from alembic import op
from shared.access.tenancy import ENTERED, protect

revision = "0016"
down_revision = "0013"
branch_labels = None
depends_on = None

NETWORK = f"network = ANY ({ENTERED})"
TABLES = ("attendance", "attendance_list", "door_code", "participation_certificate")


def upgrade() -> None:
    op.add_column("registration", sa.Column("check_in_code", sa.String))
    op.execute(
        "UPDATE registration SET check_in_code = replace(gen_random_uuid() || '-' || gen_random_uuid(), '-', '')"
    )
    op.alter_column("registration", "check_in_code", nullable=False)
    op.create_unique_constraint("uq_registration_check_in_code", "registration", ["check_in_code"])
    _create_attendance()
    op.create_table(
        "attendance_list",
        sa.Column("meeting_id", sa.Uuid, sa.ForeignKey("meeting.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("network", sa.String, nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=False),
        *(sa.Column(name, sa.Integer, nullable=False) for name in ("attended", "excused", "absent", "guests")),
    )
    op.create_table(
        "door_code",
        sa.Column("token_hash", sa.LargeBinary, primary_key=True),
        _meeting(index=True),
        sa.Column("network", sa.String, nullable=False),
    )
    _create_certificates()
    for table in TABLES:
        protect(op, table, read=NETWORK)


def _create_attendance() -> None:
    op.create_table(
        "attendance",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        _meeting(),
        sa.Column("network", sa.String, nullable=False),
        sa.Column("registration_id", sa.Uuid, sa.ForeignKey("registration.id", ondelete="CASCADE"), index=True),
        sa.Column("invitation_id", sa.Uuid, sa.ForeignKey("invitation.id", ondelete="CASCADE"), index=True),
        sa.Column("guest", sa.Boolean, nullable=False),
        sa.Column("name", sa.String),
        sa.Column("organisation", sa.String),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("people", sa.Integer, nullable=False),
        sa.Column("by_self", sa.Boolean, nullable=False),
        sa.Column("marked_by", sa.Uuid, index=True),
        sa.Column("marked_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("meeting_id", "registration_id"),
        sa.UniqueConstraint("meeting_id", "invitation_id"),
        sa.CheckConstraint(
            "num_nonnulls(registration_id, invitation_id) = CASE WHEN guest THEN 0 ELSE 1 END", name="who"
        ),
        sa.CheckConstraint("people >= 0 AND (people > 0) = (state = 'attended')", name="people_counted"),
    )


def _create_certificates() -> None:
    op.create_table(
        "participation_certificate",
        sa.Column("id", sa.Uuid, primary_key=True),
        _meeting(index=True),
        sa.Column("network", sa.String, nullable=False),
        sa.Column("entry_id", sa.Uuid, nullable=False, index=True),
        sa.Column("code_hash", sa.LargeBinary, nullable=False, unique=True),
        sa.Column("name_hash", sa.LargeBinary, nullable=False),
        sa.Column("title", sa.String, nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("place", sa.String, nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True)),
    )


def _meeting(*, index: bool = False) -> sa.Column[object]:
    return sa.Column(
        "meeting_id", sa.Uuid, sa.ForeignKey("meeting.id", ondelete="CASCADE"), nullable=False, index=index
    )


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
    op.drop_column("registration", "check_in_code")
