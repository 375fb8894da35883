"""Makes the mail with the link that confirms a sign-up. Somebody waits for it, so its queue is its own."""

from shared.contracts.envelope import Event
from shared.contracts.registry import SignUpReceived
from shared.messaging.consumer import Consumer
from sqlalchemy.ext.asyncio import AsyncSession

from notifications.notices.consumers import add
from notifications.notices.kinds import NoticeKind
from notifications.notices.model import AT_ONCE, with_content
from notifications.sign_ups.model import SignUpLink

consumer = Consumer("notifications.sign-ups")


@consumer.on(SignUpReceived)
async def sign_up_received(session: AsyncSession, event: Event[SignUpReceived]) -> None:
    """The person, or the guardian of somebody under 16, gets the link."""
    received = event.data
    row = with_content(
        NoticeKind.SIGN_UP_CONFIRMATION,
        SignUpLink(name=received.name, child=received.child, token=received.token),
        cause=event.subject,
        sequence=event.sequence,
        expires_at=received.expires_at,
        priority=AT_ONCE,
    )
    await add(session, row | {"address": received.email})
