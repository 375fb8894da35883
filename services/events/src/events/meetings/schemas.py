"""Bodies of requests and answers about meetings."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field, PlainSerializer
from shared.contracts.events import MeetingKind
from shared.dates import in_berlin
from shared.inputs import Input, Line, Name, Prose

from events.meetings.model import Meeting, MeetingStatus
from events.meetings.wall_clock import PlannedTime
from events.registrations.counts import Counts

LocalTime = Annotated[datetime, PlainSerializer(lambda moment: in_berlin(moment).isoformat(), return_type=str)]
"""Answer of a time: with the UTC offset that holds in Europe/Berlin then, such as 2024-09-11T13:30:00+02:00."""


class AgendaItemInput(Input):
    title: Name
    minutes: Annotated[int, Field(ge=1, le=24 * 60)] | None = None


class MeetingInput(Input):
    """What the planner of a meeting decides. A village, a place or both."""

    kind: MeetingKind = MeetingKind.NETWORK_MEETING
    title: Name
    description: Prose = ""
    village_id: UUID | None = None
    place: Line = Field("", description="Empty: the village's name")
    starts_at: PlannedTime
    ends_at: PlannedTime
    agenda: Annotated[list[AgendaItemInput], Field(max_length=50)] = []


class NewMeeting(MeetingInput):
    network: Name = Field(description="Slug of the network")


class MeetingChange(MeetingInput):
    revision: Annotated[int, Field(ge=1, le=2**31 - 1)] | None = Field(
        None, description="What the planner saw; refused if somebody changed the meeting since. Without it, overwrite."
    )


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
    starts_at: LocalTime
    ends_at: LocalTime
    agenda: list[AgendaItemView]
    calendar_sequence: int
    revision: int
    counts: CountsView

    @classmethod
    def of(cls, meeting: Meeting, counts: Counts) -> "MeetingView":
        return cls(
            id=meeting.id,
            network=meeting.network,
            kind=meeting.kind,
            status=meeting.status,
            title=meeting.title,
            description=meeting.description,
            village_id=meeting.village_id,
            place=meeting.place,
            starts_at=meeting.starts_at,
            ends_at=meeting.ends_at,
            agenda=[AgendaItemView(position=i.position, title=i.title, minutes=i.minutes) for i in meeting.agenda],
            calendar_sequence=meeting.calendar_sequence,
            revision=meeting.revision,
            counts=CountsView.model_validate(counts, from_attributes=True),
        )


class MeetingPage(BaseModel):
    """Meetings in order of time. `next` is the cursor of the page after this one, None on the last."""

    items: list[MeetingView]
    next: str | None
