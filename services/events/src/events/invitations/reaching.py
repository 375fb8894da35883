"""Who belongs to the groups of meetings, at this moment: the one query of previews, of sending and of late joiners."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from shared.dates import TIME_ZONE
from shared.distances import distance_km
from sqlalchemy import (
    CTE,
    ColumnElement,
    Date,
    FromClause,
    Integer,
    Select,
    Uuid,
    any_,
    cast,
    column,
    exists,
    func,
    null,
    or_,
    select,
    tuple_,
    union_all,
)
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute, aliased

from events.audience.model import (
    Contact,
    ContactPerson,
    FieldOfActivity,
    LeadMandate,
    Network,
    Organisation,
    StaffGrant,
    Village,
    Volunteer,
    VolunteerPerson,
)
from events.invitations.groups import AudienceArea, AudienceGroup, AudienceRole
from events.invitations.model import Invitation
from events.mailing_lists.model import MailingList
from events.meetings.model import Meeting, MeetingStatus
from events.registrations.model import ACTIVE, Registration

Rows = Select[UUID, UUID, UUID, UUID | None, UUID | None]
"""Meeting, group, person, contact, organisation."""


class Addressee(NamedTuple):
    """Who is invited: as a contact for an organisation, or (both None) for themselves."""

    person_id: UUID
    contact_id: UUID | None
    organisation_id: UUID | None


@dataclass(frozen=True)
class Reached:
    """How many people a group has, and how many of them would be invited now: they are neither invited nor coming."""

    people: int
    new: int


async def missing(session: AsyncSession, meeting_id: UUID, now: datetime) -> list[Addressee]:
    """Those of the released groups of a meeting who are to be invited, each once. The session sees every row."""
    reached = _reached(now, AudienceGroup.meeting_id == meeting_id, AudienceGroup.released_at.is_not(None))
    found = await session.execute(_each_once(reached).where(_is_new(reached)))
    return [Addressee(*row) for row in found]


async def incomplete_meetings(session: AsyncSession, now: datetime) -> Sequence[UUID]:
    """Published meetings to come, open for registration, with somebody in a released group who is to be invited."""
    ahead = (
        Meeting.status == MeetingStatus.PUBLISHED,
        Meeting.starts_at > now,
        or_(Meeting.registration_until.is_(None), Meeting.registration_until > now),
        AudienceGroup.released_at.is_not(None),
    )
    reached = _reached(now, *ahead)
    lacking = select(reached.c.meeting_id).distinct().where(_is_new(reached)).order_by(reached.c.meeting_id)
    return (await session.scalars(lacking)).all()


async def count_reached(session: AsyncSession, meeting_id: UUID, now: datetime) -> dict[UUID | None, Reached]:
    """By group; under None everybody, each once. Who belongs to several groups counts in each of these."""
    reached = _reached(now, AudienceGroup.meeting_id == meeting_id)
    people = func.count(reached.c.person_id.distinct())
    counted = select(reached.c.group_id, people, people.filter(_is_new(reached))).group_by(
        func.grouping_sets(tuple_(reached.c.group_id), tuple_())
    )
    return {row[0]: Reached(row[1], row[2]) for row in await session.execute(counted)}


async def list_reached(
    session: AsyncSession, meeting_id: UUID, group_id: UUID | None, now: datetime, *, after: UUID | None, limit: int
) -> list[Addressee]:
    """Those of one group, or of all, by the id of the person: like `missing`, with those who are invited already."""
    reached = _reached(now, AudienceGroup.meeting_id == meeting_id)
    found = _each_once(reached)
    if group_id is not None:
        found = found.where(reached.c.group_id == group_id)
    if after is not None:
        found = found.where(reached.c.person_id > after)
    return [Addressee(*row) for row in await session.execute(found.limit(limit))]


def _each_once(reached: FromClause) -> Select[UUID, UUID, UUID]:
    """Who speaks for an organisation is invited for it: then the mail says so, and others there can take over."""
    chosen = select(reached.c.person_id, reached.c.contact_id, reached.c.organisation_id)
    return chosen.ext(distinct_on(reached.c.person_id)).order_by(reached.c.person_id, reached.c.contact_id)


def _is_new(reached: FromClause) -> ColumnElement[bool]:
    invited = exists().where(
        Invitation.meeting_id == reached.c.meeting_id,
        or_(Invitation.person_id == reached.c.person_id, Invitation.contact_id == reached.c.contact_id),
    )
    comes = exists().where(
        Registration.meeting_id == reached.c.meeting_id,
        Registration.person_id == reached.c.person_id,
        Registration.state.in_(ACTIVE),
    )
    return ~invited & ~comes


def _reached(now: datetime, *wanted: ColumnElement[bool]) -> FromClause:
    """Rows of meeting, group, person, contact and organisation, of the wanted groups of meetings that are not over."""
    groups = (
        select(AudienceGroup, Meeting.starts_at)
        .join(Meeting, Meeting.id == AudienceGroup.meeting_id)
        .where(Meeting.ends_at > now, Meeting.taken_over_from.is_(None), *wanted)
        .cte("groups")
    )
    places = _places(groups)
    parts = [
        _leads(groups, places, now),
        _contacts(groups, places),
        _volunteers(groups, places),
        _staff(groups, places, now),
        _listed_contacts(groups),
        _listed_volunteers(groups, places),
    ]
    return union_all(*parts).subquery("reached")


def _places(groups: CTE) -> CTE:
    """The villages of each group."""
    within = or_(
        (groups.c.area == AudienceArea.NETWORK) & (Village.id == any_(Network.village_ids)),
        (groups.c.area == AudienceArea.VILLAGES) & (Village.id == any_(groups.c.area_ids)),
        (groups.c.area == AudienceArea.MUNICIPALITIES) & (Village.municipality_id == any_(groups.c.area_ids)),
        groups.c.area == AudienceArea.DISTRICT,
    )
    return (
        select(groups.c.id.label("group_id"), Village.id.label("village_id"), Village.municipality_id)
        .join_from(groups, Network, Network.slug == groups.c.network)
        .join(Village, within)
        .cte("places")
    )


def _leads(groups: CTE, places: CTE, now: datetime) -> Rows:
    """A mandate counts that is in force on some day from today to the day of the meeting: so a lead that takes over in
    between is asked as well."""
    today = cast(func.timezone(TIME_ZONE, now), Date)
    day_of_meeting = cast(func.timezone(TIME_ZONE, groups.c.starts_at), Date)
    return (
        _speakers(groups)
        .select_from(groups)
        .join(places, places.c.group_id == groups.c.id)
        .join(LeadMandate, LeadMandate.village_id == places.c.village_id)
        .join(Contact, Contact.organisation_id == LeadMandate.organisation_id)
        .join(ContactPerson, ContactPerson.id == Contact.id)
        .outerjoin(Organisation, Organisation.id == Contact.organisation_id)
        .where(
            groups.c.role == AudienceRole.LEADS,
            LeadMandate.starts_on <= func.greatest(day_of_meeting, today),
            or_(LeadMandate.until.is_(None), LeadMandate.until >= today),
            ~Contact.dismissed,
            *_fits(groups, Contact.organisation_id, Organisation.fields),
        )
    )


def _contacts(groups: CTE, places: CTE) -> Rows:
    return (
        _speakers(groups)
        .select_from(groups)
        .join(places, places.c.group_id == groups.c.id)
        .join(Organisation, Organisation.village_id == places.c.village_id)
        .join(Contact, Contact.organisation_id == Organisation.id)
        .join(ContactPerson, ContactPerson.id == Contact.id)
        .where(
            groups.c.role == AudienceRole.CONTACTS,
            ~Organisation.hidden,
            ~Contact.dismissed,
            *_fits(groups, Organisation.id, Organisation.fields),
        )
    )


def _volunteers(groups: CTE, places: CTE) -> Rows:
    return (
        _for_themselves(groups, VolunteerPerson.person_id)
        .select_from(groups)
        .join(Volunteer, Volunteer.active & _reaches(groups, places))
        .join(VolunteerPerson, VolunteerPerson.id == Volunteer.id)
        .where(groups.c.role == AudienceRole.VOLUNTEERS, _in_fields(groups, Volunteer.fields))
    )


def _staff(groups: CTE, places: CTE, now: datetime) -> Rows:
    """Coordinators of the networks that the places belong to. The district's officers belong to the district."""
    today = cast(func.timezone(TIME_ZONE, now), Date)
    coordinated = (
        select(Network.id)
        .join(places, places.c.village_id == any_(Network.village_ids))
        .where(places.c.group_id == groups.c.id)
    )
    of_the_district = (groups.c.area == AudienceArea.DISTRICT) & StaffGrant.network_id.is_(None)
    return (
        _for_themselves(groups, StaffGrant.person_id)
        .select_from(groups)
        .join(StaffGrant, or_(StaffGrant.network_id.in_(coordinated), of_the_district))
        .where(
            groups.c.role == AudienceRole.STAFF,
            ~StaffGrant.taken_back,
            StaffGrant.starts_on <= today,
            or_(StaffGrant.ends_on.is_(None), StaffGrant.ends_on >= today),
        )
    )


