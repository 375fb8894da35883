"""What the confirmations of an erasure have in common; each service publishes its own type."""

from uuid import UUID

from shared.contracts.envelope import EventData


class ErasureReceipt(EventData):
    """`receipt` is a compact JWS signed with the service's own key (`shared.erasure.receipts`); it names no person."""

    erasure_id: UUID
    receipt: str
