"""Issuing and answering invitations."""

import secrets
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import structlog
from shared import audit
from shared.access.tenancy import beyond_scopes
from shared.contracts.envelope import EventData
from shared.contracts.events import (
    Answer,
    InvitationAnswered,
    InvitationIssued,
    InvitationTried,
    PersonAnswered,
    PersonInvited,
)
from shared.database import transaction
from shared.messaging import outbox
from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from events.invitations import queries, reaching
from events.invitations.groups import AudienceGroup
from events.invitations.model import Invitation, hash_token
from events.invitations.reaching import Addressee
from events.meetings.model import Meeting, MeetingStatus, NotPublished
from events.meetings.queries import with_course
from events.registrations.counts import Counts, tell_counts
from events.registrations.places import require_place, settle
from events.registrations.telling import course_of

log = structlog.get_logger()


async def invite(session: AsyncSession, meeting: Meeting) -> Counts:
    """Invite everybody whom the meeting addresses now, by all of its groups, and tell how many there are.

    Raises `NotPublished` and what `Meeting.require_registration` raises, but for a registration that begins later.
    """
    if meeting.status is MeetingStatus.DRAFT:
        raise NotPublished
    meeting.require_inviting(datetime.now(UTC))
    await release_and_issue(session, meeting)
    return await tell_counts(session, meeting)


async def release_and_issue(session: AsyncSession, meeting: Meeting) -> None:
    """From now on everybody who belongs to one of the groups is invited. The caller has locked the meeting.

    To a course one is invited once, by the groups of its first date.
    """
    if meeting.list_id != meeting.id:
        return
    planned = AudienceGroup.meeting_id == meeting.id, AudienceGroup.released_at.is_(None)
    await session.flush()
    await session.execute(update(AudienceGroup).where(*planned).values(released_at=func.now()))
    await issue_missing(session, meeting, late=False)


async def issue_missing(session: AsyncSession, meeting: Meeting, *, late: bool) -> int:
    """Invite everybody of the released groups who is not invited yet; returns how many. The meeting is locked.

    Thousands of people are one question, one write of invitations and one of events.
    """
    await session.flush()
    await with_course(session, meeting)
    async with beyond_scopes(session):  # planners invite people whom they need not see: volunteers, contacts elsewhere
        missing = await reaching.missing(session, meeting.id, datetime.now(UTC))
        if not missing:
            return 0
        tokens = {uuid4(): (secrets.token_urlsafe(32), who) for who in missing}
        rows = [_row(meeting, invitation_id, token, who, late) for invitation_id, (token, who) in tokens.items()]
        written = insert(Invitation).on_conflict_do_nothing().returning(Invitation.id)
        issued = (await session.scalars(written, rows)).all()  # without whom an erasure has just made nobody
        facts = [(one, _issued(meeting, one, *tokens[one])) for one in issued]
        await outbox.record_all(session, [outbox.Told(data, one, 1, meeting.network) for one, data in facts])
    return len(issued)


def _row(meeting: Meeting, invitation_id: UUID, token: str, who: Addressee, late: bool) -> dict[str, Any]:
    return {
        "id": invitation_id,
        "version": 1,
        "meeting_id": meeting.id,
        "network": meeting.network,
        **who._asdict(),
        "late": late,
        "token_hash": hash_token(token),
        "issued_at": datetime.now(UTC),
    }


def _issued(meeting: Meeting, invitation_id: UUID, token: str, who: Addressee) -> EventData:
    facts: dict[str, Any] = {
        "reply_token": token,
        "meeting": meeting.facts(),
        "online_link": meeting.online_link,
        "course": course_of(meeting, may_join=True),
    }
    if who.contact_id is None or who.organisation_id is None:
        return PersonInvited(invitation_id=invitation_id, person_id=who.person_id, **facts)
    return InvitationIssued(
        invitation_id=invitation_id, contact_id=who.contact_id, organisation_id=who.organisation_id, **facts
    )


async def issue_late(sessions: async_sessionmaker[AsyncSession]) -> None:
    """Invite those who came to belong to the audience after it was invited: a mandate, a contact, a volunteer, a list.

    A timer compares the audience with the invitations, because an event and a publication that run at the same time
    do not see each other.
    """
    async with sessions() as session:
        incomplete = await reaching.incomplete_meetings(session, datetime.now(UTC))
    for meeting_id in incomplete:
        async with transaction(sessions) as session:
            meeting = await session.scalar(select(Meeting).where(Meeting.id == meeting_id).with_for_update(of=Meeting))
            if meeting is not None and meeting.published and await issue_missing(session, meeting, late=True):
                await tell_counts(session, meeting)
                log.info("late_invitations_issued", meeting_id=str(meeting_id), network_id=meeting.network)


async def try_invitation(session: AsyncSession, meeting: Meeting, planner: UUID) -> None:
    """The mail that people get, to the planner alone and marked as a trial. Raises what `require_coming` raises."""
    meeting.require_coming(datetime.now(UTC))
    meeting.require_ours()
    course = course_of(meeting, may_join=True)
    tried = InvitationTried(person_id=planner, meeting=meeting.facts(), online_link=meeting.online_link, course=course)
    outbox.record(session, tried, subject=uuid4(), sequence=1, network=meeting.network)


async def answer_invitation(session: AsyncSession, reply_token: str, answer: Answer) -> tuple[Invitation, Meeting]:
    """Note an answer and tell how many come now; a place that is given back goes to the waiting list.

    Raises `NotFound`, `Cancelled`, `MeetingOver`, `AnsweredAlready`, `MeetingFull`.
    """
    invitation, meeting = await queries.by_token(session, reply_token, lock=True)
    meeting.require_coming(datetime.now(UTC))
    gives_back = invitation.answer is Answer.ACCEPTED
    if answer is Answer.ACCEPTED and not gives_back:
        await require_place(session, meeting, invitation.person_id)
    invitation.give_answer(answer)
    if gives_back:
        await settle(session, meeting)
    data = _answered(invitation, meeting, answer)
    outbox.record(session, data, subject=invitation.id, sequence=invitation.version, network=meeting.network)
    audit.record(
        session,
        "invitation.answered",
        kind="invitation",
        subject=invitation.id,
        persons=persons_of([invitation]),
        scopes=[meeting.network],
    )
    await tell_counts(session, meeting)
    return invitation, meeting


def _answered(invitation: Invitation, meeting: Meeting, answer: Answer) -> EventData:
    facts: dict[str, Any] = {
        "answer": answer,
        "meeting": meeting.facts(),
        "online_link": meeting.online_link,
        "course": course_of(meeting, may_join=True),
    }
    if invitation.contact_id is not None:
        return InvitationAnswered(invitation_id=invitation.id, contact_id=invitation.contact_id, **facts)
    return PersonAnswered(invitation_id=invitation.id, person_id=invitation.person_id, **facts)


def persons_of(invitations: Sequence[Invitation]) -> list[UUID]:
    """Whom they are for, as far as they lead to anybody."""
    return [one.person_id for one in invitations if one.person_id is not None]
