"""Finding what a code or an account stands for."""

from datetime import UTC, datetime
from uuid import UUID

from shared.errors import NotFound
from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession

from events.attendance.entries import Entry, entry_of, entry_of_person
from events.attendance.model import DOOR_OPENS, DoorClosed, DoorCode, door_is_open
from events.invitations.model import hash_token
from events.meetings.model import Meeting, MeetingStatus
from events.meetings.queries import locked, with_course
from events.registrations.model import Registration
from events.registrations.queries import by_token


async def meeting_of_door(session: AsyncSession, code: str) -> Meeting:
    """The meeting at whose door a code hangs. Raises `NotFound`."""
    return await _meeting(session, _has_door(code), lock=False)


async def open_meeting_of_door(session: AsyncSession, code: str) -> Meeting:
    """The same, locked, while people check in. Raises `NotFound`, `DoorClosed`."""
    meeting = await _meeting(session, _has_door(code), lock=True)
    if not door_is_open(meeting, datetime.now(UTC)):
        raise DoorClosed
    return meeting


async def by_pass(session: AsyncSession, code: str) -> tuple[Registration, Meeting]:
    """The registration that somebody's own code stands for. Raises `NotFound`."""
    registration = await session.scalar(select(Registration).where(Registration.check_in_code == code))
    if registration is None:
        raise NotFound
    of = await _meeting(session, Meeting.id == registration.meeting_id, lock=False)
    return registration, date_meant(await with_course(session, of), datetime.now(UTC))


def date_meant(meeting: Meeting, now: datetime) -> Meeting:
    """Of a course the date at whose door people are, or were the last time; before the first one that one."""
    dates = [one for one in meeting.course if one.status is not MeetingStatus.CANCELLED] or [meeting]
    return next((one for one in reversed(dates) if one.starts_at - DOOR_OPENS <= now), dates[0])


async def own_entry(
    session: AsyncSession, meeting: Meeting, *, token: str | None = None, person: UUID | None = None
) -> Entry | None:
    """Somebody's line on the list: by the link of a mail, else by account, also where they are invited.

    None where they have none. Raises `NotFound` for a link of nobody or of another meeting.
    """
    if token is not None:
        registration, of = await by_token(session, token)
        if of.id != meeting.list_id:
            raise NotFound
        return await entry_of_registration(session, meeting, registration)
    return await entry_of_person(session, meeting, person) if person else None


async def entry_of_registration(session: AsyncSession, meeting: Meeting, registration: Registration) -> Entry | None:
    """The line of whoever registered; None for who waits for a place, unless they are invited anyway."""
    if registration.person_id is not None:
        return await entry_of_person(session, meeting, registration.person_id)
    try:
        return await entry_of(session, meeting, registration.id)
    except NotFound:
        return None


def _has_door(code: str) -> ColumnElement[bool]:
    return Meeting.id.in_(select(DoorCode.meeting_id).where(DoorCode.token_hash == hash_token(code)))


async def _meeting(session: AsyncSession, condition: ColumnElement[bool], *, lock: bool) -> Meeting:
    query = select(Meeting).where(condition)
    meeting = await session.scalar(locked(query) if lock else query)
    if meeting is None:
        raise NotFound
    return meeting
