"""Volunteers in full: when they have time, what they can, how they are reached, how far they come, that they pause."""

import sqlalchemy as sa
from alembic import op
from shared import distances
from shared.access.tenancy import ENTERED, protect, unprotect
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

MOST_KM = 50  # as in registry.volunteers.radius


def _in(column: str) -> str:
    return f"{column}::text = ANY ({ENTERED})"


VILLAGES = f"SELECT id FROM village WHERE {_in('municipality_id')} OR {_in('network_id')}"  # noqa: S608 - constants, as everywhere here
STAFF = f"EXISTS (SELECT FROM municipality WHERE {_in('id')}) OR EXISTS (SELECT FROM network WHERE {_in('id')})"  # noqa: S608
AREA = f"""
    {_in("area_id")}
    OR (kind = 'village' AND area_id IN ({VILLAGES}))
    OR (kind = 'municipality' AND area_id IN (SELECT municipality_id FROM village WHERE {_in("network_id")}))
    OR (kind = 'network' AND area_id IN (SELECT network_id FROM village WHERE {_in("municipality_id")}))
    OR (kind = 'district' AND ({STAFF}))
"""  # noqa: S608
# Asked once a statement: from which village, with which radius, somebody comes to a village of the scope. The ends of
# the series are constant, so that the planner knows its length: else PostgreSQL expects 1,000 radii of each village,
# and looks through all of the pairs for each volunteer in place of hashing them.
RADIUS = f"""
    km IS NOT NULL AND (area_id, km) IN (
        SELECT near.id, reach.km
        FROM (
            SELECT home.id, min(distance_km(home.latitude, home.longitude, here.latitude, here.longitude)) AS away
            FROM village home, village here WHERE here.id IN ({VILLAGES}) GROUP BY home.id
        ) near JOIN generate_series(1, {MOST_KM}) reach (km) ON reach.km >= near.away
    )
"""  # noqa: S608

LISTS = ("slots", "skills", "own_skills", "languages")


def upgrade() -> None:
    distances.create_function(op)
    _describe_volunteers()
    op.add_column("volunteer_area", sa.Column("km", sa.SmallInteger()))
    op.create_check_constraint(
        op.f("ck_volunteer_area_around_a_village"), "volunteer_area", "km IS NULL OR kind = 'village' AND km > 0"
    )
    op.create_index(
        "ix_volunteer_area_around", "volunteer_area", ["area_id", "km"], postgresql_where=sa.text("km IS NOT NULL")
    )
    _protect_volunteers(f"{AREA} OR {RADIUS}")
    _add_filled("sign_up", sa.Column("details", postgresql.JSONB(), nullable=False, server_default="{}"))
    _add_filled("help_entry", sa.Column("daytimes", postgresql.ARRAY(sa.Text()), nullable=False, server_default="{}"))


def _describe_volunteers() -> None:
    text = postgresql.ARRAY(sa.Text())
    for name in LISTS:
        kind = postgresql.ARRAY(sa.SmallInteger()) if name == "slots" else text
        _add_filled("volunteer", sa.Column(name, kind, nullable=False, server_default="{}"))
    _add_filled("volunteer", sa.Column("best_time", sa.String(), nullable=False, server_default=""))
    for column in (
        sa.Column("rhythm", sa.String(40)),
        sa.Column("hours_per_month", sa.SmallInteger()),
        sa.Column("available_from", sa.Date()),
        sa.Column("available_until", sa.Date()),
        sa.Column("preferred_channel", sa.String(40)),
        sa.Column("street", sa.String()),
        sa.Column("postcode", sa.String()),
        sa.Column("town", sa.String()),
        sa.Column("paused_at", sa.DateTime(timezone=True)),
        sa.Column("paused_until", sa.Date()),
        sa.Column("leave_reason", sa.String(40)),
    ):
        op.add_column("volunteer", column)
    op.create_check_constraint(
        op.f("ck_volunteer_available_in_order"), "volunteer", "available_until >= available_from"
    )
    op.create_check_constraint(
        op.f("ck_volunteer_until_of_a_pause"), "volunteer", "paused_until IS NULL OR paused_at IS NOT NULL"
    )
    op.create_index(
        "ix_volunteer_paused_until", "volunteer", ["paused_until"], postgresql_where=sa.text("paused_until IS NOT NULL")
    )


def _add_filled(table: str, column: sa.Column[object]) -> None:
    """Rows that are there get the default; new ones are filled by the application."""
    op.add_column(table, column)
    op.alter_column(table, column.name, server_default=None)


def _protect_volunteers(area: str) -> None:
    seen = f"SELECT volunteer_id FROM volunteer_area WHERE {area}"  # noqa: S608
    unprotect(op, "volunteer")
    protect(op, "volunteer", read=f"{_in('person_id')} OR id IN ({seen})")


def downgrade() -> None:
    op.drop_column("help_entry", "daytimes")
    op.drop_column("sign_up", "details")
    _protect_volunteers(AREA)
    op.drop_column("volunteer_area", "km")
    for column in (
        *LISTS,
        "best_time",
        "rhythm",
        "hours_per_month",
        "available_from",
        "available_until",
        "preferred_channel",
        "street",
        "postcode",
        "town",
        "paused_at",
        "paused_until",
        "leave_reason",
    ):
        op.drop_column("volunteer", column)
    distances.drop_function(op)
