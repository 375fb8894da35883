"""What comes in and goes out over HTTP about needs, offers and requests."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import MISSING, AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, field_validator
from shared.contracts.registry import Area, Daytime, HelpKind, HelpState
from shared.inputs import Day, Input, Name, Prose

from registry.fields_of_activity.model import FieldOfActivity
from registry.inputs import Slug
from registry.mutual_help.model import RequestState, Side
from registry.people.schemas import PersonAnswer


def _in_order(days: list[int]) -> list[int]:
    return sorted(set(days))


def _once(chosen: list[Daytime]) -> list[Daytime]:
    return [daytime for daytime in Daytime if daytime in chosen]


Fields = Annotated[list[Slug], Field(max_length=50)]
Weekdays = Annotated[list[Annotated[int, Field(ge=1, le=7)]], Field(max_length=7), AfterValidator(_in_order)]
Daytimes = Annotated[list[Daytime], Field(max_length=3), AfterValidator(_once)]
Wanted = Annotated[int, Field(ge=1, le=1000)]
Words = Annotated[Prose, StringConstraints(max_length=1_000)]


class HelpEntryInput(Input):
    """A need or an offer. Without `village_id` it is where the organisation is, without `area` it reaches so far."""

    side: Side
    organisation_id: UUID
    kind: HelpKind
    title: Name
    description: Prose = ""
    village_id: UUID | None = None
    area: Area | None = None
    fields: Fields = []
    starts_on: Day | None = None
    ends_on: Day | None = None
    weekdays: Weekdays = []
    daytimes: Daytimes = []
    wanted: Wanted = 1


class HelpEntryChanges(Input):
    """What is missing stays as it is. `state` ends an entry, or opens one again that was taken."""

    kind: HelpKind | MISSING = MISSING
    title: Name | MISSING = MISSING
    description: Prose | MISSING = MISSING
    village_id: UUID | MISSING = MISSING
    area: Area | MISSING = MISSING
    fields: Fields | MISSING = MISSING
    starts_on: Day | MISSING | None = MISSING
    ends_on: Day | MISSING | None = MISSING
    weekdays: Weekdays | MISSING = MISSING
    daytimes: Daytimes | MISSING = MISSING
    wanted: Wanted | MISSING = MISSING
    state: HelpState | MISSING = MISSING


class HelpEntryAnswer(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    side: Side
    organisation_id: UUID
    village_id: UUID
    kind: HelpKind
    state: HelpState
    title: str
    description: str
    area: Area
    fields: list[str]
    starts_on: date | None
    ends_on: date | None
    weekdays: list[int]
    daytimes: list[Daytime]
    wanted: int

    @field_validator("fields", mode="before")
    @classmethod
    def _slugs(cls, fields: list[FieldOfActivity] | list[str]) -> list[str]:
        return [field if isinstance(field, str) else field.slug for field in fields]


class SuggestionAnswer(BaseModel):
    """Who or what could help, best first, and why. Of a volunteer nothing is told but fields and reasons.

    `reasons` are codes: `same_field`; how near it is, `same_village`, `same_network`, `neighbouring_village` (by air at
    most 10 km, of which somebody said that they come so far), `same_municipality`, `within_radius` (likewise, farther)
    or `whole_district`; `same_weekday` (on `weekdays`) and `same_time` (also at that part of the day), `in_time`.
    `reachable` means that a request can be mailed.
    """

    model_config = ConfigDict(from_attributes=True)

    source: str  # offer or volunteer
    id: UUID
    title: str | None
    organisation_id: UUID | None
    village_id: UUID | None
    fields: list[str]
    reasons: list[str]
    weekdays: list[int]
    reachable: bool
    request: RequestState | None


class SuggestionsAnswer(BaseModel):
    items: list[SuggestionAnswer]


class HelpRequestInput(Input):
    """Ask a volunteer or the organisation behind an offer: exactly one of them. `words` go along with the mail."""

    volunteer_id: UUID | None = None
    offer_id: UUID | None = None
    words: Words = ""


class HelpRequestAnswer(BaseModel):
    """`helper` is told once they have said yes."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    need_id: UUID
    offer_id: UUID | None
    state: RequestState
    words: str
    thanks: str
    created_at: datetime
    expires_at: datetime
    answered_at: datetime | None
    done_at: datetime | None
    helper: PersonAnswer | None = None


class HelpRequestsAnswer(BaseModel):
    items: list[HelpRequestAnswer]


class RequestToAnswer(BaseModel):
    """What the holder of a link is asked."""

    organisation: str
    organisation_id: UUID
    title: str
    description: str
    kind: HelpKind
    village: str
    starts_on: date | None
    ends_on: date | None
    weekdays: list[int]
    daytimes: list[Daytime]
    words: str
    offer: str | None  # the title of the offer that is meant, None for a volunteer
    expires_at: datetime


class AnswerInput(Input):
    """The token of the link that was mailed, and yes or no."""

    token: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    accept: bool


class ThanksInput(Input):
    """The help was given. `thanks` is mailed to the helper, unless it is empty."""

    thanks: Words = ""


class GapAnswer(BaseModel):
    """Open needs of one village in one field (None: without a field), and how many of them nothing could meet."""

    model_config = ConfigDict(from_attributes=True)

    village_id: UUID
    field: str | None
    needs: int
    without_supply: int


class GapsAnswer(BaseModel):
    items: list[GapAnswer]
