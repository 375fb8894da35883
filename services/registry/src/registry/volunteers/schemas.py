"""What comes in and goes out over HTTP about volunteers."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, field_validator
from shared.contracts.registry import Area
from shared.i18n import N_
from shared.inputs import Input
from shared.web.problems import FieldError

from registry.fields_of_activity.model import FieldOfActivity
from registry.inputs import Email, Phone, Slug
from registry.people.schemas import PersonAnswer, PersonName
from registry.volunteers.model import ConsentPurpose


def _agreed(value: Any) -> Any:
    if value is not True:  # Literal[True] alone also takes the number 1
        raise FieldError("consent_needed", N_("Without your consent we may not keep what you entered."))
    return value


class ConsentInput(Input):
    """That the person agrees to being contacted, in the words of this version of the text."""

    given: Annotated[Literal[True], BeforeValidator(_agreed)]
    text_version: Annotated[str, StringConstraints(pattern=r"^[0-9]{4}-[0-9]{2}$")]


class VolunteerInput(Input):
    """Somebody who wants to help. One of `email` and `phone` is needed; `fields` are slugs."""

    name: PersonName
    email: Email | None = None
    phone: Phone | None = None
    fields: Annotated[list[Slug], Field(min_length=1, max_length=50)]
    areas: Annotated[list[Area], Field(min_length=1, max_length=50)]
    consent: ConsentInput


class SignUpAnswer(BaseModel):
    """The same for everybody, so that nobody learns from it who is already registered."""

    status: Literal["received"] = "received"


class VolunteerAnswer(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    person: PersonAnswer
    fields: list[str]
    areas: list[Area]
    created_at: datetime

    @field_validator("fields", mode="before")
    @classmethod
    def _slugs(cls, fields: list[FieldOfActivity]) -> list[str]:
        return [field.slug for field in fields]


class ConsentText(BaseModel):
    """The words to be shown before somebody agrees."""

    purpose: ConsentPurpose
    version: str
    text: str


class ConsentTextsAnswer(BaseModel):
    items: list[ConsentText]
