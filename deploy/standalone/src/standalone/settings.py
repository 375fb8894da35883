"""What may be set for the standalone deployment; everything has a default."""

from pathlib import Path

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict
from shared.i18n import N_

from standalone.errors import CannotStart

SERVICES = ("registry", "events", "notifications", "portal")


class StandaloneSettings(BaseSettings):
    """Environment variables. Each database, the broker and the mail server that is named replaces an embedded part."""

    model_config = SettingsConfigDict(env_prefix="DORFNETZ_", populate_by_name=True, extra="ignore")

    port: int = Field(default=8080, ge=0, le=65535, validation_alias="PORT")  # 0: any free one
    host: str = "127.0.0.1"  # only this machine; 0.0.0.0 lets every other one in
    public_url: str | None = None  # as links in mails and calendars name it; http://localhost:PORT by default
    data_dir: Path = Path(".dorfnetz")
    registry_database_url: str | None = None
    events_database_url: str | None = None
    notifications_database_url: str | None = None
    portal_database_url: str | None = None
    registry_owner_database_url: str | None = None  # the role that owns the tables, of a database named above
    events_owner_database_url: str | None = None
    notifications_owner_database_url: str | None = None
    portal_owner_database_url: str | None = None
    amqp_url: str | None = None
    smtp_host: str | None = None

    def database_url(self, service: str) -> str | None:
        """The configured database of a service, None for an embedded one."""
        url: str | None = getattr(self, f"{service}_database_url")
        return url

    def owner_database_url(self, service: str) -> str | None:
        """The configured database of a service as the role that owns its tables."""
        url: str | None = getattr(self, f"{service}_owner_database_url")
        return url


def read_settings() -> StandaloneSettings:
    """Settings from the environment. Raises `CannotStart` naming the variable that is wrong."""
    try:
        return StandaloneSettings()
    except ValidationError as error:
        name = str(error.errors()[0]["loc"][0])
        if name == "PORT":
            raise CannotStart(N_("PORT must be a number from 0 to 65535.")) from error
        raise CannotStart(N_("{variable} cannot be read."), variable=f"DORFNETZ_{name}".upper()) from error
