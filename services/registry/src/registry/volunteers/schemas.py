"""What comes in and goes out over HTTP about volunteers."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator
from shared.contracts.registry import Area, ConsentPurpose
from shared.i18n import N_
from shared.inputs import Day, Input
from shared.web.problems import FieldError

from registry.consents.model import Consent
from registry.consents.schemas import PurposeAgreed, StaffChannel
from registry.fields_of_activity.model import FieldOfActivity
from registry.inputs import Email, Phone, Slug
from registry.people.schemas import PersonAnswer, PersonName


def _with_contact(agreed: list[PurposeAgreed]) -> list[PurposeAgreed]:
    if not any(one.purpose is ConsentPurpose.CONTACT for one in agreed):
        raise FieldError("consent_needed", N_("Without your consent we may not keep what you entered."))
    return agreed


Agreements = Annotated[list[PurposeAgreed], Field(max_length=20), AfterValidator(_with_contact)]
"""What a volunteer agrees to; without being contacted there is no volunteer."""


class Offer(Input):
    """Somebody who wants to help. `fields` are slugs."""

    name: PersonName
    email: Email | None = None
    phone: Phone | None = None
    fields: Annotated[list[Slug], Field(min_length=1, max_length=50)]
    areas: Annotated[list[Area], Field(min_length=1, max_length=50)]
    consents: Agreements


class VolunteerInput(Offer):
    """Somebody who said so to the staff. One of `email` and `phone` is needed.

    `birth_date` and `guardian` only for people under 16: it is their guardian who agreed.
    """

    channel: StaffChannel
    given_on: Day | None = None  # today unless given: the day on the paper
    birth_date: Day | None = None
    guardian: PersonName | None = None


class VolunteerAnswer(BaseModel):
    """`consents` are the purposes that the person agrees to now, so that staff know what they may do."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    person: PersonAnswer
    fields: list[str]
    areas: list[Area]
    consents: list[ConsentPurpose]
    created_at: datetime

    @field_validator("fields", mode="before")
    @classmethod
    def _slugs(cls, fields: list[FieldOfActivity]) -> list[str]:
        return [field.slug for field in fields]

    @field_validator("consents", mode="before")
    @classmethod
    def _purposes(cls, consents: list[Consent]) -> list[ConsentPurpose]:
        return [consent.purpose for consent in consents]
