"""Which entry of a person stands for one that was merged into it."""

from alembic import op
from shared import merging
from shared.erasure import tables

revision = "0011"
down_revision = "0009"
branch_labels = None
depends_on = None

FOLLOWING = (
    "contact_person",
    "registration",
    "agenda_item",
    "action_item",
    "agenda_proposal",
    "staff_grant",
    "personal_calendar",
)


def upgrade() -> None:
    merging.create_tables(op)
    tables.add_former_persons(op)
    for table in FOLLOWING:
        merging.follow(op, table)


def downgrade() -> None:
    for table in FOLLOWING:
        merging.unfollow(op, table)
    merging.drop_tables(op)
