"""Reading volunteers: personal data, by scope, and only of those who agreed to be contacted."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

from shared.access.grants import Access
from shared.contracts.registry import AreaKind, ConsentPurpose, Daytime, Skill
from shared.errors import NotFound
from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from registry.consents.conditions import has_given
from registry.fields_of_activity.queries import is_called
from registry.pages import read_page
from registry.people.model import Person
from registry.territory.model import District, Village
from registry.volunteers.availability import slots_within
from registry.volunteers.model import Standing, Volunteer, VolunteerArea
from registry.volunteers.radius import reaches
from registry.volunteers.scope import volunteers_in_scope


@dataclass(frozen=True)
class Filter:
    """Which volunteers a list shows; None leaves a property open.

    `field` is a slug, `area_id` a village, municipality, network or district that they reach. Who has said nothing
    about days is free on any `weekday` (1 is Monday) and `daytime`. `consent` is a purpose that they agree to.
    """

    field: str | None = None
    area_id: UUID | None = None
    weekday: int | None = None
    daytime: Daytime | None = None
    skill: Skill | None = None
    standing: Literal[Standing.ACTIVE, Standing.PAUSED] | None = None
    consent: ConsentPurpose | None = None

    def conditions(self) -> Iterator[ColumnElement[bool]]:
        if self.field is not None:
            yield Volunteer.fields.any(is_called(self.field))
        if self.area_id is not None:
            yield Volunteer.id.in_(select(VolunteerArea.volunteer_id).where(touches(self.area_id)))
        days = [] if self.weekday is None else [self.weekday]
        if slots := slots_within(days, [] if self.daytime is None else [self.daytime]):
            yield or_(Volunteer.slots == [], Volunteer.slots.overlap(slots))
        if self.skill is not None:
            yield Volunteer.skills.contains([self.skill])
        if self.standing is not None:
            yield Volunteer.paused_at.is_(None) == (self.standing is Standing.ACTIVE)
        if self.consent is not None:
            yield has_given(Volunteer.person_id, self.consent)


async def list_volunteers(
    session: AsyncSession, access: Access, wanted: Filter, after: str | None, limit: int
) -> tuple[Sequence[Volunteer], str | None]:
    """The volunteers in the caller's scope by name."""
    volunteers = select(Volunteer).join(Person, Person.id == Volunteer.person_id)
    volunteers = volunteers.where(may_be_asked_by(access), *wanted.conditions())
    return await read_page(session, volunteers, (Person.name, Volunteer.id), after, limit)


async def volunteer(session: AsyncSession, access: Access, volunteer_id: UUID, *, lock: bool = False) -> Volunteer:
    """One in the caller's scope. Raises `NotFound`."""
    wanted = select(Volunteer).where(Volunteer.id == volunteer_id, may_be_asked_by(access))
    found = await session.scalar(wanted.with_for_update(of=Volunteer) if lock else wanted)
    if found is None:
        raise NotFound
    return found


async def volunteer_of(session: AsyncSession, person_id: UUID) -> Volunteer | None:
    """The profile of a person, whoever may see it."""
    found: Volunteer | None = await session.scalar(select(Volunteer).where(Volunteer.person_id == person_id))
    return found


async def own_volunteer(session: AsyncSession, person_id: UUID, *, lock: bool = False) -> Volunteer:
    """One's own profile. Raises `NotFound` for who is no volunteer."""
    wanted = select(Volunteer).where(Volunteer.person_id == person_id)
    found = await session.scalar(wanted.with_for_update(of=Volunteer) if lock else wanted)
    if found is None:
        raise NotFound
    return found


async def paused_until_before(session: AsyncSession, day: date, limit: int) -> Sequence[Volunteer]:
    """Those whose pause ended before this day, locked; those that another process has locked are left to it."""
    over = select(Volunteer).where(Volunteer.paused_until < day).order_by(Volunteer.id).limit(limit)
    return (await session.scalars(over.with_for_update(of=Volunteer, skip_locked=True))).all()


def may_be_asked_by(access: Access) -> ColumnElement[bool]:
    """Volunteers whom the caller may see: in their scope, and with the consent to be contacted."""
    return and_(volunteers_in_scope(access), has_given(Volunteer.person_id, ConsentPurpose.CONTACT))


def touches(place_id: UUID) -> ColumnElement[bool]:
    """An area of activity that has this village, municipality, network or district in it, or lies in it."""
    inside = or_(Village.id == place_id, Village.municipality_id == place_id, Village.network_id == place_id)
    villages, is_village = select(Village.id).where(inside), VolunteerArea.kind == AreaKind.VILLAGE
    return or_(
        VolunteerArea.area_id == place_id,
        VolunteerArea.kind == AreaKind.DISTRICT,
        is_village & VolunteerArea.area_id.in_(villages),
        VolunteerArea.area_id.in_(select(Village.municipality_id).where(inside)),
        VolunteerArea.area_id.in_(select(Village.network_id).where(inside)),
        select(District.id).where(District.id == place_id).exists(),
        reaches(villages),
    )