def _listed_contacts(groups: CTE) -> Rows:
    named = or_(
        Contact.organisation_id == any_(MailingList.organisation_ids), Contact.id == any_(MailingList.contact_ids)
    )
    return (
        _speakers(groups)
        .select_from(groups)
        .join(MailingList, MailingList.id == groups.c.mailing_list_id)
        .join(Contact, named & ~Contact.dismissed)
        .join(ContactPerson, ContactPerson.id == Contact.id)
    )


def _listed_volunteers(groups: CTE, places: CTE) -> Rows:
    """Who no longer helps in the network is not written to by it, although they stand on the list."""
    return (
        _for_themselves(groups, VolunteerPerson.person_id)
        .select_from(groups)
        .join(MailingList, MailingList.id == groups.c.mailing_list_id)
        .join(Volunteer, (Volunteer.id == any_(MailingList.volunteer_ids)) & Volunteer.active)
        .join(VolunteerPerson, VolunteerPerson.id == Volunteer.id)
        .where(_reaches(groups, places))
    )


def _speakers(groups: CTE) -> Rows:
    return select(
        groups.c.meeting_id,
        groups.c.id.label("group_id"),
        ContactPerson.person_id.label("person_id"),
        Contact.id.label("contact_id"),
        Contact.organisation_id.label("organisation_id"),
    )


