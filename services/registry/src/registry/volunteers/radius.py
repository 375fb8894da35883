"""Kilometres around a village: from where, and from how far, volunteers reach a place.

Distances are by air, between the middles of villages (`shared.distances`). A village without
coordinates is reached by its name alone.
"""

from uuid import UUID

from shared.contracts.registry import AreaWithRadius
from shared.distances import distance_km
from sqlalchemy import ColumnElement, Integer, Select, column, func, literal_column, select, tuple_
from sqlalchemy.orm import aliased

from registry.territory.model import Village
from registry.volunteers.model import VolunteerArea

MOST_KM = 50


def villages_around(area: AreaWithRadius) -> Select[UUID]:
    """The ids of the villages within an area's kilometres, its own among them; none for an area without."""
    home, here = aliased(Village), aliased(Village)
    return select(here.id).join(home, distance_km(home, here) <= area.km).where(home.id == area.id)


def reaches(villages: Select[UUID]) -> ColumnElement[bool]:
    """An area of activity with a radius that comes as far as one of these villages, without naming it.

    The sub-select holds every (village, radius) from which that is so: the database makes it once a statement, however
    many volunteers there are.
    """
    home, here = aliased(Village), aliased(Village)
    away = func.min(distance_km(home, here)).label("away")
    near = select(home.id, away).join_from(home, here, here.id.in_(villages)).group_by(home.id).subquery()
    # The ends are constant, so that the planner knows how few pairs there are (see migration 0012).
    first, last = literal_column("1", Integer), literal_column(str(MOST_KM), Integer)
    radius = func.generate_series(first, last).table_valued(column("km", Integer)).render_derived()
    pairs = select(near.c.id, radius.c.km).join_from(near, radius, radius.c.km >= near.c.away)
    return VolunteerArea.km.is_not(None) & tuple_(VolunteerArea.area_id, VolunteerArea.km).in_(pairs)
