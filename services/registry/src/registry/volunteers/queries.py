"""Reading volunteers: personal data, by scope."""

from collections.abc import Sequence
from uuid import UUID

from shared.access.grants import Access, ScopeKind
from shared.contracts.registry import AreaKind
from shared.errors import NotFound
from sqlalchemy import ColumnElement, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from registry.fields_of_activity.model import FieldOfActivity
from registry.pages import read_page
from registry.people.model import Person
from registry.scope import has_district, ids_of, villages_in_scope
from registry.territory.model import Village
from registry.volunteers.model import Volunteer, VolunteerArea


async def list_volunteers(
    session: AsyncSession, access: Access, field: str | None, area_id: UUID | None, after: str | None, limit: int
) -> tuple[Sequence[Volunteer], str | None]:
    """The volunteers in the caller's scope by name; `field` is a slug, `area_id` one of their areas of activity."""
    volunteers = select(Volunteer).join(Person, Person.id == Volunteer.person_id).where(_in_scope(access))
    if field is not None:
        volunteers = volunteers.where(Volunteer.fields.any(FieldOfActivity.slug == field))
    if area_id is not None:
        volunteers = volunteers.where(Volunteer.area_rows.any(VolunteerArea.area_id == area_id))
    return await read_page(session, volunteers, (Person.name, Volunteer.id), after, limit)


async def volunteer(session: AsyncSession, access: Access, volunteer_id: UUID) -> Volunteer:
    """One in the caller's scope. Raises `NotFound`."""
    found = await session.scalar(select(Volunteer).where(Volunteer.id == volunteer_id, _in_scope(access)))
    if found is None:
        raise NotFound
    return found


async def is_volunteer(session: AsyncSession, person_id: UUID) -> bool:
    return await session.scalar(select(Volunteer.id).where(Volunteer.person_id == person_id)) is not None


def _in_scope(access: Access) -> ColumnElement[bool]:
    """Volunteers one of whose areas of activity touches the caller's municipalities or networks."""
    if has_district(access):
        return true()
    mine = select(Village).where(villages_in_scope(access)).subquery()
    area = VolunteerArea.area_id
    touches = or_(
        VolunteerArea.kind == AreaKind.DISTRICT,
        (VolunteerArea.kind == AreaKind.VILLAGE) & area.in_(select(mine.c.id)),
        (VolunteerArea.kind == AreaKind.MUNICIPALITY)
        & or_(area.in_(ids_of(access, ScopeKind.MUNICIPALITY)), area.in_(select(mine.c.municipality_id))),
        (VolunteerArea.kind == AreaKind.NETWORK)
        & or_(area.in_(ids_of(access, ScopeKind.NETWORK)), area.in_(select(mine.c.network_id))),
    )
    return Volunteer.area_rows.any(touches)