def _for_themselves(groups: CTE, person_id: InstrumentedAttribute[UUID]) -> Rows:
    nobody = cast(null(), Uuid)
    return select(groups.c.meeting_id, groups.c.id, person_id, nobody, nobody)


def _fits(groups: CTE, organisation_id: object, fields: object) -> Iterator[ColumnElement[bool]]:
    yield or_(func.cardinality(groups.c.organisation_ids) == 0, any_(groups.c.organisation_ids) == organisation_id)
    yield _in_fields(groups, fields)


def _in_fields(groups: CTE, theirs: object) -> ColumnElement[bool]:
    """One of the group's fields is among theirs. For a merged field the one counts that stands for it."""
    chosen, known = aliased(FieldOfActivity), aliased(FieldOfActivity)
    same = (
        select(known.slug)
        .join(chosen, func.coalesce(chosen.into_slug, chosen.slug) == func.coalesce(known.into_slug, known.slug))
        .where(chosen.slug == any_(groups.c.fields), known.slug == any_(theirs))  # type: ignore[arg-type]
    )
    return or_(func.cardinality(groups.c.fields) == 0, same.exists())


def _reaches(groups: CTE, places: CTE) -> ColumnElement[bool]:
    """Whether a volunteer helps in one of the group's villages: by its name, by what it lies in, or near enough."""
    home, here = aliased(Village), aliased(Village)
    near = (
        func.jsonb_to_recordset(Volunteer.around)
        .table_valued(column("village_id", Uuid), column("km", Integer))
        .render_derived(with_types=True)
    )
    around = (
        select(here.id)
        .select_from(near)
        .join(home, home.id == near.c.village_id)
        .join(here, distance_km(home, here) <= near.c.km)
        .where(here.id == places.c.village_id)
        .correlate(places, Volunteer)
    )
    network = (
        select(Network.id)
        .where(places.c.village_id == any_(Network.village_ids), Network.id == any_(Volunteer.network_ids))
        .correlate(places, Volunteer)
    )
    there = exists().where(
        places.c.group_id == groups.c.id,
        or_(
            Volunteer.everywhere,
            places.c.village_id == any_(Volunteer.village_ids),
            places.c.municipality_id == any_(Volunteer.municipality_ids),
            network.exists(),
            around.exists(),
        ),
    )
    return there.correlate(groups, Volunteer)
