"""Makes notices: each event that somebody must be told of is one notice, however often it arrives."""

from typing import Any

from shared.contracts.envelope import Event
from shared.contracts.events import InvitationAnswered, InvitationIssued, RegistrationReceived
from shared.messaging.consumer import Consumer
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from notifications.notices.kinds import NoticeKind
from notifications.notices.model import Notice, about_meeting

consumer = Consumer("notifications.notices")


@consumer.on(InvitationIssued)
async def invitation_issued(session: AsyncSession, event: Event[InvitationIssued]) -> None:
    """The contact gets the invitation with its reply link."""
    invitation = event.data
    await _add(
        session,
        NoticeKind.MEETING_INVITATION,
        event,
        contact_id=invitation.contact_id,
        organisation_id=invitation.organisation_id,
        reply_token=invitation.reply_token,
    )


@consumer.on(InvitationAnswered)
async def invitation_answered(session: AsyncSession, event: Event[InvitationAnswered]) -> None:
    """The contact gets a confirmation of each answer."""
    given = event.data
    kind = NoticeKind.ANSWER_CONFIRMATION
    await _add(session, kind, event, contact_id=given.contact_id, answer=given.answer)


@consumer.on(RegistrationReceived)
async def registration_received(session: AsyncSession, event: Event[RegistrationReceived]) -> None:
    """The person gets a confirmation of the registration."""
    await _add(session, NoticeKind.REGISTRATION_CONFIRMATION, event, person_id=event.data.person_id)


async def _add(session: AsyncSession, kind: NoticeKind, event: Event[Any], **values: Any) -> None:
    row = about_meeting(kind, event.data.meeting, cause=event.subject, sequence=event.sequence)
    await add(session, row | values)


async def add(session: AsyncSession, row: dict[str, Any]) -> None:
    """Write a new notice, unless its cause has already made one."""
    await session.execute(insert(Notice).values(row).on_conflict_do_nothing())
