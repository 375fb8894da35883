"""Settings of the service `notifications`."""

from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr
from shared.erasure.receipts import PrivateReceiptKey
from shared.erasure.settings import ReceiptSettings

_ADDRESS = r"^([^\s@<>,;:\"]+@[A-Za-z0-9.-]+)?$"


class NotificationsSettings(ReceiptSettings):
    """What the processes of `notifications` need. `smtp_host` is the variable DORFNETZ_SMTP_HOST, and so on."""

    database_url: str = Field(validation_alias="DORFNETZ_NOTIFICATIONS_DATABASE_URL")
    receipt_key: PrivateReceiptKey = Field(default=None, validation_alias="DORFNETZ_NOTIFICATIONS_RECEIPT_KEY")
    owner_database_url: str | None = Field(default=None, validation_alias="DORFNETZ_NOTIFICATIONS_OWNER_DATABASE_URL")

    smtp_host: str = "localhost"
    smtp_port: int = Field(default=587, ge=1, le=65535)
    smtp_user: str | None = None
    smtp_password: SecretStr | None = None
    smtp_tls: Literal["starttls", "tls", "none"] = "starttls"  # starttls: required, not only tried
    smtp_timeout: float = Field(default=20, gt=0)  # seconds for one answer of the mail server
    smtp_connections: int = Field(default=2, ge=1, le=20)  # of one worker process, at the same time

    mail_from: str = Field(default="", pattern=_ADDRESS)  # the address that sends; empty: dorfnetz@<host of public_url>
    mail_from_name: str = "Dorfnetz"
    mail_reply_to: str = Field(
        default="", pattern=_ADDRESS
    )  # an office whose mailbox somebody reads; empty: the address that sends
    mail_reply_to_name: str = ""

    @property
    def sender_address(self) -> str:
        return self.mail_from or f"dorfnetz@{urlsplit(self.public_url).hostname or 'localhost'}"

    @property
    def office_address(self) -> str:
        return self.mail_reply_to or self.sender_address

    @property
    def office_name(self) -> str:
        return self.mail_reply_to_name or self.mail_from_name

    @property
    def mail_domain(self) -> str:
        """The domain in ids of messages and in the greeting of the mail server."""
        return self.sender_address.rpartition("@")[2]
