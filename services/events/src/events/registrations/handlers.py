"""Registering for a meeting, taking a place from the waiting list, and taking a registration back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from shared import audit
from shared.access.grants import Access, Principal
from shared.contracts.events import RegistrationState
from shared.errors import DomainError
from sqlalchemy import delete, func
from sqlalchemy.ext.asyncio import AsyncSession

from events.meetings import queries as meetings
from events.meetings.model import Meeting
from events.registrations.counts import tell_counts
from events.registrations.forms import check_answers, form_of
from events.registrations.model import NothingToConfirm, Registration
from events.registrations.places import Places, admit, places_of, settle
from events.registrations.schemas import Coming, FormView, GuestInput, RegistrationView, StaffInput
from events.registrations.telling import tell, tell_planner


@dataclass(frozen=True)
class Wanted:
    """Somebody with an account wants to come to a meeting."""

    access: Access
    coming: Coming


async def register_all(
    session: AsyncSession, meeting: Meeting, wanted: Sequence[Wanted]
) -> list[RegistrationView | DomainError]:
    """Register people in this order: a place, or the waiting list, or why not. The caller has locked the meeting.

    The errors are `NotFound` for whoever may not know of the meeting, and what `Meeting.require_registration`,
    `check_answers` and `Places.admit` raise.
    """
    form = await form_of(session, meeting.id)
    persons = [one.access.principal.id for one in wanted]
    places = await places_of(session, meeting, persons)
    done: list[RegistrationView | DomainError] = []
    for one in wanted:
        try:
            done.append(await _register(session, meeting, one, form, places))
        except DomainError as refused:
            done.append(refused)
    if any(isinstance(one, RegistrationView) for one in done):
        await tell_counts(session, meeting, places.counts)
    return done


async def _register(
    session: AsyncSession, meeting: Meeting, wanted: Wanted, form: FormView, places: Places
) -> RegistrationView:
    await meetings.require_known(session, meeting, wanted.access)
    meeting.require_registration(datetime.now(UTC))
    person = wanted.access.principal
    registration = _begin(meeting, form, wanted.coming, person_id=person.id)
    ahead = places.waiting
    places.admit(meeting, registration)
    session.add(registration)
    tell(session, meeting, registration)
    _audit(session, "registration.received", registration, person)
    return RegistrationView.of(registration, ahead)


async def receive_guest(session: AsyncSession, meeting: Meeting, guest: GuestInput) -> None:
    """Keep what a guest typed until the link in the mail is confirmed. It holds no place before.

    Anybody may type anybody's address: nothing is looked up here, so neither answer nor effort depend on whether
    somebody is registered. Raises what `Meeting.require_registration` and `check_answers` raise.
    """
    meeting.require_registration(datetime.now(UTC))
    again = (
        Registration.meeting_id == meeting.id,
        Registration.state == RegistrationState.UNCONFIRMED,
        func.lower(Registration.email) == guest.email.lower(),
    )
    await session.execute(delete(Registration).where(*again))
    form = await form_of(session, meeting.id)
    registration = _begin(meeting, form, guest, name=guest.name, email=guest.email)
    session.add(registration)
    tell(session, meeting, registration)


async def enter_somebody(session: AsyncSession, meeting: Meeting, caller: StaffInput, staff: UUID) -> Registration:
    """Register somebody on the telephone, also when the time to register is over. The caller has locked the meeting.

    Raises what `Meeting.require_coming` and `require_ours`, `check_answers` and `admit` raise.
    """
    meeting.require_coming(datetime.now(UTC))
    meeting.require_ours()
    told = {"name": caller.name, "email": caller.email, "phone": caller.phone or None, "entered_by": staff}
    registration = _begin(meeting, await form_of(session, meeting.id), caller, **told)
    await _enter(session, meeting, registration)
    _audit(session, "registration.entered", registration)
    return registration


async def confirm(session: AsyncSession, registration: Registration, meeting: Meeting) -> None:
    """A guest was it really, or somebody takes the place that became free. The meeting is locked.

    Raises `NothingToConfirm`, `OfferLapsed` and what `Meeting.require_coming` and `admit` raise.
    """
    now = datetime.now(UTC)
    meeting.require_coming(now)
    if registration.state is not RegistrationState.UNCONFIRMED:
        registration.accept(now)
        tell(session, meeting, registration)
        await tell_counts(session, meeting)
        return
    if registration.email is None:
        raise NothingToConfirm
    await _enter(session, meeting, registration)


async def withdraw(session: AsyncSession, registration: Registration, meeting: Meeting) -> None:
    """They do not come after all; what they leave is offered to those who wait. The meeting is locked.

    Raises `NotRegistered` and what `Meeting.require_coming` raises.
    """
    meeting.require_coming(datetime.now(UTC))
    waited = registration.state is RegistrationState.WAITING
    registration.withdraw()
    registration.needs = ""
    _audit(session, "registration.withdrawn", registration)
    tell(session, meeting, registration)
    await settle(session, meeting)
    counts = await tell_counts(session, meeting)
    tell_planner(session, meeting, registration, counts, waited=waited)


def _begin(meeting: Meeting, form: FormView, coming: Coming, **who: Any) -> Registration:
    columns = {"name": None, "email": None, "phone": None, "person_id": None, "entered_by": None} | who
    return Registration.begin(
        meeting.id,
        meeting.network,
        people=coming.people,
        answers=check_answers(form.questions, coming.answers),
        needs=coming.needs,
        **columns,
    )


async def _enter(session: AsyncSession, meeting: Meeting, registration: Registration) -> None:
    counts = await admit(session, meeting, registration)
    session.add(registration)  # now that it holds a place or stands in line: one statement writes it
    tell(session, meeting, registration)
    await tell_counts(session, meeting, counts)


def _audit(session: AsyncSession, action: str, registration: Registration, actor: Principal | None = None) -> None:
    persons = [registration.person_id] if registration.person_id else []
    audit.record(
        session,
        action,
        kind="registration",
        subject=registration.id,
        persons=persons,
        scopes=[registration.network],
        actor=actor,
    )
