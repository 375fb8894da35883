"""Which entry of a person stands for one that was merged into it."""

from alembic import op
from shared import merging
from shared.erasure import tables

revision = "0010"
down_revision = "0008"
branch_labels = None
depends_on = None

FOLLOWING = ("contact", "subscription", "notice")


def upgrade() -> None:
    merging.create_tables(op)
    tables.add_former_persons(op)
    for table in FOLLOWING:
        merging.follow(op, table)
    merging.drop_former(op, "person", "id")


def downgrade() -> None:
    for table in (*FOLLOWING, "person"):
        merging.unfollow(op, table)
    merging.drop_tables(op)
