"""Makes the mails about requests for help."""

from shared.contracts.envelope import Event
from shared.contracts.registry import HelpRequestTakenBack, HelpRequestTold
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
    message = HelpMessage.model_validate(event.data.model_dump(include=set(HelpMessage.model_fields)))
    await _write(session, event, message)


@consumer.on(HelpRequestTakenBack)
async def help_request_taken_back(session: AsyncSession, event: Event[HelpRequestTakenBack]) -> None:
    """Likewise: the help is not needed any more."""
    told = event.data
    message = HelpMessage(news="taken_back", title=told.title, organisation=told.organisation, village=told.village)
    await _write(session, event, message)


async def _write(
    session: AsyncSession, event: Event[HelpRequestTold] | Event[HelpRequestTakenBack], message: HelpMessage
) -> None:
    told = event.data
    row = with_content(
        NoticeKind.HELP_REQUEST, message, cause=event.subject, sequence=event.sequence, expires_at=told.expires_at
    )
    await add(session, row | {"person_id": told.person_id})
