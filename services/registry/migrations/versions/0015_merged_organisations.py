"""Organisations whose entries became part of others."""

import sqlalchemy as sa
from alembic import op
from shared.access.tenancy import NOBODY, PUBLIC, protect

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "merged_organisation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("into_id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("merged_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.ForeignKeyConstraint(
            ["into_id"],
            ["organisation.id"],
            name=op.f("fk_merged_organisation_into_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merged_organisation")),
    )
    op.create_index(op.f("ix_merged_organisation_into_id"), "merged_organisation", ["into_id"])
    protect(op, "merged_organisation", read=PUBLIC, write=NOBODY)


def downgrade() -> None:
    op.drop_table("merged_organisation")
