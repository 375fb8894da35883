"""Settings of the service `events`."""

from pydantic import Field
from shared.erasure.receipts import PrivateReceiptKey
from shared.erasure.settings import ReceiptSettings


class EventsSettings(ReceiptSettings):
    """What the processes of `events` need."""

    database_url: str = Field(validation_alias="DORFNETZ_EVENTS_DATABASE_URL")
    receipt_key: PrivateReceiptKey = Field(default=None, validation_alias="DORFNETZ_EVENTS_RECEIPT_KEY")
    owner_database_url: str | None = Field(default=None, validation_alias="DORFNETZ_EVENTS_OWNER_DATABASE_URL")
    holidays_of: str = Field(
        default="ST",
        pattern="^(BB|BE|BW|BY|HB|HE|HH|MV|NI|NW|RP|SH|SL|SN|ST|TH)$",
        validation_alias="DORFNETZ_EVENTS_HOLIDAYS_OF",
        description="The state whose public holidays are shown while planning (ISO 3166-2:DE)",
    )
