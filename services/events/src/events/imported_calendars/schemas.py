"""Bodies of requests and answers about calendars that are taken over."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, Field
from shared.contracts.events import MeetingKind
from shared.inputs import Input, Name, WebAddress

from events.imported_calendars.model import CalendarSource, Failure
from events.imported_calendars.queries import ShownDate
from events.meetings.model import MeetingStatus
from events.meetings.schemas import LocalTime


def _without_webcal(value: Any) -> Any:
    """`webcal:` is what browsers hand to calendar programs; the server behind it speaks https."""
    if isinstance(value, str) and value.strip().lower().startswith(("webcal://", "webcals://")):
        return "https://" + value.strip().partition("://")[2]
    return value


CalendarAddress = Annotated[WebAddress, BeforeValidator(_without_webcal)]
_ADDRESS = Field(description="Of an iCalendar file; webcal:// is taken as https://")
_KIND = Field(MeetingKind.ACTIVITY, description="Of the meetings that its dates become")


class NewSource(Input):
    network: Name = Field(description="Slug of the network")
    name: Name = Field(description="Whose calendar it is; everybody reads it")
    url: CalendarAddress = _ADDRESS
    kind: MeetingKind = _KIND


class SourceChange(Input):
    name: Name
    url: CalendarAddress = _ADDRESS
    kind: MeetingKind = _KIND
    paused: bool = False
    version: Annotated[int, Field(ge=1, le=2**31 - 1)] = Field(description="What was seen; refused if it changed since")


class SourceView(BaseModel):
    """A calendar that is taken over. `failure` is why the last look at it brought nothing; null: it is fine."""

    id: UUID
    network: str
    name: str
    url: str
    kind: MeetingKind
    paused: bool
    added_at: LocalTime
    checked_at: LocalTime | None
    next_check_at: LocalTime
    failure: Failure | None
    failure_detail: str
    unreadable: int = Field(description="Entries that made no sense and were left out")
    coming: int = Field(description="Dates to come that it has brought")
    version: int

    @classmethod
    def of(cls, source: CalendarSource, coming: int) -> "SourceView":
        names = cls.model_fields.keys() - {"coming"}
        return cls(**{name: getattr(source, name) for name in names}, coming=coming)


class SourceList(BaseModel):
    items: list[SourceView]


class TheirFacts(BaseModel):
    """What the calendar says."""

    title: str
    description: str
    place: str
    starts_at: LocalTime
    ends_at: LocalTime


class DateView(BaseModel):
    """A date to come. `edited` are title, description, place, time: what staff changed and the calendar no longer does.

    `withdrawn`: the calendar called it off.
    """

    meeting_id: UUID
    status: MeetingStatus
    title: str
    place: str
    starts_at: LocalTime
    ends_at: LocalTime
    edited: list[str]
    withdrawn: bool
    theirs: TheirFacts

    @classmethod
    def of(cls, shown: ShownDate) -> "DateView":
        meeting = shown.meeting
        return cls(
            meeting_id=meeting.id,
            status=meeting.status,
            title=meeting.title,
            place=meeting.place,
            starts_at=meeting.starts_at,
            ends_at=meeting.ends_at,
            edited=shown.edited,
            withdrawn=shown.withdrawn,
            theirs=TheirFacts.model_validate(shown.theirs, from_attributes=True),
        )


class DateList(BaseModel):
    items: list[DateView]
