"""What the pages about meetings show."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from shared.contracts.events import AgendaItem, Attendance, MeetingFacts, MeetingKind, Visibility
from shared.errors import NotFound
from sqlalchemy import ColumnElement, Select, any_, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from portal.read_model.model import Contact, LeadMandate, Meeting, MeetingCount, Network, Notice, Organisation, Village
from portal.web.dates import today

SHOWN = 50
MOST_DATES = 400  # of a series


@dataclass(frozen=True)
class MeetingCard:
    """A meeting in a list. `village` is its name, None where the place alone says it."""

    id: UUID
    network: str
    title: str
    kind: str
    place: str
    village_id: UUID | None
    village: str | None
    starts_at: datetime
    ends_at: datetime
    status: str = "published"
    visibility: str = Visibility.PUBLIC.value
    attendance: str = Attendance.ON_SITE.value
    taken_over_from: str | None = None  # the name of somebody else's calendar
    course_id: UUID | None = None  # the first of the dates for which one registers at once

    @property
    def list_id(self) -> UUID:
        """Of the meeting under which those who come are counted."""
        return self.course_id or self.id

    @property
    def over(self) -> bool:
        return self.ends_at <= datetime.now(UTC)

    @property
    def cancelled(self) -> bool:
        return self.status == "cancelled"

    @property
    def draft(self) -> bool:
        return self.status == "draft"

    @property
    def public(self) -> bool:
        """Whether everybody may know of it."""
        return not self.draft and self.visibility == Visibility.PUBLIC

    @property
    def online(self) -> bool:
        """Whether one can take part online."""
        return self.attendance != Attendance.ON_SITE


@dataclass(frozen=True)
class Organiser:
    """Who organises a meeting together with the network; `path` is its page, None where it has none."""

    name: str
    path: str | None


@dataclass(frozen=True)
class MeetingPage:
    """A meeting in full. Counts are 0 until they are told; `delivered` and `failed` count the invitation mails.

    `dates` are those for which one registers at once, in order of time; none where it is a meeting alone.
    """

    card: MeetingCard
    description: str
    agenda: list[dict[str, Any]]
    calendar_uid: str
    calendar_sequence: int
    dates: list[MeetingCard] = field(default_factory=list)
    organisers: list[Organiser] = field(default_factory=list)
    capacity: int | None = None
    registration_from: datetime | None = None
    registration_until: datetime | None = None
    cancel_reason: str = ""
    online_link: str | None = None  # only for who comes, or plans it
    invited: int = 0
    accepted: int = 0
    declined: int = 0
    registered: int = 0
    delivered: int = 0
    failed: int = 0

    @property
    def held_dates(self) -> list[MeetingCard]:
        """The dates that take place."""
        return [one for one in self.dates if not one.cancelled]

    @property
    def ahead(self) -> bool:
        """Whether it is still to come, or of its course any date."""
        return any(not one.over and not one.cancelled for one in self.dates or [self.card])

    @property
    def begun(self) -> bool:
        """Whether the first of these dates is over: then nobody registers for them any more."""
        return bool(self.held_dates) and self.held_dates[0].over

    @property
    def open(self) -> int:
        """Invited, and not answered yet."""
        return max(self.invited - self.accepted - self.declined, 0)

    def facts(self) -> MeetingFacts:
        """As events carry it, for the calendar file."""
        return MeetingFacts(
            meeting_id=self.card.id,
            network=self.card.network,
            kind=MeetingKind(self.card.kind),
            title=self.card.title,
            description=self.description,
            village_id=self.card.village_id,
            place=self.card.place,
            starts_at=self.card.starts_at,
            ends_at=self.card.ends_at,
            agenda=[AgendaItem.model_validate(item) for item in self.agenda],
            calendar_uid=self.calendar_uid,
            calendar_sequence=self.calendar_sequence,
        )


async def upcoming_meetings(session: AsyncSession, network: str) -> list[MeetingCard]:
    """The public meetings of a network that are not over, the next first."""
    return await cards(session, network, Meeting.ends_at > datetime.now(UTC), limit=SHOWN)


async def cards(
    session: AsyncSession, network: str, *where: ColumnElement[bool], limit: int, offset: int = 0, newest: bool = False
) -> list[MeetingCard]:
    """Public meetings of a network in order of time, or backwards with `newest`."""
    query = _cards(network).where(*where)
    order = (Meeting.starts_at.desc(), Meeting.meeting_id) if newest else (Meeting.starts_at, Meeting.meeting_id)
    found = await session.execute(query.order_by(*order).limit(limit).offset(offset))
    return [_card(meeting, village) for meeting, village in found]


async def meeting_page(session: AsyncSession, network: str, meeting_id: UUID) -> MeetingPage:
    """One public meeting of a network. Raises `NotFound`."""
    row = (await session.execute(_cards(network).where(Meeting.meeting_id == meeting_id))).first()
    if row is None:
        raise NotFound
    meeting, village = row
    card = _card(meeting, village)
    count = await session.get(MeetingCount, card.list_id)
    mails = select(Notice.delivered, func.count()).where(
        Notice.meeting_id == card.list_id, Notice.kind == "meeting_invitation"
    )
    notices = {row[0]: row[1] for row in await session.execute(mails.group_by(Notice.delivered))}
    return MeetingPage(
        card=card,
        description=meeting.description,
        agenda=sorted(meeting.agenda, key=lambda item: int(item["position"])),
        calendar_uid=meeting.calendar_uid,
        calendar_sequence=meeting.calendar_sequence,
        dates=await _course(session, network, card.course_id),
        organisers=await organisers(session, meeting.organisation_ids),
        capacity=meeting.capacity,
        registration_from=meeting.registration_from,
        registration_until=meeting.registration_until,
        cancel_reason=meeting.cancel_reason,
        invited=count.invited if count else 0,
        accepted=count.accepted if count else 0,
        declined=count.declined if count else 0,
        registered=count.registered if count else 0,
        delivered=notices.get(True, 0),
        failed=notices.get(False, 0),
    )


async def course_of(session: AsyncSession, network: str, course_id: UUID) -> list[MeetingPage]:
    """The dates of a public course as calendars tell of them, in order of time; nobody is counted."""
    found = _cards(network).where(Meeting.course_id == course_id).order_by(Meeting.starts_at, Meeting.meeting_id)
    return [
        MeetingPage(
            card=_card(meeting, village),
            description=meeting.description,
            agenda=sorted(meeting.agenda, key=lambda item: int(item["position"])),
            calendar_uid=meeting.calendar_uid,
            calendar_sequence=meeting.calendar_sequence,
        )
        for meeting, village in await session.execute(found.limit(MOST_DATES))
    ]


async def organisers(session: AsyncSession, ids: Sequence[UUID]) -> list[Organiser]:
    """Those of the organisations that are shown, by name."""
    if not ids:
        return []
    found = (
        select(Organisation.name, Organisation.slug, Network.slug)
        .outerjoin(Network, Organisation.village_id == any_(Network.village_ids))
        .where(Organisation.organisation_id.in_(ids), ~Organisation.hidden)
        .order_by(func.lower(Organisation.name), Network.slug)
    )
    by_name: dict[str, Organiser] = {}
    for name, slug, network in await session.execute(found):
        by_name.setdefault(slug, Organiser(name, f"/n/{network}/organisationen/{slug}" if network else None))
    return list(by_name.values())


@dataclass(frozen=True)
class Audience:
    """The villages from which no lead association can be asked."""

    without_lead: list[str]
    without_contact: list[str]


async def audience(session: AsyncSession, network: str) -> Audience:
    """Which villages would be missing when a network meeting were published today."""
    covered = select(func.unnest(Network.village_ids)).where(Network.slug == network).scalar_subquery()
    contacts = (
        select(func.count(func.distinct(Contact.contact_id)))
        .where(Contact.organisation_id == LeadMandate.organisation_id, ~Contact.dismissed)
        .correlate(LeadMandate)
        .scalar_subquery()
    )
    leads = select(LeadMandate.village_id, contacts.label("contacts")).where(
        LeadMandate.starts_on <= today(), (LeadMandate.until.is_(None)) | (LeadMandate.until >= today())
    )
    reach = {row.village_id: row.contacts for row in await session.execute(leads)}
    names = (
        await session.execute(
            select(Village.village_id, Village.name).where(Village.village_id.in_(covered)).order_by(Village.name)
        )
    ).all()
    return Audience(
        without_lead=[row.name for row in names if row.village_id not in reach],
        without_contact=[row.name for row in names if reach.get(row.village_id) == 0],
    )


async def _course(session: AsyncSession, network: str, course_id: UUID | None) -> list[MeetingCard]:
    if course_id is None:
        return []
    return await cards(session, network, Meeting.course_id == course_id, limit=MOST_DATES)


def _cards(network: str) -> Select[Meeting, str | None]:
    joined = select(Meeting, Village.name).outerjoin(Village, Village.village_id == Meeting.village_id)
    return joined.where(Meeting.network == network, Meeting.status != "withdrawn")


def _card(meeting: Meeting, village: str | None) -> MeetingCard:
    return MeetingCard(
        id=meeting.meeting_id,
        network=meeting.network,
        title=meeting.title,
        kind=meeting.kind,
        place=meeting.place,
        village_id=meeting.village_id,
        village=village,
        starts_at=meeting.starts_at,
        ends_at=meeting.ends_at,
        status=meeting.status,
        attendance=meeting.attendance,
        taken_over_from=meeting.taken_over_from,
        course_id=meeting.course_id,
    )
