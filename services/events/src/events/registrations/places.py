"""Who has a place: never more than there are, the waiting list in order of arrival.

Everything here happens while the meeting's row is locked, which is the one guard of its places. For a course that is
its first date, under which all registrations stand (decision 0039).
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from uuid import UUID

from shared.contracts.events import Answer, RegistrationState
from shared.database import transaction
from shared.errors import DomainError
from shared.i18n import N_
from sqlalchemy import ColumnElement, exists, func, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from sqlalchemy.orm import aliased

from events.invitations.model import Invitation
from events.meetings.model import Meeting, MeetingStatus
from events.meetings.queries import with_course
from events.registrations.counts import INVITATIONS, Counts, tell_counts
from events.registrations.model import ACTIVE, RegisteredAlready, Registration, RegistrationForm
from events.registrations.queries import of_person
from events.registrations.telling import tell

CONFIRM_HOURS = 24  # unless the planner sets something else
SHORTEST = timedelta(minutes=30)
PER_OFFER = 3  # of what is left until the meeting an offer takes a third: then there is time for the next one
AT_ONCE = 200  # meetings of one run of the timer


class MeetingFull(DomainError):
    code = "meeting_full"
    message = N_("All places are taken. On the page of the meeting you can stand on the waiting list.")


class TooManyPeople(DomainError):
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "too_many_people"
    message = N_("There are only {capacity} places in all.")
    field = "people"


@dataclass
class Places:
    """What is taken in a meeting, and who stands there; `admit` keeps count.

    `free` is None where there is no limit, `waiting` are people, `last` is the newest number of arrival, `known` are
    ids of persons and addresses of those who were asked for and are registered already, `accepted` are the persons
    among them who accepted an invitation: that is a place already.
    """

    counts: Counts
    free: int | None
    waiting: int
    last: int
    known: set[UUID | str]
    accepted: set[UUID]

    def needed(self, registration: Registration) -> int:
        """How many places more it takes."""
        return registration.people - (registration.person_id in self.accepted)

    def admit(self, meeting: Meeting, registration: Registration) -> None:
        """A place, or the end of the line: nobody overtakes those who wait.

        Raises `RegisteredAlready`, `TooManyPeople`. Somebody without account and address is whoever the telephone says.
        """
        who = registration.person_id or (registration.email or "").lower()
        if who in self.known:
            raise RegisteredAlready
        if meeting.capacity is not None and registration.people > meeting.capacity:
            raise TooManyPeople(capacity=meeting.capacity)
        needed = self.needed(registration)
        waits = self.free is not None and needed > 0 and (self.waiting > 0 or needed > self.free)
        self.last += 1
        registration.enter(self.last, waits=waits)
        if who:
            self.known.add(who)
        if waits:
            self.waiting += registration.people
            return
        self.counts = self.counts.plus(needed)
        if self.free is not None:
            self.free -= needed


async def places_of(
    session: AsyncSession, meeting: Meeting, persons: Collection[UUID] = (), addresses: Collection[str] = ()
) -> Places:
    """What is taken: by those who come, by those to whom a place is offered, by invitations that were accepted.

    One statement, because everybody else who registers waits for it. `Places.known` and `accepted` tell of these
    persons and addresses (in small letters).
    """
    address = func.lower(Registration.email)
    known = Registration.state.in_(ACTIVE), Registration.meeting_id == meeting.id
    registrations = (
        select(
            _people(RegistrationState.COMING),
            _people(RegistrationState.OFFERED),
            _people(RegistrationState.WAITING),
            func.coalesce(func.max(Registration.arrival), 0),
        )
        .where(Registration.meeting_id == meeting.id)
        .subquery()
    )
    theirs = Invitation.meeting_id == meeting.id, Invitation.person_id.in_(persons)
    accepted = select(Invitation.person_id).where(*theirs, Invitation.answer == Answer.ACCEPTED)
    invitations = select(*INVITATIONS).where(Invitation.meeting_id == meeting.id).subquery()
    query = select(
        registrations,
        func.array(select(Registration.person_id).where(*known, Registration.person_id.in_(persons)).scalar_subquery()),
        func.array(select(address).where(*known, address.in_(addresses)).scalar_subquery()),
        func.array(accepted.scalar_subquery()),
        invitations,
    ).select_from(registrations.join(invitations, true()))
    coming, offered, waiting, last, *there, placed, invited, yes, no, alone = (await session.execute(query)).one()
    counts = Counts(invited, yes, no, alone + coming)
    free = None if meeting.capacity is None else meeting.capacity - counts.registered - offered
    return Places(counts, free, waiting, last, {who for found in there for who in found}, set(placed))


async def admit(session: AsyncSession, meeting: Meeting, registration: Registration) -> Counts:
    """A place, or the waiting list, for one alone. Returns how many come now. Raises what `Places.admit` raises."""
    persons = [registration.person_id] if registration.person_id else []
    addresses = [registration.email.lower()] if registration.email else []
    places = await places_of(session, meeting, persons, addresses)
    places.admit(meeting, registration)
    return places.counts


async def require_place(session: AsyncSession, meeting: Meeting, person_id: UUID | None) -> None:
    """That one more can accept an invitation; whoever comes by registration needs no second place.

    Raises `MeetingFull`.
    """
    registration = await of_person(session, meeting.id, person_id) if person_id else None
    if registration is not None and registration.state is RegistrationState.COMING:
        return
    places = await places_of(session, meeting)
    if places.free is not None and (places.waiting or places.free < 1):
        raise MeetingFull


async def settle(session: AsyncSession, meeting: Meeting) -> bool:
    """Take back offers that nobody answered, and offer what is free to whoever waits the longest.

    Doing it twice changes nothing more. Returns whether anything happened: nothing does for a date of a course but the
    first. A group that is too large for what is free keeps its turn: the next one does not overtake it.
    """
    if meeting.list_id != meeting.id:
        return False
    await session.flush()
    await with_course(session, meeting)
    now = datetime.now(UTC)
    lapsed = await _of(session, meeting, Registration.offered_until <= now)
    for registration in lapsed:
        registration.lapse()
        tell(session, meeting, registration)
    first = meeting.opening
    if first is None or not first.published or first.starts_at <= now:
        return bool(lapsed)
    await session.flush()
    waiting = await _of(session, meeting, Registration.state == RegistrationState.WAITING)
    places = await places_of(session, meeting, [one.person_id for one in waiting if one.person_id])
    free, offered = places.free, 0
    for registration in waiting:
        if free is not None and places.needed(registration) > free:
            break
        registration.offer(await _offered_until(session, first, now))
        tell(session, meeting, registration)
        offered += 1
        free = None if free is None else free - places.needed(registration)
    return bool(lapsed or offered)


def _people(state: RegistrationState) -> ColumnElement[int]:
    return func.coalesce(func.sum(Registration.people).filter(Registration.state == state), 0)


async def _of(session: AsyncSession, meeting: Meeting, condition: ColumnElement[bool]) -> list[Registration]:
    query = select(Registration).where(Registration.meeting_id == meeting.id, condition)
    return list(await session.scalars(query.order_by(Registration.arrival)))


async def _offered_until(session: AsyncSession, meeting: Meeting, now: datetime) -> datetime:
    """As long as the planner says; when the meeting is near, shorter, so that somebody else can still come."""
    form = await session.get(RegistrationForm, meeting.list_id)
    wanted = timedelta(hours=form.confirm_hours if form else CONFIRM_HOURS)
    return now + max(min(wanted, (meeting.starts_at - now) / PER_OFFER), SHORTEST)


async def settle_all(sessions: async_sessionmaker[AsyncSession]) -> None:
    """What the passing of time changes: offers whose time is over; and what a larger room makes free.

    Withdrawing and offering are one transaction, so a crash loses neither; this finds what is due whenever it runs.
    """
    async with sessions() as session:
        due = await _due(session, datetime.now(UTC))
    for meeting_id in due:
        async with transaction(sessions) as session:
            meeting = await session.scalar(select(Meeting).where(Meeting.id == meeting_id).with_for_update(of=Meeting))
            if meeting is not None and await settle(session, meeting):
                await tell_counts(session, meeting)


async def _due(session: AsyncSession, now: datetime) -> list[UUID]:
    """Meetings with an offer whose time is over, or with somebody who waits while they are still to come.

    The first date of a course stands for all of them, also when it is over or cancelled.
    """
    date = aliased(Meeting)
    to_come = exists().where(
        or_(date.id == Meeting.id, date.course_id == Meeting.id),
        date.status == MeetingStatus.PUBLISHED,
        date.starts_at > now,
    )
    lapsed = exists().where(Registration.meeting_id == Meeting.id, Registration.offered_until <= now)
    waits = exists().where(Registration.meeting_id == Meeting.id, Registration.state == RegistrationState.WAITING)
    shown = or_(Meeting.status == MeetingStatus.PUBLISHED, Meeting.course_id == Meeting.id)
    query = select(Meeting.id).where(shown, or_(lapsed, waits & to_come))
    return list(await session.scalars(query.order_by(lapsed.desc(), Meeting.starts_at, Meeting.id).limit(AT_ONCE)))
