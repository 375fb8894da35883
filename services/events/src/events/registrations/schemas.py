"""Bodies of requests and answers about registrations."""

from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID, uuid4

from pydantic import BaseModel, ConfigDict, Field
from shared.contracts.events import RegistrationState
from shared.inputs import Email, Input, Line, Name, Prose

from events.meetings.schemas import CourseDateView, LocalTime, MeetingView
from events.registrations.model import Registration

LinkToken = Annotated[str, Field(min_length=1, max_length=100, description="From the link in a mail")]


class Question(Input):
    """Without `choices` one answers in one's own words."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID | None = Field(None, description="null for a new one")
    title: Name
    choices: Annotated[list[Name], Field(max_length=20)] = []
    required: bool = False

    def numbered(self) -> "Question":
        return self if self.id else self.model_copy(update={"id": uuid4()})


class FormInput(Input):
    questions: Annotated[list[Question], Field(max_length=10)] = []
    confirm_hours: Annotated[int, Field(ge=1, le=14 * 24)] = Field(
        24, description="How long a place from the waiting list is kept; shorter when the meeting is near"
    )
    version: Annotated[int, Field(ge=0, le=2**31 - 1)] = Field(0, description="What the planner saw; 0: none yet")


class FormView(BaseModel):
    questions: list[Question]
    confirm_hours: int
    version: int


class Coming(Input):
    """How many come, and what they say to the planner's questions, by id."""

    people: Annotated[int, Field(ge=1, le=50)] = 1
    answers: Annotated[dict[UUID, Line], Field(max_length=10)] = {}
    needs: Annotated[Prose, Field(max_length=1000)] = Field(
        "", description="What somebody needs to be able to take part; deleted when the meeting is over"
    )


class GuestInput(Coming):
    name: Name
    email: Email


class StaffInput(Coming):
    """Somebody on the telephone. With an email address they get the same mails as everybody."""

    name: Name
    email: Email | None = None
    phone: Line = ""


class LinkInput(Input):
    token: LinkToken


class Received(BaseModel):
    """The same for everybody: nobody learns from it who is registered already."""

    status: Literal["received"] = "received"


class RegistrationView(BaseModel):
    """One's own registration. `ahead` are the people who stand before one on the waiting list.

    Of a course, `meeting_id` is its first date, whichever of them one registered for.
    """

    id: UUID
    meeting_id: UUID
    registered_at: datetime
    state: RegistrationState
    people: int
    offered_until: LocalTime | None
    ahead: int

    @classmethod
    def of(cls, registration: Registration, ahead: int) -> Self:
        """`ahead` counts only while it waits."""
        return cls(
            id=registration.id,
            meeting_id=registration.meeting_id,
            registered_at=registration.registered_at,
            state=registration.state,
            people=registration.people,
            offered_until=registration.offered_until,
            ahead=ahead if registration.state is RegistrationState.WAITING else 0,
        )


class LinkedRegistration(RegistrationView):
    """What the holder of a link sees. `course` are the dates for which one registers at once, if there are several."""

    name: str | None
    meeting: MeetingView
    course: list[CourseDateView]


class EntryView(BaseModel):
    """What the planners see. Of a person with an account there is the id: the registry knows the name."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    person_id: UUID | None
    name: str | None
    email: str | None
    phone: str | None
    people: int
    answers: dict[UUID, str]
    needs: str
    state: RegistrationState
    offered_until: LocalTime | None
    by_staff: bool
    registered_at: LocalTime
    changed_at: LocalTime


class EntryList(BaseModel):
    """In order of arrival. `next` begins the page after this one, None on the last. `people` counts by state."""

    items: list[EntryView]
    next: int | None
    people: dict[RegistrationState, int]
