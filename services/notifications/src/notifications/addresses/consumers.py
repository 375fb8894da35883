"""Makes the mails about a change of address. Somebody waits for the link, so this queue is its own, as for logins."""

from datetime import UTC, datetime, timedelta

from shared.contracts.envelope import Event
from shared.contracts.registry import AddressChangeRequested, AddressReplaced
from shared.messaging.consumer import Consumer
from sqlalchemy.ext.asyncio import AsyncSession

from notifications.addresses.model import NewAddress, OldAddress
from notifications.notices.consumers import add
from notifications.notices.kinds import NoticeKind
from notifications.notices.model import AT_ONCE, with_content

WARNING_LIFETIME = timedelta(days=3)  # the mail server may be away over a weekend; a warning is of use late, too

consumer = Consumer("notifications.addresses")


@consumer.on(AddressChangeRequested)
async def address_change_requested(session: AsyncSession, event: Event[AddressChangeRequested]) -> None:
    """The new address gets the link, the old one a warning."""
    asked = event.data
    row = with_content(
        NoticeKind.ADDRESS_CONFIRMATION,
        NewAddress(person_id=asked.person_id, name=asked.name, token=asked.token),
        cause=event.subject,
        sequence=event.sequence,
        expires_at=asked.expires_at,
        priority=AT_ONCE,
    )
    await add(session, row | {"address": asked.email})
    if asked.old_email is not None:
        warning = OldAddress(person_id=asked.person_id, name=asked.name, asked=True)
        await _warn(session, event, warning, asked.old_email)


@consumer.on(AddressReplaced)
async def address_replaced(session: AsyncSession, event: Event[AddressReplaced]) -> None:
    """The old address gets word."""
    replaced = event.data
    warning = OldAddress(person_id=replaced.person_id, name=replaced.name, asked=False)
    await _warn(session, event, warning, replaced.old_email)


async def _warn(
    session: AsyncSession, event: Event[AddressChangeRequested] | Event[AddressReplaced], said: OldAddress, email: str
) -> None:
    row = with_content(
        NoticeKind.ADDRESS_WARNING,
        said,
        cause=event.subject,
        sequence=event.sequence,
        expires_at=datetime.now(UTC) + WARNING_LIFETIME,
        priority=AT_ONCE,
    )
    await add(session, row | {"address": email})
