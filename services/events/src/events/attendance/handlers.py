"""Noting who is there. Everything here happens while the meeting's row is locked: two who tap at once take turns."""

from datetime import UTC, datetime
from uuid import UUID

from shared import audit
from shared.contracts.events import AttendanceRecorded
from shared.errors import ChangedMeanwhile
from shared.messaging import outbox
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from events.attendance.certificates import revoke
from events.attendance.entries import Entry, count_entries, entries_of, entry_of, guest_entry
from events.attendance.model import (
    CHANGED_FOR,
    AttendanceFinal,
    AttendanceList,
    AttendanceMark,
    AttendanceState,
    DoorCode,
    require_list,
)
from events.attendance.schemas import GuestInput, MarkInput
from events.meetings.model import Meeting, NotBegun
from events.minutes.model import Minutes


async def is_final(session: AsyncSession, meeting: Meeting) -> bool:
    """Whether nobody may change any more who was there."""
    minutes = await session.scalar(select(Minutes).where(Minutes.meeting_id == meeting.id))
    return (minutes is not None and minutes.approved) or meeting.ends_at + CHANGED_FOR <= datetime.now(UTC)


async def require_changeable(session: AsyncSession, meeting: Meeting) -> None:
    """Raises what `require_list` raises, and `AttendanceFinal`."""
    require_list(meeting, datetime.now(UTC))
    if await is_final(session, meeting):
        raise AttendanceFinal


async def mark(session: AsyncSession, meeting: Meeting, entry_id: UUID, wanted: MarkInput, staff: UUID) -> Entry:
    """Note what became of somebody, or take it back. The same twice is noted once.

    Raises `NotFound`, `ChangedMeanwhile` when somebody else noted something different, and what `require_changeable`
    raises.
    """
    await require_changeable(session, meeting)
    entry = await entry_of(session, meeting, entry_id)
    people = (wanted.people or max(entry.expected, 1)) if wanted.state is AttendanceState.ATTENDED else 0
    if (entry.state, entry.people) == (wanted.state, people):
        return entry
    if entry.version != wanted.version:
        raise ChangedMeanwhile
    if wanted.state is None or (entry.kind == "guest" and wanted.state is not AttendanceState.ATTENDED):
        await _take_back(session, entry)
    else:
        await _set(session, meeting, entry, wanted.state, people, staff)
    if wanted.state is not AttendanceState.ATTENDED:
        await revoke(session, meeting, entry.ids)
    _audit(session, "attendance.noted", meeting, entry)
    await _tell_if_closed(session, meeting)
    return entry


async def check_in(session: AsyncSession, meeting: Meeting, entry: Entry) -> Entry:
    """Somebody says at the door that they are there. What the staff noted stays. The door is open."""
    if entry.mark is None:
        await _set(session, meeting, entry, AttendanceState.ATTENDED, max(entry.expected, 1), None)
        _audit(session, "attendance.checked_in", meeting, entry)
        await _tell_if_closed(session, meeting)
    return entry


async def add_guest(session: AsyncSession, meeting: Meeting, guest: GuestInput, staff: UUID | None) -> Entry:
    """Somebody came who is not on the list; without `staff` they said so at the door."""
    row = AttendanceMark.begin(meeting, name=guest.name, organisation=guest.organisation or None)
    row.set(AttendanceState.ATTENDED, 1, staff)
    session.add(row)
    entry = guest_entry(row)
    _audit(session, "attendance.guest_came", meeting, entry)
    await _tell_if_closed(session, meeting)
    return entry


async def close(session: AsyncSession, meeting: Meeting, staff: UUID) -> AttendanceList:
    """Whoever is still open is absent; everybody learns how many were there. Twice is once.

    Raises `NotBegun` before the meeting has begun, and what `require_changeable` raises.
    """
    await require_changeable(session, meeting)
    if datetime.now(UTC) < meeting.starts_at:
        raise NotBegun
    entries = await entries_of(session, meeting)
    missing = [entry for entry in entries if entry.state is None]
    for entry in missing:
        await _set(session, meeting, entry, AttendanceState.ABSENT, 0, staff)
    closed = await session.get(AttendanceList, meeting.id)
    if closed is not None and not missing:
        return closed
    if closed is None:
        none = {"attended": 0, "excused": 0, "absent": 0, "guests": 0}
        closed = AttendanceList(meeting_id=meeting.id, network=meeting.network, closed_at=datetime.now(UTC), **none)
        session.add(closed)
    audit.record(session, "attendance.closed", kind="meeting", subject=meeting.id, scopes=[meeting.network])
    await _tell(session, meeting, closed)
    return closed


async def make_door_code(session: AsyncSession, meeting: Meeting) -> str:
    """A code for one more print. Raises what `require_ours` raises."""
    meeting.require_ours()
    row, code = DoorCode.make(meeting)
    session.add(row)
    return code


async def renew_door(session: AsyncSession, meeting: Meeting) -> None:
    """The codes that were printed so far lead nowhere from now on."""
    await session.execute(delete(DoorCode).where(DoorCode.meeting_id == meeting.id))


def note_look(session: AsyncSession, meeting: Meeting, entry: Entry) -> None:
    """A planner saw whose code it is."""
    _audit(session, "attendance.seen", meeting, entry)


async def _set(
    session: AsyncSession, meeting: Meeting, entry: Entry, state: AttendanceState, people: int, staff: UUID | None
) -> None:
    """Note it as the one thing that is noted of them."""
    if entry.mark is None:
        registration_id = entry.id if entry.kind == "registration" else None
        invitation_id = entry.id if entry.kind == "invitation" else None
        entry.marks = [AttendanceMark.begin(meeting, registration_id=registration_id, invitation_id=invitation_id)]
        session.add(entry.marks[0])
    entry.marks[0].set(state, people, staff)
    for second in entry.marks[1:]:
        await session.delete(second)
    del entry.marks[1:]


async def _take_back(session: AsyncSession, entry: Entry) -> None:
    for mark in entry.marks:
        await session.delete(mark)
    entry.marks = []


async def _tell_if_closed(session: AsyncSession, meeting: Meeting) -> None:
    closed = await session.get(AttendanceList, meeting.id)
    if closed is not None:
        await _tell(session, meeting, closed)


async def _tell(session: AsyncSession, meeting: Meeting, closed: AttendanceList) -> None:
    """Keep the numbers and tell them; of a meeting that is not for everybody nobody is told."""
    await session.flush()
    counts = count_entries(await entries_of(session, meeting))
    numbers = counts.model_dump(include={"attended", "excused", "absent", "guests"})
    for name, value in numbers.items():
        setattr(closed, name, value)
    if not meeting.public:
        return
    meeting.touch()
    data = AttendanceRecorded(meeting_id=meeting.id, **numbers)
    outbox.record(session, data, subject=meeting.id, sequence=meeting.version, network=meeting.network)


def _audit(session: AsyncSession, action: str, meeting: Meeting, entry: Entry) -> None:
    persons = [entry.person_id] if entry.person_id else []
    audit.record(session, action, kind=entry.kind, subject=entry.id, persons=persons, scopes=[meeting.network])
