"""The list of a meeting: who said that they come or not, who was invited, guests, and what is noted of each."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal
from uuid import UUID

from shared.contracts.events import Answer, RegistrationState
from shared.errors import NotFound
from sqlalchemy import ColumnElement, func, or_, select, true, union_all
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from events.attendance.codes import plain_name
from events.attendance.model import AttendanceMark, AttendanceState
from events.attendance.schemas import CountsView, EntryView
from events.invitations.model import Invitation
from events.meetings.model import Meeting
from events.registrations.model import Registration

_LISTED = (RegistrationState.COMING, RegistrationState.WITHDRAWN)
_FIRST = (AttendanceState.ATTENDED, AttendanceState.EXCUSED, AttendanceState.ABSENT)
"""Of several things that are noted of one person: whoever was there was there."""


@dataclass
class Entry:
    """Somebody on the list, once, whatever they are there by: a registration, one that they took back before, an
    invitation (`ids` are all of these, `id` is the first one).

    `expected` are the people who said that they come, `cancelled`: they said that they do not. `marks` are what is
    noted, the one that counts first; none so far, mostly one.
    """

    id: UUID
    kind: Literal["registration", "invitation", "guest"]
    expected: int
    cancelled: bool = False
    ids: tuple[UUID, ...] = ()
    person_id: UUID | None = None
    contact_id: UUID | None = None
    organisation_id: UUID | None = None
    name: str | None = None
    organisation: str | None = None
    marks: list[AttendanceMark] = field(default_factory=list)

    @property
    def mark(self) -> AttendanceMark | None:
        """What counts of what is noted."""
        return self.marks[0] if self.marks else None

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


def guest_entry(mark: AttendanceMark) -> Entry:
    """Somebody who came without registering."""
    return Entry(mark.id, "guest", 0, ids=(mark.id,), name=mark.name, organisation=mark.organisation, marks=[mark])


async def entries_of(session: AsyncSession, meeting: Meeting) -> list[Entry]:
    """Everybody on the list: registrations in order of arrival, invitations, guests as they came.

    Whoever is invited and has registered stands there once, whoever speaks for an organisation too; two people of one
    organisation are two. Thousands of volunteers may be invited: who never answered is no gap in the list.
    """
    silent = Invitation.contact_id.is_(None) & Invitation.person_id.is_not(None) & Invitation.answer.is_(None)
    noted = select(AttendanceMark.invitation_id).where(AttendanceMark.meeting_id == meeting.id)
    entries = await _entries(session, meeting, true(), ~silent | Invitation.id.in_(noted))
    return [*entries, *(guest_entry(mark) for mark in await _marks(session, meeting, AttendanceMark.guest.is_(True)))]


async def entry_of(session: AsyncSession, meeting: Meeting, entry_id: UUID) -> Entry:
    """One of the list of a meeting, by the id of a registration, an invitation or a guest. Raises `NotFound`."""
    persons = union_all(
        select(Registration.person_id).where(Registration.id == entry_id),
        select(Invitation.person_id).where(Invitation.id == entry_id),
    )
    address, typed = func.lower(Registration.email), aliased(Registration)
    same = select(func.lower(typed.email)).where(typed.id == entry_id)
    registered = or_(Registration.id == entry_id, Registration.person_id.in_(persons), address.in_(same))
    invited = or_(Invitation.id == entry_id, Invitation.person_id.in_(persons))
    guests = [guest_entry(mark) for mark in await _marks(session, meeting, AttendanceMark.id == entry_id) if mark.guest]
    for entry in [*await _entries(session, meeting, registered, invited), *guests]:
        if entry_id in entry.ids:
            return entry
    raise NotFound


async def entry_of_person(session: AsyncSession, meeting: Meeting, person_id: UUID) -> Entry | None:
    """Where somebody stands by account; None for who was not invited and waits for a place, or is not known."""
    own = Registration.person_id == person_id, Invitation.person_id == person_id
    return next(iter(await _entries(session, meeting, *own)), None)


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


async def _entries(
    session: AsyncSession, meeting: Meeting, registered: ColumnElement[bool], invited: ColumnElement[bool]
) -> list[Entry]:
    """Those of these registrations and invitations who stand on the list. A registration for a course, or an
    invitation to it, stands on the list of each date."""
    noted = select(AttendanceMark.registration_id).where(AttendanceMark.meeting_id == meeting.id)
    listed = or_(Registration.state.in_(_LISTED), Registration.id.in_(noted))
    registrations = await session.scalars(
        select(Registration)
        .where(Registration.meeting_id == meeting.list_id, listed, registered)
        .order_by(Registration.arrival)
    )
    invitations = await session.scalars(
        select(Invitation)
        .where(Invitation.meeting_id == meeting.list_id, invited)
        .order_by(Invitation.issued_at, Invitation.id)
    )
    together: dict[Hashable, list[Registration | Invitation]] = {}
    for one in (*registrations, *invitations):
        together.setdefault(_who(one), []).append(one)
    ids = [one.id for rows in together.values() for one in rows]
    found = or_(AttendanceMark.registration_id.in_(ids), AttendanceMark.invitation_id.in_(ids))
    marks: dict[UUID | None, AttendanceMark] = {}
    for mark in await _marks(session, meeting, found):
        marks[mark.registration_id or mark.invitation_id] = mark
    return [_entry(rows, marks) for rows in together.values()]


def _who(one: Registration | Invitation) -> Hashable:
    """The same for rows of one person. Guests who register again do it by the same name and address."""
    if one.person_id is not None:
        return one.person_id
    if isinstance(one, Registration) and one.email and one.name:
        return one.email.lower(), plain_name(one.name)
    return one.id


def _entry(rows: Sequence[Registration | Invitation], marks: Mapping[UUID | None, AttendanceMark]) -> Entry:
    """What somebody's rows say together: they come if one of them holds a place. `marks` are by the id of a row."""
    registrations = [one for one in rows if isinstance(one, Registration)]
    registrations.sort(key=lambda one: (one.state is not RegistrationState.COMING, -one.arrival))
    invitation = next((one for one in rows if isinstance(one, Invitation)), None)
    registration = registrations[0] if registrations else None
    ids = [one.id for one in (*registrations, invitation) if one is not None]
    contact_id = invitation.contact_id if invitation else None
    expected = 1 if invitation and invitation.answer is Answer.ACCEPTED else 0
    if registration and registration.state is RegistrationState.COMING:
        expected = registration.people
    refused = registration is not None or (invitation is not None and invitation.answer is Answer.DECLINED)
    theirs = [marks[one] for one in ids if one in marks]
    return Entry(
        ids[0],
        "registration" if registration else "invitation",
        expected,
        cancelled=not expected and refused,
        ids=tuple(ids),
        person_id=rows[0].person_id if registration or not contact_id else None,
        contact_id=contact_id,
        organisation_id=invitation.organisation_id if invitation else None,
        name=registration.name if registration else None,
        marks=sorted(theirs, key=lambda mark: _FIRST.index(mark.state)),
    )


async def _marks(session: AsyncSession, meeting: Meeting, condition: ColumnElement[bool]) -> Sequence[AttendanceMark]:
    """As the database has them now: whoever locked the meeting may have read them before."""
    query = select(AttendanceMark).where(AttendanceMark.meeting_id == meeting.id, condition)
    in_order = query.order_by(AttendanceMark.marked_at, AttendanceMark.id)
    return (await session.scalars(in_order.execution_options(populate_existing=True))).all()
