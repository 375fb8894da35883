"""The yearly question whether an entry still holds."""

from datetime import date
from uuid import UUID

from pydantic import AwareDatetime

from shared.contracts.envelope import EventData, Exchange


class ConfirmationRequested(EventData):
    """subject: the message's own id. A contact is asked to confirm the entry; for notifications alone.

    `token` opens the entry of `organisation` in `village` once and until `expires_at`. `confirmed_on` is the day of the
    last confirmation, None for the first.
    """

    type = "registry.confirmation.requested.v1"
    exchange = Exchange.PRIVATE
    organisation_id: UUID
    person_id: UUID
    organisation: str
    village: str
    confirmed_on: date | None = None
    reminder: bool = False
    token: str
    expires_at: AwareDatetime
