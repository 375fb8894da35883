"""Reading volunteers: personal data, by scope, and only of those who agreed to be contacted."""

from collections.abc import Sequence
from uuid import UUID

from shared.access.grants import Access
from shared.contracts.registry import ConsentPurpose
from shared.errors import NotFound
from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.ext.asyncio import AsyncSession

from registry.consents.conditions import has_given
from registry.fields_of_activity.model import FieldOfActivity
from registry.pages import read_page
from registry.people.model import Person
from registry.volunteers.model import Volunteer, VolunteerArea
from registry.volunteers.scope import volunteers_in_scope


async def list_volunteers(
    session: AsyncSession, access: Access, field: str | None, area_id: UUID | None, after: str | None, limit: int
) -> tuple[Sequence[Volunteer], str | None]:
    """The volunteers in the caller's scope by name; `field` is a slug, `area_id` one of their areas of activity."""
    volunteers = select(Volunteer).join(Person, Person.id == Volunteer.person_id).where(may_be_asked_by(access))
    if field is not None:
        volunteers = volunteers.where(Volunteer.fields.any(FieldOfActivity.slug == field))
    if area_id is not None:
        volunteers = volunteers.where(Volunteer.area_rows.any(VolunteerArea.area_id == area_id))
    return await read_page(session, volunteers, (Person.name, Volunteer.id), after, limit)


async def volunteer(session: AsyncSession, access: Access, volunteer_id: UUID) -> Volunteer:
    """One in the caller's scope. Raises `NotFound`."""
    found = await session.scalar(select(Volunteer).where(Volunteer.id == volunteer_id, may_be_asked_by(access)))
    if found is None:
        raise NotFound
    return found


async def volunteer_of(session: AsyncSession, person_id: UUID) -> Volunteer | None:
    """The profile of a person, whoever may see it."""
    found: Volunteer | None = await session.scalar(select(Volunteer).where(Volunteer.person_id == person_id))
    return found


def may_be_asked_by(access: Access) -> ColumnElement[bool]:
    """Volunteers whom the caller may see: in their scope, and with the consent to be contacted."""
    return and_(volunteers_in_scope(access), has_given(Volunteer.person_id, ConsentPurpose.CONTACT))
