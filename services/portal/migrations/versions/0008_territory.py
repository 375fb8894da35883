"""Where villages lie; the territory and its fields of activity in time."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("village", sa.Column("latitude", sa.Float(), nullable=True))
    op.add_column("village", sa.Column("longitude", sa.Float(), nullable=True))


def downgrade() -> None:
    op.drop_column("village", "longitude")
    op.drop_column("village", "latitude")
