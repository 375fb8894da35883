"""What stands on the next meeting's agenda by itself: minutes to be approved, open action items, what had to wait."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from shared.contracts.events import ActionItemState, MeetingKind
from shared.database import transaction
from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from sqlalchemy.orm import aliased

from events.action_items.model import ActionItem
from events.agenda import wording
from events.agenda.model import MOST_ITEMS, AgendaItem, AgendaPurpose, AgendaStatus, number, place
from events.meetings.concerned import tell_everybody
from events.meetings.model import Meeting, MeetingStatus
from events.minutes.model import Minutes, MinutesStatus

_COMING = (MeetingStatus.DRAFT, MeetingStatus.PUBLISHED)


def tell_agenda(session: AsyncSession, meeting: Meeting) -> None:
    """Count a change of the agenda, and tell it if everybody may know of the meeting. Nobody gets a mail for it."""
    meeting.touch()
    if meeting.public:
        tell_everybody(session, meeting, was_public=True)


async def complete_agendas(sessions: async_sessionmaker[AsyncSession]) -> None:
    """For every network: meetings are planned, moved and cancelled without a thought of what waits for them."""
    async with sessions() as session:
        networks = (await session.scalars(select(Meeting.network).where(*_coming()).distinct())).all()
    for network in sorted(networks):
        async with transaction(sessions) as session:
            await complete_agenda(session, network)


async def complete_agenda(session: AsyncSession, network: str) -> None:
    """Make the agenda of the network's next meeting hold what waits for it, once, and no more than that."""
    query = select(Meeting).where(Meeting.network == network, *_coming()).order_by(Meeting.starts_at, Meeting.id)
    meeting = await session.scalar(query.limit(1).with_for_update(of=Meeting))
    if meeting is None:
        return
    before = [item.id for item in meeting.agenda]
    await _drop_what_is_done(session, meeting)
    for minutes_of, met_at in await _unapproved(session, meeting):
        if len(meeting.agenda) < MOST_ITEMS:
            _place_approval(meeting, minutes_of, met_at)
    if await _has_open_items(session, meeting) and not _of(meeting, AgendaPurpose.OPEN_ITEMS):
        item = AgendaItem.plan(wording.OPEN_ITEMS, purpose=AgendaPurpose.OPEN_ITEMS)
        _put(meeting, item, _after_opening(meeting))
    for waiting in await _waiting(session, meeting):
        _put(meeting, waiting.carry(), None)
    if before != [item.id for item in meeting.agenda]:
        tell_agenda(session, meeting)
        await session.flush()


def put_approval(session: AsyncSession, meeting: Meeting, minutes_of: UUID, met_at: datetime) -> AgendaItem:
    """Have a meeting approve the minutes of an earlier one. Raises `AgendaFull`."""
    item = _place_approval(meeting, minutes_of, met_at)
    tell_agenda(session, meeting)
    return item


def _place_approval(meeting: Meeting, minutes_of: UUID, met_at: datetime) -> AgendaItem:
    item = AgendaItem.plan(wording.approval(met_at), purpose=AgendaPurpose.APPROVAL, minutes_of=minutes_of)
    place(meeting.agenda, item, _after_opening(meeting))
    return item


def _coming() -> tuple[ColumnElement[bool], ...]:
    return (
        Meeting.kind == MeetingKind.NETWORK_MEETING,
        Meeting.status.in_(_COMING),
        Meeting.starts_at > datetime.now(UTC),
    )


def _of(meeting: Meeting, purpose: AgendaPurpose) -> list[AgendaItem]:
    return [item for item in meeting.agenda if item.purpose is purpose]


def _put(meeting: Meeting, item: AgendaItem, index: int | None) -> None:
    """A full agenda takes no more: what waits then waits for the meeting after it."""
    if len(meeting.agenda) < MOST_ITEMS:
        place(meeting.agenda, item, index)


def _after_opening(meeting: Meeting) -> int:
    """Behind the welcome, which comes first, and behind what the platform has put there before."""
    standing = [item.position for item in meeting.agenda if item.purpose is not AgendaPurpose.TOPIC]
    return max([*standing, min(1, len(meeting.agenda))])


async def _drop_what_is_done(session: AsyncSession, meeting: Meeting) -> None:
    """Minutes were approved or taken back, the last action item is done: nothing to talk about."""
    submitted = select(Minutes.meeting_id).where(
        Minutes.network == meeting.network, Minutes.status == MinutesStatus.SUBMITTED
    )
    still = set(await session.scalars(submitted))
    gone = [item for item in _of(meeting, AgendaPurpose.APPROVAL) if item.minutes_of not in still]
    if not await _has_open_items(session, meeting):
        gone += _of(meeting, AgendaPurpose.OPEN_ITEMS)
    for item in gone:
        meeting.agenda.remove(item)
    number(meeting.agenda)


async def _unapproved(session: AsyncSession, meeting: Meeting) -> Sequence[tuple[UUID, datetime]]:
    """Submitted minutes of earlier meetings that no coming meeting has on its agenda."""
    later = aliased(Meeting)
    planned = exists().where(
        AgendaItem.minutes_of == Minutes.meeting_id,
        AgendaItem.meeting_id == later.id,
        later.ends_at > datetime.now(UTC),
        later.status != MeetingStatus.CANCELLED,
    )
    query = (
        select(Meeting.id, Meeting.starts_at)
        .join(Minutes, Minutes.meeting_id == Meeting.id)
        .where(
            Minutes.network == meeting.network,
            Minutes.status == MinutesStatus.SUBMITTED,
            Meeting.starts_at < meeting.starts_at,
            ~planned,
        )
        .order_by(Meeting.starts_at)
    )
    return [(row[0], row[1]) for row in await session.execute(query)]


async def _has_open_items(session: AsyncSession, meeting: Meeting) -> bool:
    """Of earlier meetings; what was agreed at this one is not there before it begins."""
    query = select(ActionItem.id).where(ActionItem.network == meeting.network, ActionItem.state == ActionItemState.OPEN)
    return await session.scalar(query.limit(1)) is not None


async def _waiting(session: AsyncSession, meeting: Meeting) -> Sequence[AgendaItem]:
    """Items for which an earlier meeting had no time, unless a meeting that takes place has them."""
    later, follower = aliased(Meeting), aliased(AgendaItem)
    has_followed = exists().where(
        follower.carried_from == AgendaItem.id,
        follower.meeting_id == later.id,
        later.status != MeetingStatus.CANCELLED,
    )
    query = (
        select(AgendaItem)
        .join(Meeting, Meeting.id == AgendaItem.meeting_id)
        .where(
            Meeting.network == meeting.network,
            Meeting.status != MeetingStatus.CANCELLED,
            Meeting.starts_at < meeting.starts_at,
            AgendaItem.status == AgendaStatus.CARRIED,
            AgendaItem.purpose == AgendaPurpose.TOPIC,
            ~has_followed,
        )
        .order_by(Meeting.starts_at, AgendaItem.position)
    )
    return (await session.scalars(query)).all()
