"""What comes in and goes out over HTTP about organisations."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from pydantic import MISSING, AfterValidator, BaseModel, ConfigDict, Field, field_validator
from shared.contracts.registry import Area, OrganisationKind, SupportKind
from shared.i18n import N_
from shared.inputs import Input, Line, Name, Prose, WebAddress
from shared.web.problems import FieldError

from registry.fields_of_activity.model import FieldOfActivity
from registry.inputs import Slug
from registry.organisations.model import Publication


def _not_in_future(year: int) -> int:
    if year > datetime.now(UTC).year:
        raise FieldError("future_year", N_("This year is in the future."))
    return year


Year = Annotated[int, Field(ge=800, le=9999), AfterValidator(_not_in_future)]
Fields = Annotated[list[Slug], Field(max_length=50)]
Areas = Annotated[list[Area], Field(max_length=200)]
SupportKinds = Annotated[list[SupportKind], Field(max_length=len(SupportKind))]


class OrganisationInput(Input):
    """An entry of the directory. `fields` are slugs of fields of activity, `founded` is a year."""

    kind: OrganisationKind
    name: Name
    village_id: UUID
    legal_form: Line = ""
    register_court: Line = ""
    register_number: Line = ""
    goals: Prose = ""
    strengths: Prose = ""
    fields: Fields = []
    areas: Areas = []
    support_kinds: SupportKinds = []
    founded: Year | None = None
    website: WebAddress | None = None
    publication: Publication = Publication.PUBLISHED


class OrganisationChanges(Input):
    """What is missing stays as it is. An association's contact changes neither kind, village nor publication."""

    kind: OrganisationKind | MISSING = MISSING
    name: Name | MISSING = MISSING
    village_id: UUID | MISSING = MISSING
    legal_form: Line | MISSING = MISSING
    register_court: Line | MISSING = MISSING
    register_number: Line | MISSING = MISSING
    goals: Prose | MISSING = MISSING
    strengths: Prose | MISSING = MISSING
    fields: Fields | MISSING = MISSING
    areas: Areas | MISSING = MISSING
    support_kinds: SupportKinds | MISSING = MISSING
    founded: Year | MISSING | None = MISSING
    website: WebAddress | MISSING | None = MISSING
    publication: Publication | MISSING = MISSING


class OrganisationAnswer(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    kind: OrganisationKind
    publication: Publication
    slug: str
    name: str
    village_id: UUID
    legal_form: str
    register_court: str
    register_number: str
    goals: str
    strengths: str
    fields: list[str]
    areas: list[Area]
    support_kinds: list[SupportKind]
    founded: int | None
    website: str | None

    @field_validator("fields", mode="before")
    @classmethod
    def _slugs(cls, fields: list[FieldOfActivity]) -> list[str]:
        return [field.slug for field in fields]
