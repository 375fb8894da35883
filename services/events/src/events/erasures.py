"""Forgetting somebody: who comes is counted as before, but nothing leads to the person."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from shared.contracts.events import ErasureConfirmed
from shared.erasure.forgetting import Forgetting, Subject
from sqlalchemy import ColumnElement, Delete, Update, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from events.attendance.model import AttendanceMark
from events.audience.consumers import consumer as audience
from events.audience.model import Contact, ContactPerson, StaffGrant, Volunteer, VolunteerPerson
from events.calendars.model import PersonalCalendar
from events.invitations.model import Invitation
from events.mailing_lists.model import MailingList
from events.meetings.model import Meeting
from events.meetings.queries import all_over
from events.merging.arrays import remove_from
from events.minutes.forgetting import forget_in_minutes
from events.registrations.counts import tell_counts
from events.registrations.model import Registration
from events.registrations.places import settle

NOBODYS = {"person_id": None, "contact_id": None, "token_hash": None}
"""Of an invitation that counts and leads to nobody."""


async def _lock_meetings(session: AsyncSession, subject: Subject) -> None:
    """The meetings to come that the person was going to, in the order in which everybody locks."""
    await _meetings_to_come(session, subject, await _contacts_of(session, subject))


async def _forget(session: AsyncSession, subject: Subject) -> dict[str, int]:
    """From meetings to come the person is struck off; of past ones the number of people stays and the person goes."""
    contacts = await _contacts_of(session, subject)
    meetings = await _meetings_to_come(session, subject, contacts)
    to_come = [meeting.id for meeting in meetings]
    volunteers = await _volunteers_of(session, subject)
    invited = _invited(subject, contacts)
    registered = Registration.person_id.in_(subject.person_ids)
    removed = {
        "invitation": await _count(session, delete(Invitation).where(invited, Invitation.meeting_id.in_(to_come)))
        + await _count(session, update(Invitation).where(invited).values(NOBODYS)),
        "registration": await _count(
            session, delete(Registration).where(registered, Registration.meeting_id.in_(to_come))
        )
        + await _count(session, update(Registration).where(registered).values(person_id=None, answers={}, needs="")),
        "contact": await _count(session, delete(Contact).where(Contact.id.in_(contacts))),
        "volunteer": await _count(session, delete(Volunteer).where(Volunteer.id.in_(volunteers))),
    }
    await remove_from(session, MailingList.contact_ids, contacts)
    await remove_from(session, MailingList.volunteer_ids, volunteers)
    for entity in (PersonalCalendar, StaffGrant):
        removed[entity.__tablename__] = await _count(
            session, delete(entity).where(entity.person_id.in_(subject.person_ids))
        )
    noted_by = AttendanceMark.marked_by.in_(subject.person_ids)
    removed["attendance"] = await _count(session, update(AttendanceMark).where(noted_by).values(marked_by=None))
    removed |= await forget_in_minutes(session, subject, contacts)
    await session.execute(delete(ContactPerson).where(ContactPerson.id.in_(contacts)))
    await session.execute(delete(VolunteerPerson).where(VolunteerPerson.id.in_(volunteers)))
    for meeting in meetings:
        if meeting.published:
            await settle(session, meeting)
            await tell_counts(session, meeting)
    return removed


async def _contacts_of(session: AsyncSession, subject: Subject) -> Sequence[UUID]:
    known = select(ContactPerson.id).where(ContactPerson.person_id.in_(subject.person_ids))
    return sorted({*subject.contact_ids, *await session.scalars(known)})


async def _volunteers_of(session: AsyncSession, subject: Subject) -> Sequence[UUID]:
    known = select(VolunteerPerson.id).where(VolunteerPerson.person_id.in_(subject.person_ids))
    named = [subject.volunteer_id] if subject.volunteer_id else []
    return sorted({*named, *await session.scalars(known)})


def _invited(subject: Subject, contacts: Sequence[UUID]) -> ColumnElement[bool]:
    return or_(Invitation.contact_id.in_(contacts), Invitation.person_id.in_(subject.person_ids))


async def _meetings_to_come(session: AsyncSession, subject: Subject, contacts: Sequence[UUID]) -> Sequence[Meeting]:
    concerned: ColumnElement[bool] = or_(
        Meeting.id.in_(select(Invitation.meeting_id).where(_invited(subject, contacts))),
        Meeting.id.in_(select(Registration.meeting_id).where(Registration.person_id.in_(subject.person_ids))),
    )
    query = select(Meeting).where(concerned, ~all_over(datetime.now(UTC))).order_by(Meeting.id)
    return (await session.scalars(query.with_for_update(of=Meeting))).all()


async def _count(session: AsyncSession, statement: Delete | Update) -> int:
    return int((await session.execute(statement)).rowcount)  # type: ignore[attr-defined]


forgetting = Forgetting("events", ErasureConfirmed, _forget, [audience], prepare=_lock_meetings)
