"""Contact persons, coverage in time, mergers; fields of activity in time."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("village", sa.Column("latitude", sa.Float(), nullable=True))
    op.add_column("village", sa.Column("longitude", sa.Float(), nullable=True))
    op.create_check_constraint(op.f("ck_village_place_is_whole"), "village", "num_nonnulls(latitude, longitude) <> 1")


def downgrade() -> None:
    op.drop_column("village", "longitude")
    op.drop_column("village", "latitude")
