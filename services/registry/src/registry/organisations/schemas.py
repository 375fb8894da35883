"""What comes in and goes out over HTTP about organisations."""

from datetime import UTC, date, datetime
from typing import Annotated, TypeVar
from uuid import UUID

from pydantic import MISSING, AfterValidator, BaseModel, ConfigDict, Field, field_validator
from shared.contracts.registry import (
    Area,
    Language,
    Notice,
    NoticeKind,
    OrganisationKind,
    PublicBodyKind,
    Purpose,
    SupportKind,
)
from shared.i18n import N_
from shared.inputs import Day, Input, Line, Name, Prose, WebAddress
from shared.web.problems import FieldError

from registry.clock import today
from registry.fields_of_activity.model import FieldOfActivity
from registry.inputs import RegisterCourt, RegisterNumber, Slug
from registry.organisations.model import Publication

Choice = TypeVar("Choice")


def _not_in_future(year: int) -> int:
    if year > datetime.now(UTC).year:
        raise FieldError("future_year", N_("This year is in the future."))
    return year


def _past(day: date) -> date:
    if day > today():
        raise FieldError("future_day", N_("This day is in the future."))
    return day


def _once(chosen: list[Choice]) -> list[Choice]:
    return list(dict.fromkeys(chosen))


Year = Annotated[int, Field(ge=800, le=9999), AfterValidator(_not_in_future)]
PastDay = Annotated[Day, AfterValidator(_past)]
Members = Annotated[int, Field(ge=0, le=10_000_000)]
Fields = Annotated[list[Slug], Field(max_length=50)]
Areas = Annotated[list[Area], Field(max_length=200)]
SupportKinds = Annotated[list[SupportKind], Field(max_length=50), AfterValidator(_once)]
Purposes = Annotated[list[Purpose], Field(max_length=50), AfterValidator(_once)]
Languages = Annotated[list[Language], Field(max_length=50), AfterValidator(_once)]
Facilities = Annotated[list[Name], Field(max_length=30)]
Federations = Annotated[list[UUID], Field(max_length=20)]


class NoticeInput(Input):
    """The newest notice of the tax office, and the day that stands on it."""

    kind: NoticeKind
    issued_on: PastDay


class OrganisationInput(Input):
    """An entry of the directory. `fields` are slugs of fields of activity, `founded` is a year, `members` about.

    Where only `founded_on` is given, `founded` is its year. `facilities` are what the organisation runs, `federations`
    the ids of the federations that it is a member of. `confirmed_on` is the day on which the organisation has said all
    this, where it comes from an older list.
    """

    kind: OrganisationKind
    name: Name
    village_id: UUID
    public_body_kind: PublicBodyKind | None = None
    legal_form: Line = ""
    register_court: RegisterCourt = ""
    register_number: RegisterNumber = ""
    notice: NoticeInput | None = None
    purposes: Purposes = []
    goals: Prose = ""
    strengths: Prose = ""
    potentials: Prose = ""
    fields: Fields = []
    areas: Areas = []
    support_kinds: SupportKinds = []
    founded: Year | None = None
    founded_on: PastDay | None = None
    members: Members | None = None
    facilities: Facilities = []
    languages: Languages = []
    federations: Federations = []
    website: WebAddress | None = None
    publication: Publication = Publication.PUBLISHED
    confirmed_on: PastDay | None = None


class OwnChanges(Input):
    """What an organisation says about itself. What is missing stays as it is."""

    name: Name | MISSING = MISSING
    legal_form: Line | MISSING = MISSING
    register_court: RegisterCourt | MISSING = MISSING
    register_number: RegisterNumber | MISSING = MISSING
    notice: NoticeInput | MISSING | None = MISSING
    purposes: Purposes | MISSING = MISSING
    goals: Prose | MISSING = MISSING
    strengths: Prose | MISSING = MISSING
    potentials: Prose | MISSING = MISSING
    fields: Fields | MISSING = MISSING
    areas: Areas | MISSING = MISSING
    support_kinds: SupportKinds | MISSING = MISSING
    founded: Year | MISSING | None = MISSING
    founded_on: PastDay | MISSING | None = MISSING
    members: Members | MISSING | None = MISSING
    facilities: Facilities | MISSING = MISSING
    languages: Languages | MISSING = MISSING
    federations: Federations | MISSING = MISSING
    website: WebAddress | MISSING | None = MISSING


class OrganisationChanges(OwnChanges):
    """What is missing stays as it is. An association's contact changes neither kind, village nor publication."""

    kind: OrganisationKind | MISSING = MISSING
    public_body_kind: PublicBodyKind | MISSING | None = MISSING
    village_id: UUID | MISSING = MISSING
    publication: Publication | MISSING = MISSING


class OrganisationAnswer(BaseModel):
    """`confirmed_on` is the day on which its own people last said that the entry holds."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    kind: OrganisationKind
    publication: Publication
    slug: str
    name: str
    village_id: UUID
    public_body_kind: PublicBodyKind | None
    legal_form: str
    register_court: str
    register_number: str
    notice: Notice | None
    purposes: list[Purpose]
    goals: str
    strengths: str
    potentials: str
    fields: list[str]
    areas: list[Area]
    support_kinds: list[SupportKind]
    founded: int | None
    founded_on: date | None
    members: int | None
    facilities: list[str]
    languages: list[Language]
    federations: list[UUID]
    website: str | None
    confirmed_on: date | None
    stale_since: date | None

    @field_validator("fields", mode="before")
    @classmethod
    def _slugs(cls, fields: list[FieldOfActivity] | list[str]) -> list[str]:
        return [field if isinstance(field, str) else field.slug for field in fields]
