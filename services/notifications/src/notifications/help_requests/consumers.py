"""Makes the mails about requests for help."""

from shared.contracts.envelope import Event
from shared.contracts.registry import HelpRequestTold
from shared.messaging.consumer import Consumer
from sqlalchemy.ext.asyncio import AsyncSession

from notifications.help_requests.model import HelpMessage
from notifications.notices.consumers import add
from notifications.notices.kinds import NoticeKind
from notifications.notices.model import with_content

consumer = Consumer("notifications.help-requests")


@consumer.on(HelpRequestTold)
async def help_request_told(session: AsyncSession, event: Event[HelpRequestTold]) -> None:
    """The person gets the mail; the directory knows the address."""
    told = event.data
    message = HelpMessage.model_validate(told.model_dump(include=set(HelpMessage.model_fields)))
    row = with_content(
        NoticeKind.HELP_REQUEST, message, cause=event.subject, sequence=event.sequence, expires_at=told.expires_at
    )
    await add(session, row | {"person_id": told.person_id})
