"""What the pages about meetings show."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from shared.contracts.events import AgendaItem, MeetingFacts, MeetingKind
from shared.errors import NotFound
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from portal.read_model.model import Contact, LeadMandate, Meeting, MeetingCount, Network, Notice, Village
from portal.web.dates import today

SHOWN = 50


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
    cancelled: bool

    @property
    def over(self) -> bool:
        return self.ends_at <= datetime.now(UTC)


@dataclass(frozen=True)
class MeetingPage:
    """A published meeting. Counts are 0 until they are told; `delivered` and `failed` count the invitation mails."""

    card: MeetingCard
    description: str
    agenda: list[dict[str, Any]]
    calendar_uid: str
    calendar_sequence: int
    sequence: int
    invited: int = 0
    accepted: int = 0
    declined: int = 0
    registered: int = 0
    delivered: int = 0
    failed: int = 0

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
    """The meetings of a network that are not over, the next first."""
    query = _cards(network).where(Meeting.ends_at > datetime.now(UTC)).order_by(Meeting.starts_at, Meeting.meeting_id)
    return [_card(meeting, village) for meeting, village in await session.execute(query.limit(SHOWN))]


async def past_meetings(session: AsyncSession, network: str) -> list[MeetingCard]:
    """The meetings of a network that are over, the last first."""
    query = _cards(network).where(Meeting.ends_at <= datetime.now(UTC)).order_by(Meeting.starts_at.desc())
    return [_card(meeting, village) for meeting, village in await session.execute(query.limit(SHOWN))]


async def meeting_page(session: AsyncSession, network: str, meeting_id: UUID) -> MeetingPage:
    """One meeting of a network. Raises `NotFound`."""
    row = (await session.execute(_cards(network).where(Meeting.meeting_id == meeting_id))).first()
    if row is None:
        raise NotFound
    meeting, village = row
    count = await session.get(MeetingCount, meeting_id)
    mails = select(Notice.delivered, func.count()).where(
        Notice.meeting_id == meeting_id, Notice.kind == "meeting_invitation"
    )
    notices = {row[0]: row[1] for row in await session.execute(mails.group_by(Notice.delivered))}
    return MeetingPage(
        card=_card(meeting, village),
        description=meeting.description,
        agenda=sorted(meeting.agenda, key=lambda item: int(item["position"])),
        calendar_uid=meeting.calendar_uid,
        calendar_sequence=meeting.calendar_sequence,
        sequence=meeting.sequence,
        invited=count.invited if count else 0,
        accepted=count.accepted if count else 0,
        declined=count.declined if count else 0,
        registered=count.registered if count else 0,
        delivered=notices.get(True, 0),
        failed=notices.get(False, 0),
    )


@dataclass(frozen=True)
class Audience:
    """Who an invitation would reach: contacts of lead associations, and villages from which nobody can be asked."""

    contacts: int
    without_lead: list[str]
    without_contact: list[str]


async def audience(session: AsyncSession, network: str) -> Audience:
    """Who is invited to a network meeting that is published today (see the events service's audience)."""
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
        contacts=sum(reach.get(row.village_id, 0) for row in names),
        without_lead=[row.name for row in names if row.village_id not in reach],
        without_contact=[row.name for row in names if reach.get(row.village_id) == 0],
    )


def _cards(network: str) -> Any:
    joined = select(Meeting, Village.name).outerjoin(Village, Village.village_id == Meeting.village_id)
    return joined.where(Meeting.network == network)


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
        cancelled=meeting.cancelled,
    )
