"""Takes the receipts of all services. One that does not hold becomes a dead letter, where the operator sees it."""

from shared.contracts import events, notifications, portal, registry
from shared.contracts.envelope import Event
from shared.contracts.erasure import ErasureReceipt
from shared.messaging.consumer import Consumer
from sqlalchemy.ext.asyncio import AsyncSession

from registry.erasures.handlers import take_receipt


def create_consumer(keys: str | None) -> Consumer:
    """`keys` is the JWK set of the services' public keys; without it every receipt is refused."""
    consumer = Consumer("registry.receipts")

    @consumer.on(
        registry.ErasureConfirmed, events.ErasureConfirmed, notifications.ErasureConfirmed, portal.ErasureConfirmed
    )
    async def erasure_confirmed(session: AsyncSession, event: Event[ErasureReceipt]) -> None:
        # The type says which service it must be from; whether it is, the key says that signed the receipt.
        service = event.type.partition(".")[0]
        await take_receipt(session, keys, service, event.data.erasure_id, event.data.receipt)

    return consumer
