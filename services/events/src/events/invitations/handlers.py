"""Issuing and answering invitations."""

from datetime import UTC, datetime

import structlog
from shared import audit
from shared.contracts.events import Answer, InvitationAnswered, InvitationIssued
from shared.database import transaction
from shared.messaging import outbox
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from events.invitations import queries
from events.invitations.model import Invitation
from events.meetings.model import Meeting
from events.meetings.queries import with_course
from events.registrations.counts import tell_counts
from events.registrations.places import require_place, settle
from events.registrations.telling import course_of

log = structlog.get_logger()


async def issue_missing(session: AsyncSession, meeting: Meeting) -> int:
    """Invite everybody of the audience who is not invited yet; returns how many. The caller has locked the meeting."""
    await session.flush()
    await with_course(session, meeting)
    missing = await queries.missing_contacts(session, meeting.id, datetime.now(UTC))
    for contact_id, organisation_id in missing:
        invitation, reply_token = Invitation.issue(meeting.id, meeting.network, contact_id, organisation_id)
        session.add(invitation)
        data = InvitationIssued(
            invitation_id=invitation.id,
            contact_id=contact_id,
            organisation_id=organisation_id,
            reply_token=reply_token,
            meeting=meeting.facts(),
            online_link=meeting.online_link,
            course=course_of(meeting, may_join=True),
        )
        outbox.record(session, data, subject=invitation.id, sequence=invitation.version, network=meeting.network)
    return len(missing)


async def issue_late(sessions: async_sessionmaker[AsyncSession]) -> None:
    """Invite those of whom the registry's events came after the publication: a mandate, a contact, a village.

    A timer compares the audience with the invitations, because an event and a publication that run at the same time
    do not see each other.
    """
    async with sessions() as session:
        incomplete = await queries.incomplete_meetings(session, datetime.now(UTC))
    for meeting_id in incomplete:
        async with transaction(sessions) as session:
            meeting = await session.scalar(select(Meeting).where(Meeting.id == meeting_id).with_for_update(of=Meeting))
            if meeting is not None and await issue_missing(session, meeting):
                await tell_counts(session, meeting)
                log.info("late_invitations_issued", meeting_id=str(meeting_id), network_id=meeting.network)


async def answer_invitation(session: AsyncSession, reply_token: str, answer: Answer) -> tuple[Invitation, Meeting]:
    """Note an answer and tell how many come now; a place that is given back goes to the waiting list.

    Raises `NotFound`, `Cancelled`, `MeetingOver`, `AnsweredAlready`, `MeetingFull`.
    """
    invitation, meeting = await queries.by_token(session, reply_token, lock=True)
    meeting.require_coming(datetime.now(UTC))
    gives_back = invitation.answer is Answer.ACCEPTED
    if answer is Answer.ACCEPTED and not gives_back:
        await require_place(session, meeting)
    invitation.give_answer(answer)
    if gives_back:
        await settle(session, meeting)
    data = InvitationAnswered(
        invitation_id=invitation.id,
        contact_id=invitation.contact_id,
        answer=answer,
        meeting=meeting.facts(),
        online_link=meeting.online_link,
        course=course_of(meeting, may_join=True),
    )
    outbox.record(session, data, subject=invitation.id, sequence=invitation.version, network=meeting.network)
    persons = await queries.persons_behind(session, [invitation.contact_id])
    audit.record(
        session,
        "invitation.answered",
        kind="invitation",
        subject=invitation.id,
        persons=persons,
        scopes=[meeting.network],
    )
    await tell_counts(session, meeting)
    return invitation, meeting
