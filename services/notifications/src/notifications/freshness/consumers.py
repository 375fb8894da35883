"""Makes the mails that ask whether an entry still holds."""

from shared.contracts.envelope import Event
from shared.contracts.registry import ConfirmationRequested
from shared.messaging.consumer import Consumer
from sqlalchemy.ext.asyncio import AsyncSession

from notifications.freshness.model import EntryQuestion
from notifications.notices.consumers import add
from notifications.notices.kinds import NoticeKind
from notifications.notices.model import NEWS, with_content

consumer = Consumer("notifications.freshness")


@consumer.on(ConfirmationRequested)
async def confirmation_requested(session: AsyncSession, event: Event[ConfirmationRequested]) -> None:
    """The contact gets the link. Nobody waits for it: on the day after a great import there are thousands of them."""
    asked = event.data
    row = with_content(
        NoticeKind.ENTRY_CONFIRMATION,
        EntryQuestion.model_validate(asked.model_dump(include=set(EntryQuestion.model_fields))),
        cause=event.subject,
        sequence=event.sequence,
        expires_at=asked.expires_at,
        priority=NEWS,
        network=event.networkid,
    )
    await add(session, row | {"person_id": asked.person_id, "organisation_id": asked.organisation_id})
