"""Writing minutes while the meeting happens: notes, decisions, who was there."""

from datetime import UTC, datetime
from uuid import UUID

from shared.access.tenancy import beyond_scopes
from shared.dates import day_of
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from events.agenda.model import AgendaItem, AgendaStatus
from events.meetings.handlers import hold_meeting
from events.meetings.model import Cancelled, Meeting, MeetingStatus, NotBegun, NotPublished
from events.minutes import queries
from events.minutes.model import Decision, Minutes, Note, NoteChanged
from events.minutes.readers import today
from events.minutes.schemas import AttendanceInput, DecisionInput


async def begin(session: AsyncSession, meeting: Meeting) -> Minutes:
    """The open minutes of a meeting, from its day on; from its beginning on it is held.

    Raises `NotPublished`, `Cancelled`, `NotBegun`, `MinutesClosed`.
    """
    if meeting.status is MeetingStatus.DRAFT:
        raise NotPublished
    if meeting.status is MeetingStatus.CANCELLED:
        raise Cancelled
    if day_of(meeting.starts_at) > today():
        raise NotBegun  # rooms fill before the hour, and somebody writes down the first words
    if meeting.published and meeting.starts_at <= datetime.now(UTC):
        async with beyond_scopes(session):  # the caller belongs to the network; its day says that it is held
            await session.refresh(meeting, ["status", "version"], with_for_update=True)  # others begin at this moment
            hold_meeting(session, meeting)
            await session.flush()
    minutes = await queries.ensure(session, meeting)
    minutes.require_draft()
    return minutes


async def write_note(session: AsyncSession, meeting: Meeting, item: AgendaItem, text: str, seen: int) -> Note:
    """Save what is written under an item. Raises `NoteChanged`, and what `begin` raises."""
    await begin(session, meeting)
    query = select(Note).where(Note.agenda_item_id == item.id).with_for_update()
    note = await session.scalar(query)
    if note is None:
        first = insert(Note).values(
            agenda_item_id=item.id,
            meeting_id=meeting.id,
            network=meeting.network,
            text=text,
            version=1,
            written_at=datetime.now(UTC),
        )
        made = await session.execute(first.on_conflict_do_nothing().returning(Note.version))
        begun = made.scalar_one_or_none() is not None
        note = (await session.scalars(query)).one()
        if not begun and note.text != text:
            raise NoteChanged
    else:
        note.replace(text, seen)
    if text and item.status is AgendaStatus.PLANNED:
        async with beyond_scopes(session):  # contacts of lead associations write notes, and nothing else of an agenda
            item.status = AgendaStatus.REACHED
    return note


async def note_attendance(session: AsyncSession, meeting: Meeting, attendance: AttendanceInput) -> None:
    """Who was there. Raises what `begin` raises."""
    await begin(session, meeting)
    minutes = await queries.lock(session, meeting.id)
    minutes.people = attendance.people
    minutes.present = list(dict.fromkeys(attendance.present))
    minutes.excused = [one for one in dict.fromkeys(attendance.excused) if one not in attendance.present]
    minutes.touch()


async def take_decision(session: AsyncSession, meeting: Meeting, item: AgendaItem, entered: DecisionInput) -> Decision:
    """Raises what `begin` raises."""
    await begin(session, meeting)
    votes = (entered.votes_for, entered.votes_against, entered.votes_abstained)
    decision = Decision.take(meeting.id, item.id, meeting.network, entered.text, votes)
    session.add(decision)
    reach(item)
    return decision


def reach(item: AgendaItem) -> None:
    """Somebody talked about it."""
    if item.status is AgendaStatus.PLANNED:
        item.status = AgendaStatus.REACHED


async def change_decision(session: AsyncSession, decision: Decision, changed: DecisionInput) -> None:
    """Raises `MinutesClosed`."""
    await queries.require_open(session, decision.meeting_id)
    decision.text = changed.text
    decision.votes_for, decision.votes_against = changed.votes_for, changed.votes_against
    decision.votes_abstained = changed.votes_abstained


async def drop_decision(session: AsyncSession, decision: Decision) -> UUID:
    """Strike off what was not decided; returns the meeting. Raises `MinutesClosed`."""
    await queries.require_open(session, decision.meeting_id)
    await session.delete(decision)
    return decision.meeting_id
