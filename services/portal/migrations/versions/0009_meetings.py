"""Meetings in full: who organises them, how one takes part, places, the time to register, cancellation."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

FILLED = {
    "status": sa.Column("status", sa.String, nullable=False, server_default="published"),
    "cancel_reason": sa.Column("cancel_reason", sa.String, nullable=False, server_default=""),
    "attendance": sa.Column("attendance", sa.String, nullable=False, server_default="on_site"),
    "organisation_ids": sa.Column("organisation_ids", sa.ARRAY(sa.Uuid), nullable=False, server_default="{}"),
}
OPEN = {
    "capacity": sa.Column("capacity", sa.Integer),
    "registration_from": sa.Column("registration_from", sa.DateTime(timezone=True)),
    "registration_until": sa.Column("registration_until", sa.DateTime(timezone=True)),
}


def upgrade() -> None:
    for column in (*FILLED.values(), *OPEN.values()):
        op.add_column("meeting", column)
    op.execute("UPDATE meeting SET status = 'cancelled' WHERE cancelled")
    for name in FILLED:
        op.alter_column("meeting", name, server_default=None)
    op.drop_column("meeting", "cancelled")


def downgrade() -> None:
    op.add_column("meeting", sa.Column("cancelled", sa.Boolean, nullable=False, server_default="false"))
    op.execute("UPDATE meeting SET cancelled = true WHERE status IN ('cancelled', 'withdrawn')")
    op.alter_column("meeting", "cancelled", server_default=None)
    for name in (*OPEN, *FILLED):
        op.drop_column("meeting", name)
