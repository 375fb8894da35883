"""Bodies of answers about calendars."""

from pydantic import BaseModel, Field

from events.meetings.schemas import LocalTime


class OwnCalendar(BaseModel):
    """Whether somebody has a secret address; the secret itself is not kept."""

    made_at: LocalTime | None = Field(description="null: there is none")


class NewAddress(BaseModel):
    """Shown this once. The calendar is at `/feeds/personal/{token}.ics`."""

    token: str
    made_at: LocalTime
