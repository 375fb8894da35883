"""Two entries of one person became one: nobody is registered or invited twice, and no name gets lost."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from shared.contracts.registry import MergedContact, PersonMerged
from shared.merging import note_merged
from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from events.action_items.model import ActionItem
from events.agenda.model import AgendaItem, AgendaProposal
from events.attendance.model import AttendanceMark
from events.audience.model import ContactPerson, StaffGrant, VolunteerPerson
from events.calendars.model import PersonalCalendar
from events.imported_calendars.model import CalendarSource
from events.invitations.model import Invitation
from events.mailing_lists.model import MailingList
from events.meetings.model import Meeting
from events.merging.arrays import replace_in
from events.minutes.forgetting import replace_mark
from events.minutes.marks import contact_mark, person_mark
from events.registrations.counts import tell_counts
from events.registrations.model import ACTIVE, Registration
from events.registrations.places import settle
from events.series.model import Series

WITH_PERSON = (
    ContactPerson,
    VolunteerPerson,
    Invitation,
    Registration,
    AgendaItem,
    ActionItem,
    AgendaProposal,
    StaffGrant,
    PersonalCalendar,
)
"""What names a person by id; a test compares them with the tables."""


_NEVER = datetime.min.replace(tzinfo=UTC)


async def merge_person(session: AsyncSession, merged: PersonMerged) -> None:
    """Point everything at the entry that stays. Runs again and again without harm; the session sees every row."""
    former = merged.person_id
    # Whoever registers or invites holds the meeting's row when the lock of `note_merged` is wanted: it comes second
    # here, too, or the two would wait for each other. Who registered before it was had is found by looking once more.
    await _lock_meetings(session, former, merged.contacts)
    into = await note_merged(session, former, merged.into_person_id)
    meetings = await _lock_meetings(session, former, merged.contacts)
    for meeting in meetings:
        await _keep_one_registration(session, meeting.id, (former, into))
        await _keep_one_invitation(session, meeting.id, (former, into))
    await _unite_on_lists(session, former, into)
    has_address = select(PersonalCalendar.person_id).where(PersonalCalendar.person_id == into)
    second = delete(PersonalCalendar).where(PersonalCalendar.person_id == former, has_address.exists())
    await session.execute(second.execution_options(synchronize_session=False))
    for table in WITH_PERSON:
        await session.execute(update(table).where(table.person_id == former).values(person_id=into))
    await session.execute(update(Meeting).where(Meeting.planned_by == former).values(planned_by=into))
    await session.execute(update(Series).where(Series.planned_by == former).values(planned_by=into))
    await session.execute(update(CalendarSource).where(CalendarSource.added_by == former).values(added_by=into))
    await session.execute(update(AttendanceMark).where(AttendanceMark.marked_by == former).values(marked_by=into))
    await replace_mark(session, person_mark(former), person_mark(into))
    for contact in merged.contacts:
        await _merge_contact(session, contact)
    for meeting in meetings:
        if meeting.published:
            await settle(session, meeting)
            await tell_counts(session, meeting)


async def _keep_one_registration(session: AsyncSession, meeting_id: UUID, persons: tuple[UUID, UUID]) -> None:
    """Of two that hold: the one with a place, else the one that came first. What was taken back is history."""
    both = Registration.meeting_id == meeting_id, Registration.person_id.in_(persons), Registration.state.in_(ACTIVE)
    held = (await session.scalars(select(Registration).where(*both))).all()
    in_order = sorted(held, key=lambda one: (ACTIVE.index(one.state), one.arrival))
    for one in in_order[1:]:
        await _keep_attendance(session, AttendanceMark.registration_id, one.id, in_order[0].id)
        await session.delete(one)
    await session.flush()


async def _keep_one_invitation(session: AsyncSession, meeting_id: UUID, persons: tuple[UUID, UUID]) -> None:
    """Of two: the one whose answer came last, as its link is the one that the person uses; else the older one."""
    both = select(Invitation).where(Invitation.meeting_id == meeting_id, Invitation.person_id.in_(persons))
    found = (await session.scalars(both.order_by(Invitation.issued_at, Invitation.id))).all()
    in_order = sorted(found, key=lambda one: one.answered_at or _NEVER, reverse=True)
    for one in in_order[1:]:
        await _keep_attendance(session, AttendanceMark.invitation_id, one.id, in_order[0].id)
        await session.delete(one)
    await session.flush()


async def _unite_on_lists(session: AsyncSession, former: UUID, into: UUID) -> None:
    """Where both were volunteers the registry keeps the profile of the entry that stays."""
    query = select(VolunteerPerson.id).where(VolunteerPerson.person_id == into)
    stays = await session.scalar(query.order_by(VolunteerPerson.id).limit(1))
    for gone in await session.scalars(select(VolunteerPerson.id).where(VolunteerPerson.person_id == former)):
        if stays is not None:
            await replace_in(session, MailingList.volunteer_ids, gone, stays)


async def _keep_attendance(
    session: AsyncSession, column: InstrumentedAttribute[UUID | None], goes: UUID, stays: UUID
) -> None:
    """Whoever was there under one entry was there; what is noted of the entry that stays comes first."""
    noted = select(AttendanceMark.id).where(column == stays).exists()
    moved = update(AttendanceMark).where(column == goes, ~noted).values({column.key: stays})
    await session.execute(moved.execution_options(synchronize_session=False))


async def _merge_contact(session: AsyncSession, merged: MergedContact) -> None:
    former, into = merged.contact_id, merged.into_contact_id
    theirs = (await session.scalars(select(Invitation).where(Invitation.contact_id == former))).all()
    for invitation in theirs:
        same = select(Invitation).where(Invitation.contact_id == into, Invitation.meeting_id == invitation.meeting_id)
        other = await session.scalar(same)
        if other is None:
            invitation.contact_id = into
            continue
        # One of the two is left: the one whose answer came last, as its link is the one that the person uses.
        later = invitation.answered_at is not None and (
            other.answered_at is None or invitation.answered_at > other.answered_at
        )
        goes, stays = (other, invitation) if later else (invitation, other)
        await _keep_attendance(session, AttendanceMark.invitation_id, goes.id, stays.id)
        await session.delete(goes)
        await session.flush()
        stays.contact_id = into
    await session.flush()
    await replace_in(session, MailingList.contact_ids, former, into)
    for table in (AgendaItem, ActionItem):
        await session.execute(update(table).where(table.contact_id == former).values(contact_id=into))
    await replace_mark(session, contact_mark(former), contact_mark(into))


async def _lock_meetings(session: AsyncSession, former: UUID, contacts: Sequence[MergedContact]) -> Sequence[Meeting]:
    """Those that the former entry was going to or invited to, in the order in which everybody locks."""
    registered = select(Registration.meeting_id).where(Registration.person_id == former)
    as_contact = Invitation.contact_id.in_([each.contact_id for each in contacts])
    invited = select(Invitation.meeting_id).where(as_contact | (Invitation.person_id == former))
    concerned = Meeting.id.in_(registered) | Meeting.id.in_(invited)
    return (
        await session.scalars(select(Meeting).where(concerned).order_by(Meeting.id).with_for_update(of=Meeting))
    ).all()
