"""Makes the mails about a registration."""

from typing import Any

from shared.contracts.envelope import Event
from shared.contracts.events import RegistrationState, RegistrationTold, RegistrationWithdrawn
from shared.messaging.consumer import Consumer
from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from notifications.notices.consumers import add
from notifications.notices.kinds import NoticeKind
from notifications.notices.model import AT_ONCE, News, Notice, NoticeStatus, about_meeting

consumer = Consumer("notifications.registrations")

KINDS = {
    RegistrationState.UNCONFIRMED: NoticeKind.GUEST_CONFIRMATION,
    RegistrationState.COMING: NoticeKind.REGISTRATION_CONFIRMATION,
    RegistrationState.WAITING: NoticeKind.WAITING_LIST,
    RegistrationState.OFFERED: NoticeKind.PLACE_OFFERED,
    RegistrationState.LAPSED: NoticeKind.PLACE_LAPSED,
    RegistrationState.WITHDRAWN: NoticeKind.REGISTRATION_WITHDRAWN,
}
URGENT = (RegistrationState.UNCONFIRMED, RegistrationState.OFFERED)  # somebody waits for the mail, or a time runs


@consumer.on(RegistrationTold)
async def registration_told(session: AsyncSession, event: Event[RegistrationTold]) -> None:
    """Whoever registered learns what became of it. A mail that still waits and says something older is thrown away."""
    told = event.data
    older = (
        Notice.cause_id == told.registration_id,
        Notice.kind.in_(KINDS.values()),
        Notice.cause_sequence < event.sequence,
        Notice.status == NoticeStatus.PENDING,
    )
    await session.execute(delete(Notice).where(*older))
    news = News(name=told.name or "", people=told.people, until=told.until, course=told.course)
    kind = KINDS[told.state]
    row = about_meeting(kind, told.meeting, cause=event.subject, sequence=event.sequence, course=told.course)
    about: dict[str, Any] = {
        "person_id": told.person_id,
        "address": told.email,
        "reply_token": told.token,
        "online_link": told.online_link,
        "news": news.model_dump(mode="json"),
    }
    if told.until is not None:
        about["expires_at"] = told.until
    if told.state in URGENT:
        about["priority"] = AT_ONCE
    await add(session, row | about)


@consumer.on(RegistrationWithdrawn)
async def registration_withdrawn(session: AsyncSession, event: Event[RegistrationWithdrawn]) -> None:
    """Whoever planned the meeting learns that somebody does not come, or waits no longer."""
    gone, kind = event.data, NoticeKind.WITHDRAWAL_NOTICE
    row = about_meeting(kind, gone.meeting, cause=event.subject, sequence=event.sequence, course=gone.course)
    news = News(people=gone.people, coming=gone.coming, waited=gone.waited, course=gone.course)
    await add(session, row | {"person_id": gone.person_id, "news": news.model_dump(mode="json")})
