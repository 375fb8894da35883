"""Distances between places, counted by the database: by air, on a sphere, good to half a percent."""

from typing import Any

from alembic.operations import Operations
from sqlalchemy import ColumnElement, Float, func


def create_function(op: Operations) -> None:
    """In a migration: `distance_km(lat1, lon1, lat2, lon2)`, of degrees in WGS 84, by the haversine formula.

    NULL where a coordinate is missing.
    """
    op.execute(
        """
        CREATE FUNCTION distance_km(lat1 float8, lon1 float8, lat2 float8, lon2 float8) RETURNS float8
        LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
            SELECT 2 * 6371.0088 * asin(sqrt(
                power(sin(radians(lat2 - lat1) / 2), 2)
                + cos(radians(lat1)) * cos(radians(lat2)) * power(sin(radians(lon2 - lon1) / 2), 2)
            ))
        $$
        """
    )


def drop_function(op: Operations) -> None:
    """Undo `create_function`."""
    op.execute("DROP FUNCTION distance_km(float8, float8, float8, float8)")


def distance_km(home: Any, here: Any) -> ColumnElement[float]:
    """Between two rows of a query that have `latitude` and `longitude`."""
    return func.distance_km(home.latitude, home.longitude, here.latitude, here.longitude, type_=Float)
