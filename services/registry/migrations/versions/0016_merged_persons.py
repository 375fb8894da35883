"""Which entry of a person stands for one that was merged into it."""

import sqlalchemy as sa
from alembic import op
from shared.access.tenancy import NOBODY, PUBLIC, protect
from shared.erasure import tables

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "merged_person",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("into_person_id", sa.Uuid(), nullable=False),
        sa.Column("merged_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.ForeignKeyConstraint(
            ["into_person_id"], ["person.id"], name=op.f("fk_merged_person_into_person_id_person"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_merged_person")),
    )
    op.create_index(op.f("ix_merged_person_into_person_id"), "merged_person", ["into_person_id"])
    protect(op, "merged_person", read=PUBLIC, write=NOBODY)
    tables.add_former_persons(op)
    former = sa.Column("former_person_ids", sa.ARRAY(sa.Uuid()), server_default="{}", nullable=False)
    op.add_column("erasure", former)


def downgrade() -> None:
    op.drop_column("erasure", "former_person_ids")
    op.drop_table("merged_person")
