"""Makes the mail with login links. A queue of its own: behind ten thousand invitations it would come too late."""

from shared.contracts.envelope import Event
from shared.contracts.registry import LoginLinkRequested
from shared.messaging.consumer import Consumer
from sqlalchemy.ext.asyncio import AsyncSession

from notifications.logins.model import LoginLinks
from notifications.notices.consumers import add
from notifications.notices.kinds import NoticeKind
from notifications.notices.model import AT_ONCE, with_content

consumer = Consumer("notifications.logins")


@consumer.on(LoginLinkRequested)
async def login_link_requested(session: AsyncSession, event: Event[LoginLinkRequested]) -> None:
    """One mail for everybody who shares the mailbox; none where nobody has the address that was typed."""
    asked = event.data
    if asked.email is None:
        return
    row = with_content(
        NoticeKind.LOGIN_LINK,
        LoginLinks(links=asked.links, next=asked.next),
        cause=event.subject,
        sequence=event.sequence,
        expires_at=asked.expires_at,
        priority=AT_ONCE,
    )
    await add(session, row | {"address": asked.email})
