"""Settings of the service `events`."""

from typing import Annotated, Any

from pydantic import BeforeValidator, Field
from pydantic_settings import NoDecode
from shared.erasure.receipts import PrivateReceiptKey
from shared.erasure.settings import ReceiptSettings
from shared.outside import Network, networks


def _networks(written: Any) -> Any:
    return networks(written) if isinstance(written, str) else written


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
    calendars_from: Annotated[tuple[Network, ...], NoDecode, BeforeValidator(_networks)] = Field(
        default=(),
        validation_alias="DORFNETZ_EVENTS_CALENDARS_FROM",
        description="Addresses and networks besides the internet from which calendars may be taken over: an intranet",
    )
