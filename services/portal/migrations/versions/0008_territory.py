"""Where villages lie; the territory and its fields of activity in time."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from shared import distances
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

# What volunteers and needs say since: kilometres around villages, parts of the day.
LISTS = (
    ("volunteer", "around_villages", sa.Uuid()),
    ("volunteer", "around_km", sa.SmallInteger()),
    ("help_entry", "daytimes", sa.Text()),
)


DISSOLVED: dict[str, sa.types.TypeEngine[Any]] = {
    "begins_on": sa.Date(),
    "dissolved_on": sa.Date(),
    "successor_id": sa.Uuid(),
}


def upgrade() -> None:
    op.add_column("village", sa.Column("latitude", sa.Float(), nullable=True))
    op.add_column("village", sa.Column("longitude", sa.Float(), nullable=True))
    for table in ("municipality", "village"):
        _add_filled(table, "former_slugs", postgresql.ARRAY(sa.Text()), "{}")
    for name, kind in DISSOLVED.items():
        op.add_column("municipality", sa.Column(name, kind, nullable=True))
    _add_filled("field_of_activity", "retired", sa.Boolean(), "false")
    op.add_column("field_of_activity", sa.Column("position", sa.Integer(), nullable=True))
    op.add_column("field_of_activity", sa.Column("into_slug", sa.String(), nullable=True))
    distances.create_function(op)
    for table, name, kind in LISTS:
        _add_filled(table, name, postgresql.ARRAY(kind), "{}")


def _add_filled(table: str, name: str, kind: sa.types.TypeEngine[Any], value: str) -> None:
    """Rows that are there get the value; new ones are filled by the application."""
    op.add_column(table, sa.Column(name, kind, nullable=False, server_default=value))
    op.alter_column(table, name, server_default=None)


def downgrade() -> None:
    for table, name, _ in LISTS:
        op.drop_column(table, name)
    distances.drop_function(op)
    for name in ("into_slug", "position", "retired"):
        op.drop_column("field_of_activity", name)
    for name in ("former_slugs", *DISSOLVED):
        op.drop_column("municipality", name)
    op.drop_column("village", "former_slugs")
    op.drop_column("village", "longitude")
    op.drop_column("village", "latitude")
