"""Settings of the portal."""

from pydantic import Field
from shared.erasure.receipts import PrivateReceiptKey
from shared.erasure.settings import ReceiptSettings


class PortalSettings(ReceiptSettings):
    """What the portal's processes need. Texts that name the operator are shown as they are written here."""

    database_url: str = Field(validation_alias="DORFNETZ_PORTAL_DATABASE_URL")
    receipt_key: PrivateReceiptKey = Field(default=None, validation_alias="DORFNETZ_PORTAL_RECEIPT_KEY")
    owner_database_url: str | None = Field(default=None, validation_alias="DORFNETZ_PORTAL_OWNER_DATABASE_URL")
    events_url: str = "http://events:8000"
    notifications_url: str = "http://notifications:8000"
    service_timeout: float = Field(default=10, gt=0)  # seconds to wait for another service's answer

    site_name: str = "Dorfnetz"
    district_name: str = "Landkreis Anhalt-Bitterfeld"
    login_url: str = "/anmelden"  # where "log in" leads to
    notice: str | None = None  # one line at the top of every page, such as a hint that this is a demo
    notice_link: tuple[str, str] | None = None  # address and text of a link behind it
    enforcement_body: str = "Landesbeauftragter für Menschen mit Behinderungen Sachsen-Anhalt"

    # The office's OpenID Connect provider, for staff; without all three there is no "service account" to log in with.
    oidc_issuer: str = ""
    oidc_client_id: str = ""
    oidc_client_secret: str = ""

    session_idle_minutes: int = Field(default=60, ge=1)
    session_hours: int = Field(default=12, ge=1)
    visible_within: float = Field(default=3, ge=0)  # seconds a page waits until it can show what was just changed
