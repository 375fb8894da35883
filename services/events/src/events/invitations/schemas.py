"""Bodies of requests and answers about invitations."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from shared.contracts.events import Answer
from shared.inputs import Input

from events.meetings.schemas import CourseDateView, MeetingView

ReplyToken = Annotated[str, Field(min_length=1, max_length=100, description="From the link in the invitation's mail")]


class AnswerInput(Input):
    reply_token: ReplyToken
    answer: Answer


class OwnInvitation(BaseModel):
    """What the holder of a reply token sees. `course` are the dates to which one comes at once, if there are more."""

    answer: Answer | None
    answered_at: datetime | None
    can_answer: bool  # no longer when the meeting is over
    meeting: MeetingView
    course: list[CourseDateView]


class InvitationView(BaseModel):
    """What the planners of a meeting see: who was asked, as what, and the answer. The registry knows the names.

    Without `contact_id` somebody was invited for themselves. `late`: they came to belong to the audience afterwards.
    """

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    person_id: UUID | None
    contact_id: UUID | None
    organisation_id: UUID | None
    late: bool
    answer: Answer | None
    issued_at: datetime
    answered_at: datetime | None


class InvitationList(BaseModel):
    """`next` is the `after` of the page after this one, None on the last."""

    items: list[InvitationView]
    next: UUID | None
