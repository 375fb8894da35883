"""Settings of the service `events`."""

from pydantic import Field
from shared.settings import Settings


class EventsSettings(Settings):
    """What the processes of `events` need."""

    database_url: str = Field(validation_alias="DORFNETZ_EVENTS_DATABASE_URL")
    owner_database_url: str | None = Field(default=None, validation_alias="DORFNETZ_EVENTS_OWNER_DATABASE_URL")
