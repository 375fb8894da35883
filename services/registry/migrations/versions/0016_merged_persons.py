"""Which entry of a person stands for one that was merged into it."""

import sqlalchemy as sa
from alembic import op
from shared.access.tenancy import NOBODY, protect

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "merged_person",
        sa.Column("former_id", sa.Uuid(), nullable=False),
        sa.Column("into_id", sa.Uuid(), nullable=False),
        sa.Column("merged_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.ForeignKeyConstraint(
            ["into_id"], ["person.id"], name=op.f("fk_merged_person_into_id_person"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("former_id", name=op.f("pk_merged_person")),
    )
    op.create_index(op.f("ix_merged_person_into_id"), "merged_person", ["into_id"])
    protect(op, "merged_person", read=NOBODY)


def downgrade() -> None:
    op.drop_table("merged_person")
