"""Other dates on the same days, and who is wanted at both."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from shared.access.grants import Access
from shared.access.tenancy import beyond_scopes
from shared.contracts.events import Answer, RegistrationState
from shared.dates import day_of, start_of_day
from shared.distances import distance_km
from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from events.audience.model import Contact, ContactPerson, LeadMandate, Network, Village
from events.invitations.model import Invitation
from events.meetings.access import visible_to
from events.meetings.model import Meeting, MeetingStatus
from events.registrations.model import Registration

NEIGHBOURHOOD = 10.0  # kilometres by air: people of the villages around go to each other's festivals
MOST = 20


@dataclass(frozen=True)
class Planned:
    """The meeting that is planned. `meeting_id` is its own, if it is stored: it does not clash with itself."""

    network: str  # slug
    starts_at: datetime
    ends_at: datetime
    village_id: UUID | None = None
    organisation_ids: tuple[UUID, ...] = ()
    meeting_id: UUID | None = None


@dataclass(frozen=True)
class Wanted:
    """A contact who is wanted at both meetings at the same time."""

    contact_id: UUID
    organisation_id: UUID


@dataclass(frozen=True)
class Clash:
    """Another meeting of these days. `organisation_ids` organise both."""

    meeting: Meeting
    same_time: bool
    contacts: list[Wanted]
    organisation_ids: list[UUID]


async def find_clashes(session: AsyncSession, planned: Planned, access: Access) -> list[Clash]:
    """Meetings of the network and of neighbouring villages on the same days that the planner may know of, by time."""
    first = start_of_day(day_of(planned.starts_at))
    last = start_of_day(day_of(planned.ends_at) + timedelta(days=1))
    others = (
        select(Meeting)
        .where(
            visible_to(access),
            Meeting.status != MeetingStatus.CANCELLED,
            Meeting.starts_at < last,
            Meeting.ends_at > first,
            or_(
                Meeting.network == planned.network,
                Meeting.village_id.in_(_neighbours(planned)),
                Meeting.organisation_ids.overlap(list(planned.organisation_ids)),
            ),
        )
        .order_by(Meeting.starts_at, Meeting.id)
        .limit(MOST)
    )
    if planned.meeting_id is not None:
        others = others.where(Meeting.id != planned.meeting_id)
    found = (await session.scalars(others)).all()
    same_time = [one.id for one in found if one.starts_at < planned.ends_at and one.ends_at > planned.starts_at]
    wanted = await _wanted_at_both(session, planned, same_time) if same_time else {}
    return [
        Clash(
            one,
            one.id in same_time,
            wanted.get(one.id, []),
            [each for each in planned.organisation_ids if each in one.organisation_ids],
        )
        for one in found
    ]


def _neighbours(planned: Planned) -> Select[UUID]:
    """Villages around the meeting's village, or around all of the network where it has none.

    Where coordinates are missing, a municipality's villages are neighbours.
    """
    home, here = aliased(Village), aliased(Village)
    start: ColumnElement[bool] = home.id == planned.village_id
    if planned.village_id is None:
        start = home.id.in_(select(func.unnest(Network.village_ids)).where(Network.slug == planned.network))
    km = distance_km(home, here)
    near = or_(km <= NEIGHBOURHOOD, km.is_(None) & (home.municipality_id == here.municipality_id))
    return select(here.id).where(start, near)


async def _wanted_at_both(
    session: AsyncSession, planned: Planned, meeting_ids: Sequence[UUID]
) -> dict[UUID, list[Wanted]]:
    """Contacts of the planned meeting whose person is invited to one of the others, or registered for it."""
    day = day_of(planned.starts_at)
    leads = (
        select(Contact.id, Contact.organisation_id, ContactPerson.person_id)
        .join(ContactPerson, ContactPerson.id == Contact.id)
        .join(LeadMandate, LeadMandate.organisation_id == Contact.organisation_id)
        .join(Network, LeadMandate.village_id == func.any(Network.village_ids))
        .where(Network.slug == planned.network, ~Contact.dismissed, LeadMandate.starts_on <= day)
        .where(or_(LeadMandate.until.is_(None), LeadMandate.until >= day))
    )
    organisers = (
        select(Contact.id, Contact.organisation_id, ContactPerson.person_id)
        .join(ContactPerson, ContactPerson.id == Contact.id)
        .where(Contact.organisation_id.in_(planned.organisation_ids), ~Contact.dismissed)
    )
    invited = (
        select(Meeting.id, Invitation.person_id)
        .join(Invitation, Invitation.meeting_id == Meeting.list_id)
        .where(Meeting.id.in_(meeting_ids), Invitation.answer.is_distinct_from(Answer.DECLINED))
    )
    registered = (
        select(Meeting.id, Registration.person_id)
        .join(Registration, Registration.meeting_id == Meeting.list_id)
        .where(Meeting.id.in_(meeting_ids), Registration.state == RegistrationState.COMING)
    )
    async with beyond_scopes(session, reads_only=True):  # planners learn contacts of their network, nobody's person
        ours = (await session.execute(leads.union(organisers))).all()
        theirs = {(row[0], row[1]) for query in (invited, registered) for row in await session.execute(query)}
    return {
        meeting_id: sorted(
            {Wanted(contact, organisation) for contact, organisation, person in ours if (meeting_id, person) in theirs},
            key=lambda one: (str(one.organisation_id), str(one.contact_id)),
        )
        for meeting_id in meeting_ids
    }
