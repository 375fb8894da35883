"""Sessions that a person can tell apart, and logins that are under way at the office's provider."""

import sqlalchemy as sa
from alembic import op
from shared.access import tenancy
from shared.access.tenancy import ENTERED
from shared.web import rate_limits

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("DELETE FROM session")  # nobody knows by which device; who was logged in logs in again
    op.add_column("session", sa.Column("id", sa.Uuid(), nullable=False))
    op.add_column("session", sa.Column("device", sa.String(), nullable=False))
    op.create_unique_constraint(op.f("uq_session_id"), "session", ["id"])
    op.create_index(op.f("ix_session_person_id"), "session", ["person_id"])
    op.create_table(
        "pending_login",
        sa.Column("state_hash", sa.LargeBinary(), nullable=False),
        sa.Column("browser_hash", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.String(), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("state_hash", name=op.f("pk_pending_login")),
    )
    op.create_index(op.f("ix_pending_login_ends_at"), "pending_login", ["ends_at"])
    rate_limits.create_table(op)
    # Whoever shows the cookie may see its row, and a person their own sessions.
    holder = f"encode(secret_hash, 'hex') = ANY ({ENTERED})"
    tenancy.protect(op, "session", read=f"{holder} OR person_id::text = ANY ({ENTERED})")
    tenancy.protect(op, "pending_login", read=f"encode(browser_hash, 'hex') = ANY ({ENTERED})")


def downgrade() -> None:
    tenancy.unprotect(op, "session")
    rate_limits.drop_table(op)
    op.drop_table("pending_login")
    op.drop_index(op.f("ix_session_person_id"), "session")
    op.drop_constraint(op.f("uq_session_id"), "session")
    op.drop_column("session", "device")
    op.drop_column("session", "id")
