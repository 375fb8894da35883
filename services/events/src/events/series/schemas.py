"""Bodies of requests and answers about series."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field
from shared.inputs import Day, Input, Line, Prose

from events.clashes.queries import Clash
from events.clashes.schemas import ClashView
from events.meetings.model import Meeting, MeetingStatus
from events.meetings.schemas import LocalTime, MeetingChange
from events.series.model import WEEKS_AHEAD, Series
from events.series.rhythm import MOST_EXCEPTIONS, read_rule

Rule = Annotated[
    Line,
    AfterValidator(read_rule),
    Field(examples=["FREQ=MONTHLY;BYDAY=2WE"], description="RRULE of RFC 5545; UNTIL is the last day"),
]
Days = Annotated[list[Day], Field(max_length=MOST_EXCEPTIONS)]
Weeks = Annotated[int, Field(ge=1, le=52)]


class RhythmInput(Input):
    """When the series comes again, counted from its first date."""

    rule: Rule
    left_out: Days = []
    extra: Days = []


class NewSeries(RhythmInput):
    """The meeting becomes the first date; the others are like it."""

    meeting_id: UUID
    weeks_ahead: Weeks | None = Field(
        WEEKS_AHEAD, description="Each date is published so long before; null: all at once"
    )
    one_registration: bool = Field(False, description="A course: all dates are published at once and belong together")


class DatesWanted(RhythmInput):
    meeting_id: UUID = Field(description="The meeting that the dates are like; the first of them")


class Scope(StrEnum):
    ALL = "all"
    FOLLOWING = "following"


class SeriesChange(Input):
    """Dates that are over, cancelled or were changed by hand stay as they are, the latter unless `overwrite`."""

    scope: Scope = Scope.ALL
    meeting_id: UUID | None = Field(None, description="The date that was changed; with `following` the first of them")
    meeting: MeetingChange | None = Field(None, description="That date as it shall be, on its day; null: as it is")
    rhythm: RhythmInput | None = Field(None, description="null: as it is")
    overwrite: bool = Field(False, description="Also change what was changed by hand")
    tell: bool = Field(False, description="Tell those concerned although time, place and online address stay")
    reason: Annotated[Prose, Field(max_length=1000)] = Field("", description="Of dates that are cancelled by this")
    revision: Annotated[int, Field(ge=1, le=2**31 - 1)] | None = Field(None, description="What the planner saw")


class MeetingToAdd(Input):
    meeting_id: UUID


class Outcome(BaseModel):
    """How many dates a change concerns. `people` are told by mail, each counted once."""

    changed: int = 0
    moved: int = 0  # of the changed ones: to another day
    added: int = 0
    removed: int = 0  # drafts that nobody knows of
    cancelled: int = 0
    kept: int = 0  # changed by hand and passed over
    people: int = 0


class SeriesSummary(BaseModel):
    """A series among others."""

    id: UUID
    network: str
    title: str
    rule: str
    starts_on: date
    published: bool

    @classmethod
    def of(cls, series: Series) -> "SeriesSummary":
        return cls(
            id=series.id,
            network=series.network,
            title=series.template.title,
            rule=series.rule,
            starts_on=series.starts_on,
            published=series.published_at is not None,
        )


class SeriesList(BaseModel):
    items: list[SeriesSummary]


class DateView(BaseModel):
    """One date: a meeting of its own. `own_edits`: changed by hand, changes of all pass it over."""

    meeting_id: UUID
    title: str
    place: str
    status: MeetingStatus
    starts_at: LocalTime
    ends_at: LocalTime
    own_edits: bool

    @classmethod
    def of(cls, meeting: Meeting) -> "DateView":
        return cls(
            meeting_id=meeting.id,
            title=meeting.title,
            place=meeting.place,
            status=meeting.status,
            starts_at=meeting.starts_at,
            ends_at=meeting.ends_at,
            own_edits=meeting.own_edits,
        )


class SeriesView(SeriesSummary):
    """A series with its dates in order. Send its `revision` along with a change."""

    left_out: list[date]
    extra: list[date]
    weeks_ahead: int | None
    one_registration: bool
    follows: UUID | None
    planned_until: date
    revision: int
    dates: list[DateView]

    @classmethod
    def whole(cls, series: Series, dates: list[Meeting]) -> "SeriesView":
        return cls(
            **SeriesSummary.of(series).model_dump(),
            left_out=series.left_out,
            extra=series.extra,
            weeks_ahead=series.weeks_ahead,
            one_registration=series.one_registration,
            follows=series.follows,
            planned_until=series.planned_until,
            revision=series.revision,
            dates=[DateView.of(one) for one in dates],
        )


class ProposedDate(BaseModel):
    """A date of a rhythm and what else is on that day."""

    day: date
    starts_at: LocalTime
    ends_at: LocalTime
    holiday: str | None
    clashes: list[ClashView]

    @classmethod
    def of(cls, day: date, times: tuple[datetime, datetime], holiday: str | None, found: list[Clash]) -> "ProposedDate":
        return cls(
            day=day,
            starts_at=times[0],
            ends_at=times[1],
            holiday=holiday,
            clashes=[ClashView.of(one) for one in found],
        )


class ProposedDates(BaseModel):
    """The next dates; there may be `more`."""

    items: list[ProposedDate]
    more: bool
