"""Bodies of requests and answers about meetings."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field, PlainSerializer
from shared.contracts.events import Attendance, MeetingKind, Visibility
from shared.dates import in_berlin
from shared.inputs import Input, Line, Name, Prose, WebAddress

from events.meetings.model import Meeting, MeetingStatus
from events.meetings.wall_clock import PlannedTime
from events.registrations.counts import Counts

LocalTime = Annotated[datetime, PlainSerializer(lambda moment: in_berlin(moment).isoformat(), return_type=str)]
"""Answer of a time: with the UTC offset that holds in Europe/Berlin then, such as 2024-09-11T13:30:00+02:00."""


class AgendaItemInput(Input):
    title: Name
    minutes: Annotated[int, Field(ge=1, le=24 * 60)] | None = None


class MeetingInput(Input):
    """What the planner of a meeting decides. A village, a place, an online address, or several of them."""

    kind: MeetingKind = MeetingKind.NETWORK_MEETING
    title: Name
    description: Prose = ""
    village_id: UUID | None = None
    place: Line = Field("", description="Empty: the village's name, or `Online`")
    online_link: WebAddress | None = Field(None, description="Only for those who are invited or registered")
    organisation_ids: Annotated[list[UUID], Field(max_length=30)] = Field(
        default=[], description="Who organises it together with the network"
    )
    capacity: Annotated[int, Field(ge=1, le=100_000)] | None = Field(None, description="People; null: no limit")
    registration_from: PlannedTime | None = Field(None, description="null: from the publication")
    registration_until: PlannedTime | None = Field(None, description="null: until the meeting is over")
    visibility: Visibility = Visibility.PUBLIC
    starts_at: PlannedTime
    ends_at: PlannedTime
    agenda: Annotated[list[AgendaItemInput], Field(max_length=50)] = []


class NewMeeting(MeetingInput):
    network: Name = Field(description="Slug of the network")
    audience_of: UUID | None = Field(
        None, description="A meeting of the network whose audience this one has, too; else the lead associations"
    )


class MeetingChange(MeetingInput):
    agenda: Annotated[list[AgendaItemInput], Field(max_length=50)] | None = Field(  # type: ignore[assignment]
        None, description="Without it the agenda stays as it is. Items are known by their titles."
    )
    revision: Annotated[int, Field(ge=1, le=2**31 - 1)] | None = Field(
        None, description="What the planner saw; refused if somebody changed the meeting since. Without it, overwrite."
    )
    tell: bool = Field(
        False, description="Tell those concerned although time, place and online address stay: otherwise it is silent"
    )


class Cancellation(Input):
    reason: Annotated[Prose, Field(max_length=1000)] = Field("", description="Everybody who is told reads it")
    revision: Annotated[int, Field(ge=1, le=2**31 - 1)] | None = None


class KnownFacts(BaseModel):
    """What people know of a meeting and are told of when it changes."""

    title: str
    place: str
    starts_at: LocalTime
    ends_at: LocalTime
    online_link: str | None


class ChangePreview(BaseModel):
    """What a change would do. `people` are told of it if `tells`."""

    rescheduled: bool
    relocated: bool
    tells: bool
    people: int
    before: KnownFacts
    after: KnownFacts


class ConcernedView(BaseModel):
    """How many people would be told of a cancellation."""

    people: int


class AgendaItemView(BaseModel):
    position: int
    title: str
    minutes: int | None


class CountsView(BaseModel):
    """How many were invited, how many of these accepted or declined, and how many come in all."""

    invited: int
    accepted: int
    declined: int
    registered: int


class MeetingView(BaseModel):
    """A meeting. Send its `revision` along with a change."""

    id: UUID
    network: str
    kind: MeetingKind
    status: MeetingStatus
    title: str
    description: str
    village_id: UUID | None
    place: str
    attendance: Attendance
    online_link: str | None  # only for planners and those who come
    organisation_ids: list[UUID]
    capacity: int | None
    registration_from: LocalTime | None
    registration_until: LocalTime | None
    visibility: Visibility
    cancel_reason: str
    starts_at: LocalTime
    ends_at: LocalTime
    agenda: list[AgendaItemView]
    calendar_uid: str
    calendar_sequence: int
    revision: int
    series_id: UUID | None
    course_id: UUID | None = Field(description="The first of the dates for which one registers at once")
    taken_over_from: str | None = Field(description="Whose calendar it comes from; nobody is invited to it")
    counts: CountsView

    @classmethod
    def of(cls, meeting: Meeting, counts: Counts, *, may_join: bool) -> "MeetingView":
        """`may_join`: the reader plans it or comes, and gets the address of the online meeting."""
        return cls(
            id=meeting.id,
            network=meeting.network,
            kind=meeting.kind,
            status=meeting.status,
            title=meeting.title,
            description=meeting.description,
            village_id=meeting.village_id,
            place=meeting.place,
            attendance=meeting.attendance,
            online_link=meeting.online_link if may_join else None,
            organisation_ids=meeting.organisation_ids,
            capacity=meeting.capacity,
            registration_from=meeting.registration_from,
            registration_until=meeting.registration_until,
            visibility=meeting.visibility,
            cancel_reason=meeting.cancel_reason,
            starts_at=meeting.starts_at,
            ends_at=meeting.ends_at,
            agenda=[AgendaItemView(position=i.position, title=i.title, minutes=i.minutes) for i in meeting.agenda],
            calendar_uid=meeting.calendar_uid,
            calendar_sequence=meeting.calendar_sequence,
            revision=meeting.revision,
            series_id=meeting.series_id,
            course_id=meeting.course_id,
            taken_over_from=meeting.taken_over_from,
            counts=CountsView.model_validate(counts, from_attributes=True),
        )


class CourseDateView(BaseModel):
    """One of the dates for which one registers at once. `online_link` is for those who come."""

    meeting_id: UUID
    status: MeetingStatus
    place: str
    starts_at: LocalTime
    ends_at: LocalTime
    online_link: str | None

    @classmethod
    def all_of(cls, meeting: Meeting, *, may_join: bool) -> list["CourseDateView"]:
        """The dates of its course, in order of time; none where it is a meeting alone."""
        dates = meeting.course if meeting.course_id else ()
        return [
            cls(
                meeting_id=one.id,
                status=one.status,
                place=one.place,
                starts_at=one.starts_at,
                ends_at=one.ends_at,
                online_link=one.online_link if may_join else None,
            )
            for one in dates
        ]


class MeetingPage(BaseModel):
    """Meetings in order of time. `next` is the cursor of the page after this one, None on the last."""

    items: list[MeetingView]
    next: str | None
