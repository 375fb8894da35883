"""Finding registrations."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from shared.contracts.events import RegistrationState
from shared.errors import NotFound
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from events.invitations.model import hash_token
from events.meetings.model import Meeting
from events.meetings.queries import list_of, locked, with_course
from events.registrations.model import ACTIVE, Registration, RegistrationLink

LISTED = tuple(state for state in RegistrationState if state is not RegistrationState.UNCONFIRMED)


async def of_person(session: AsyncSession, meeting_id: UUID, person_id: UUID) -> Registration | None:
    """A person's registration for a meeting or its course, unless it was taken back."""
    active = Registration.state.in_(ACTIVE), Registration.person_id == person_id
    return await session.scalar(select(Registration).where(Registration.meeting_id == list_of(meeting_id), *active))


async def by_token(session: AsyncSession, token: str, *, lock: bool = False) -> tuple[Registration, Meeting]:
    """The registration that a link opens, and its meeting with all dates of its course. Raises `NotFound`.

    With `lock` the meeting's row is locked before the registration is read: the order in which everybody locks. What
    was read of either before is read again.
    """
    linked = select(RegistrationLink.registration_id).where(RegistrationLink.token_hash == hash_token(token))
    return await _with_meeting(session, Registration.id == linked.scalar_subquery(), lock=lock)


async def one(session: AsyncSession, registration_id: UUID, *, lock: bool = False) -> tuple[Registration, Meeting]:
    """A registration and its meeting with all dates of its course. Raises `NotFound`."""
    return await _with_meeting(session, Registration.id == registration_id, lock=lock)


async def _with_meeting(
    session: AsyncSession, condition: ColumnElement[bool], *, lock: bool
) -> tuple[Registration, Meeting]:
    of_it = select(Meeting).where(Meeting.id == select(Registration.meeting_id).where(condition).scalar_subquery())
    meeting = await session.scalar(locked(of_it) if lock else of_it)
    this_one = select(Registration).where(condition).execution_options(populate_existing=lock)
    registration = await session.scalar(this_one)
    if meeting is None or registration is None or registration.is_too_old(datetime.now(UTC)):
        raise NotFound
    return registration, await with_course(session, meeting)


async def ahead_of(session: AsyncSession, registration: Registration) -> int:
    """How many people stand before one on the waiting list."""
    if registration.state is not RegistrationState.WAITING:
        return 0
    before = (
        Registration.meeting_id == registration.meeting_id,
        Registration.state == RegistrationState.WAITING,
        Registration.arrival < registration.arrival,
    )
    return int(await session.scalar(select(func.coalesce(func.sum(Registration.people), 0)).where(*before)) or 0)


async def listed(
    session: AsyncSession, meeting_id: UUID, state: RegistrationState | None, *, after: int, limit: int
) -> Sequence[Registration]:
    """In order of arrival; who has not confirmed is nobody's business yet."""
    states = (state,) if state in LISTED else () if state else LISTED
    query = select(Registration).where(
        Registration.meeting_id == meeting_id, Registration.state.in_(states), Registration.arrival > after
    )
    return (await session.scalars(query.order_by(Registration.arrival).limit(limit))).all()


async def people_by_state(session: AsyncSession, meeting_id: UUID) -> dict[RegistrationState, int]:
    """How many people come, wait and so on."""
    query = (
        select(Registration.state, func.sum(Registration.people))
        .where(Registration.meeting_id == meeting_id, Registration.state.in_(LISTED))
        .group_by(Registration.state)
    )
    return {state: int(people) for state, people in await session.execute(query)}
