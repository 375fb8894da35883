"""The timer that sends what is due."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from email.message import EmailMessage

import structlog
from shared.contracts.notifications import NoticeDelivered, NoticeFailed
from shared.database import transaction
from shared.messaging import outbox
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from notifications.delivery import recipients
from notifications.delivery.composing import NoAddress, compose
from notifications.delivery.mail_server import Deferred, MailServer, Refused, ServerAway
from notifications.notices.model import FailureReason, Notice, NoticeStatus
from notifications.settings import NotificationsSettings

log = structlog.get_logger()

MOST_AT_ONCE = 1_000  # mails over one connection before it is renewed

Sessions = async_sessionmaker[AsyncSession]


async def send_due(sessions: Sessions, settings: NotificationsSettings) -> None:
    """Send every notice that is due, over several connections; end when nothing is due or the mail server is away."""
    await _give_up_expired(sessions)
    async with asyncio.TaskGroup() as group:
        for _ in range(settings.smtp_connections):
            group.create_task(_send_over_one_connection(sessions, settings))


async def _send_over_one_connection(sessions: Sessions, settings: NotificationsSettings) -> None:
    async with MailServer(settings) as server:
        for _ in range(MOST_AT_ONCE):
            if not await _send_next(sessions, settings, server):
                return


async def _send_next(sessions: Sessions, settings: NotificationsSettings, server: MailServer) -> bool:
    """One notice, one transaction: the row is locked while its mail is on the way. Returns whether to go on.

    A crash between the server's answer and the commit sends the mail again, with the same Message-ID; nothing but that
    can send it twice, and nothing can lose it.
    """
    async with transaction(sessions) as session:
        claimed = await recipients.claim_next(session, datetime.now(UTC))
        if claimed is None:
            return False
        notice, recipient = claimed
        with structlog.contextvars.bound_contextvars(notice_id=str(notice.id), network_id=notice.network):
            try:
                await _send(notice, lambda: compose(notice, recipient, settings), server, recipient.email or "")
            except ServerAway as away:
                log.warning("mail_server_away", code=away.code)
                notice.wait_for_server()
                _tell(session, notice)
                return False
            _tell(session, notice)
    return True


async def _send(notice: Notice, write: Callable[[], EmailMessage], server: MailServer, address: str) -> None:
    try:
        await server.send(write(), address)
    except NoAddress:
        notice.fail(FailureReason.NO_ADDRESS)
    except Refused:
        notice.fail(FailureReason.REFUSED)
    except Deferred:
        notice.postpone()
    except ServerAway:
        raise
    except Exception:
        log.exception("mail_not_written")  # one notice that cannot be written does not hold up the others
        notice.postpone()
    else:
        notice.deliver()


async def _give_up_expired(sessions: Sessions) -> None:
    now = datetime.now(UTC)
    async with transaction(sessions) as session:
        for notice, known in await recipients.claim_expired(session, now, MOST_AT_ONCE):
            notice.fail(FailureReason.GAVE_UP if known else FailureReason.NO_ADDRESS)
            _tell(session, notice)
        await session.flush()
        await recipients.forget_secrets(session, now)
        await recipients.drop_unwanted(session, now)


def _tell(session: AsyncSession, notice: Notice) -> None:
    """Record how it ended, if it did; no recipient is named.

    Only of public kinds: who asked for a login link and then saw such an event would know that the address is known.
    And only of meetings that everybody may know of.
    """
    reason = (notice.reason or FailureReason.GAVE_UP).value
    if notice.status is NoticeStatus.FAILED:
        log.warning("notice_failed", reason=reason)
    kind = notice.kind.public
    if notice.status is NoticeStatus.PENDING or kind is None or notice.meeting_id is None or not notice.public:
        return
    data: NoticeDelivered | NoticeFailed
    if notice.status is NoticeStatus.SENT:
        data = NoticeDelivered(notice_id=notice.id, kind=kind, meeting_id=notice.meeting_id)
    else:
        data = NoticeFailed(notice_id=notice.id, kind=kind, meeting_id=notice.meeting_id, reason=reason)
    outbox.record(session, data, subject=notice.id, sequence=notice.version, network=notice.network)
