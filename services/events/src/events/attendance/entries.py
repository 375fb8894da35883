"""The list of a meeting: who said that they come or not, who was invited, guests, and what is noted of each."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from shared.contracts.events import Answer, RegistrationState
from shared.errors import NotFound
from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from events.attendance.model import AttendanceMark, AttendanceState
from events.attendance.schemas import CountsView, EntryView
from events.invitations.model import Invitation
from events.meetings.model import Meeting
from events.registrations.model import Registration

_LISTED = (RegistrationState.COMING, RegistrationState.WITHDRAWN)


@dataclass
class Entry:
    """Somebody on the list. `expected` are the people who said that they come, `cancelled`: they said that they do
    not. `mark` is what is noted, None so far.
    """

    id: UUID
    kind: Literal["registration", "invitation", "guest"]
    expected: int
    cancelled: bool = False
    person_id: UUID | None = None
    contact_id: UUID | None = None
    organisation_id: UUID | None = None
    name: str | None = None
    organisation: str | None = None
    mark: AttendanceMark | None = None

    @property
    def state(self) -> AttendanceState | None:
        """Whoever cancelled is excused by that."""
        if self.mark is not None:
            return self.mark.state
        return AttendanceState.EXCUSED if self.cancelled else None

    @property
    def people(self) -> int:
        """How many came."""
        return self.mark.people if self.mark else 0

    @property
    def version(self) -> int:
        """Of what is noted, 0 for nothing."""
        return self.mark.version if self.mark else 0

    def view(self) -> EntryView:
        """As planners see it."""
        return EntryView(
            id=self.id,
            kind=self.kind,
            person_id=self.person_id,
            contact_id=self.contact_id,
            organisation_id=self.organisation_id,
            name=self.name,
            organisation=self.organisation,
            expected=self.expected,
            people=self.people,
            state=self.state,
            by_self=self.mark.by_self if self.mark else self.cancelled,
            marked_at=self.mark.marked_at if self.mark else None,
            version=self.version,
        )


def of_registration(registration: Registration, mark: AttendanceMark | None) -> Entry:
    coming = registration.state is RegistrationState.COMING
    return Entry(
        registration.id,
        "registration",
        registration.people if coming else 0,
        cancelled=not coming,
        person_id=registration.person_id,
        name=registration.name,
        mark=mark,
    )


def of_invitation(invitation: Invitation, mark: AttendanceMark | None) -> Entry:
    return Entry(
        invitation.id,
        "invitation",
        1 if invitation.answer is Answer.ACCEPTED else 0,
        cancelled=invitation.answer is Answer.DECLINED,
        person_id=None if invitation.contact_id else invitation.person_id,
        contact_id=invitation.contact_id,
        organisation_id=invitation.organisation_id,
        mark=mark,
    )


def of_guest(mark: AttendanceMark) -> Entry:
    return Entry(mark.id, "guest", 0, name=mark.name, organisation=mark.organisation, mark=mark)


async def entries_of(session: AsyncSession, meeting: Meeting) -> list[Entry]:
    """Everybody on the list: registrations in order of arrival, invitations, guests as they came.

    Thousands of volunteers may be invited: who never answered is no gap in the list.
    """
    marks = await _marks(session, AttendanceMark.meeting_id == meeting.id)
    by_registration = {mark.registration_id: mark for mark in marks if mark.registration_id}
    by_invitation = {mark.invitation_id: mark for mark in marks if mark.invitation_id}
    listed = or_(Registration.state.in_(_LISTED), Registration.id.in_(by_registration))
    registrations = await session.scalars(
        select(Registration).where(Registration.meeting_id == meeting.list_id, listed).order_by(Registration.arrival)
    )
    silent = Invitation.contact_id.is_(None) & Invitation.person_id.is_not(None) & Invitation.answer.is_(None)
    invitations = await session.scalars(
        select(Invitation)
        .where(Invitation.meeting_id == meeting.list_id, ~silent | Invitation.id.in_(by_invitation))
        .order_by(Invitation.issued_at, Invitation.id)
    )
    return [
        *(of_registration(one, by_registration.get(one.id)) for one in registrations),
        *(of_invitation(one, by_invitation.get(one.id)) for one in invitations),
        *(of_guest(mark) for mark in marks if mark.guest),
    ]


async def entry_of(session: AsyncSession, meeting: Meeting, entry_id: UUID) -> Entry:
    """One of the list of a meeting, by the id of a registration, an invitation or a guest. Raises `NotFound`."""
    here = AttendanceMark.meeting_id == meeting.id  # a registration for a course stands on the list of each date
    registration = await session.get(Registration, entry_id)
    if registration is not None and registration.meeting_id == meeting.list_id and registration.state in _LISTED:
        return of_registration(registration, await _mark(session, here & (AttendanceMark.registration_id == entry_id)))
    invitation = await session.get(Invitation, entry_id)
    if invitation is not None and invitation.meeting_id == meeting.list_id:
        return of_invitation(invitation, await _mark(session, here & (AttendanceMark.invitation_id == entry_id)))
    mark = await _mark(session, here & (AttendanceMark.id == entry_id) & AttendanceMark.guest)
    if mark is None:
        raise NotFound
    return of_guest(mark)


def count_entries(entries: Sequence[Entry]) -> CountsView:
    """How many people are there, are excused, are missing. Whoever was invited and never answered counts as one."""

    def people(state: AttendanceState | None) -> int:
        return sum(max(entry.expected, 1) for entry in entries if entry.state is state)

    return CountsView(
        expected=sum(entry.expected for entry in entries),
        attended=sum(entry.people for entry in entries),
        excused=people(AttendanceState.EXCUSED),
        absent=people(AttendanceState.ABSENT),
        open=people(None),
        guests=sum(entry.people for entry in entries if entry.kind == "guest"),
    )


async def _marks(session: AsyncSession, condition: ColumnElement[bool]) -> Sequence[AttendanceMark]:
    query = select(AttendanceMark).where(condition).order_by(AttendanceMark.marked_at, AttendanceMark.id)
    return (await session.scalars(query)).all()


async def _mark(session: AsyncSession, condition: ColumnElement[bool]) -> AttendanceMark | None:
    return await session.scalar(select(AttendanceMark).where(condition).execution_options(populate_existing=True))
