"""Bodies of requests and answers about minutes."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints
from shared.inputs import Input, Name, Prose

from events.minutes.content import Content
from events.minutes.model import Minutes, MinutesStatus, MinutesVersion

Votes = Annotated[int, Field(ge=0, le=100_000)]
Organisations = Annotated[list[UUID], Field(max_length=500)]
Written = Annotated[Prose, StringConstraints(min_length=1)]


class NoteInput(Input):
    text: Prose
    version: int = Field(ge=0, le=2**31 - 1, description="Of the text that the writer saw, 0 where there was none")


class NoteView(BaseModel):
    agenda_item_id: UUID
    text: str
    version: int
    written_at: datetime


class DecisionInput(Input):
    """Votes are left out where nobody counted."""

    text: Written
    votes_for: Votes | None = None
    votes_against: Votes | None = None
    votes_abstained: Votes | None = None


class AttendanceInput(Input):
    """How many people were there, and of which organisations; who sent an excuse."""

    people: Votes | None = None
    present: Organisations = []
    excused: Organisations = []


class Submission(Input):
    """Which of the items that nobody talked about go to the next meeting; without it, all of them."""

    carry: Annotated[list[UUID], Field(max_length=100)] | None = None


class Approval(Input):
    votes_for: Votes | None = None
    votes_against: Votes | None = None
    votes_abstained: Votes | None = None


class CorrectedNote(Input):
    agenda_item_id: UUID
    text: Prose


class CorrectedDecision(Input):
    decision_id: UUID
    text: Written


class Correction(Input):
    """Other words for approved minutes. The words before are kept as a version."""

    reason: Name
    notes: Annotated[list[CorrectedNote], Field(max_length=100)] = []
    decisions: Annotated[list[CorrectedDecision], Field(max_length=500)] = []


class PublicDecision(Input):
    decision_id: UUID
    text: Written


class PublicActionItem(Input):
    action_item_id: UUID
    title: Name


class PublicItem(Input):
    """What everybody reads under an item. Decisions and action items that are left out are not published."""

    agenda_item_id: UUID
    text: Prose = ""
    decisions: Annotated[list[PublicDecision], Field(max_length=100)] = []
    action_items: Annotated[list[PublicActionItem], Field(max_length=100)] = []


class Publication(Input):
    """The version for everybody, as somebody has looked through it. `checked` says that they have."""

    items: Annotated[list[PublicItem], Field(max_length=100)]
    checked: bool


class VersionView(BaseModel):
    """A version that is kept; the first is the one that was approved."""

    number: int
    reason: str
    made_at: datetime

    @classmethod
    def of(cls, version: MinutesVersion) -> "VersionView":
        return cls.model_validate(version, from_attributes=True)


class KeptVersion(VersionView):
    content: Content


class MinutesView(BaseModel):
    """The minutes of a meeting as its network reads them. `expected_*` is what the invited organisations answered."""

    meeting_id: UUID
    network: str
    status: MinutesStatus
    submitted_at: datetime | None
    approved_at: datetime | None
    approved_in: UUID | None
    published_at: datetime | None
    content: Content
    versions: list[VersionView]
    expected_present: list[UUID]
    expected_excused: list[UUID]


class MinutesLine(BaseModel):
    """A meeting that took place, and how far its minutes are; `status` is None where nobody has begun them."""

    meeting_id: UUID
    title: str
    starts_at: datetime
    status: MinutesStatus | None

    @classmethod
    def of(cls, meeting_id: UUID, title: str, starts_at: datetime, minutes: Minutes | None) -> "MinutesLine":
        return cls(meeting_id=meeting_id, title=title, starts_at=starts_at, status=minutes.status if minutes else None)


class MinutesList(BaseModel):
    items: list[MinutesLine]
