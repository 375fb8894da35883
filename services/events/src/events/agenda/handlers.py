"""What one can do with an agenda. The caller has locked the meeting."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

from shared.errors import ChangedMeanwhile, NotFound
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from events.action_items.handlers import resolve
from events.agenda import queries
from events.agenda.model import (
    AgendaItem,
    AgendaProposal,
    AgendaPurpose,
    AgendaStatus,
    ItemInUse,
    ProposalState,
    number,
    place,
)
from events.agenda.schemas import AgendaItemEntry, ProposalEntry
from events.agenda.standing import complete_agenda, tell_agenda
from events.meetings.model import Meeting, MeetingStatus
from events.minutes.model import Note
from events.minutes.queries import require_open


def item_of(meeting: Meeting, item_id: UUID) -> AgendaItem:
    """One item of the meeting's agenda. Raises `NotFound`."""
    for item in meeting.agenda:
        if item.id == item_id:
            return item
    raise NotFound


async def add_item(session: AsyncSession, meeting: Meeting, entry: AgendaItemEntry, caller: UUID) -> AgendaItem:
    """A new item at the end. Raises `AgendaFull`, `MinutesClosed` and what `resolve` raises."""
    await require_open(session, meeting.id)
    item = AgendaItem.plan(entry.title, minutes=entry.minutes, details=entry.details)
    item.responsible = await resolve(session, entry.responsible, caller)
    place(meeting.agenda, item)
    tell_agenda(session, meeting)
    await session.flush()
    return item


async def change_item(
    session: AsyncSession, meeting: Meeting, item: AgendaItem, entry: AgendaItemEntry, caller: UUID
) -> None:
    """Raises `MinutesClosed` and what `resolve` raises. What the platform put there keeps its title."""
    await require_open(session, meeting.id)
    if item.purpose is AgendaPurpose.TOPIC:
        item.title = entry.title
    item.minutes, item.details = entry.minutes, entry.details
    item.responsible = await resolve(session, entry.responsible, caller, item.responsible)
    tell_agenda(session, meeting)


async def order_items(session: AsyncSession, meeting: Meeting, item_ids: list[UUID]) -> None:
    """Raises `ChangedMeanwhile` unless these are the items that there are, `MinutesClosed`."""
    await require_open(session, meeting.id)
    if len(item_ids) != len(meeting.agenda) or set(item_ids) != {item.id for item in meeting.agenda}:
        raise ChangedMeanwhile
    meeting.agenda.sort(key=lambda item: item_ids.index(item.id))
    number(meeting.agenda)
    tell_agenda(session, meeting)


async def remove_item(session: AsyncSession, meeting: Meeting, item: AgendaItem) -> None:
    """Raises `ItemInUse`, `MinutesClosed`."""
    await require_open(session, meeting.id)
    if await queries.is_in_use(session, item.id):
        raise ItemInUse
    await session.execute(delete(Note).where(Note.agenda_item_id == item.id))  # an empty one
    meeting.agenda.remove(item)
    number(meeting.agenda)
    tell_agenda(session, meeting)


async def move_item(session: AsyncSession, meeting: Meeting, item: AgendaItem, status: AgendaStatus) -> None:
    """What became of it. What is carried over stands on the next meeting's agenda at once, if there is one.

    Raises `MinutesClosed`.
    """
    await require_open(session, meeting.id)
    if status is item.status:
        return
    if item.status is AgendaStatus.CARRIED:
        await _take_back(session, item)
    item.status = status
    await session.flush()
    await complete_agenda(session, meeting.network)


async def _take_back(session: AsyncSession, item: AgendaItem) -> None:
    """It was talked about after all: strike it off the later meeting, unless somebody worked on it there."""
    followers = select(Meeting).join(AgendaItem, AgendaItem.meeting_id == Meeting.id)
    drafts = Meeting.status.in_((MeetingStatus.DRAFT, MeetingStatus.PUBLISHED))
    query = followers.where(AgendaItem.carried_from == item.id, drafts).with_for_update(of=Meeting)
    for later in (await session.scalars(query)).unique():
        for follower in [one for one in later.agenda if one.carried_from == item.id]:
            if not await queries.is_in_use(session, follower.id):
                await remove_item(session, later, follower)


async def propose(
    session: AsyncSession, meeting: Meeting, entry: ProposalEntry, person: UUID, organisation: UUID | None
) -> AgendaProposal:
    """Raises `MinutesClosed` when there is nothing to propose for any more."""
    await require_open(session, meeting.id)
    proposal = AgendaProposal(
        id=uuid4(),
        meeting_id=meeting.id,
        network=meeting.network,
        title=entry.title,
        details=entry.details,
        minutes=entry.minutes,
        organisation_id=organisation,
        person_id=person,
        state=ProposalState.OPEN,
        created_at=datetime.now(UTC),
    )
    session.add(proposal)
    await session.flush()
    return proposal


async def answer_proposal(session: AsyncSession, meeting: Meeting, proposal: AgendaProposal, *, accept: bool) -> None:
    """Put it on the agenda or not. Raises `ProposalDecided`, `AgendaFull`."""
    item = proposal.decide(accept=accept)
    if item is not None:
        place(meeting.agenda, item)
        tell_agenda(session, meeting)
