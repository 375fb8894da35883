"""What comes in and goes out over HTTP about volunteers."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Annotated, Any, TypeVar
from uuid import UUID

from pydantic import MISSING, AfterValidator, BaseModel, ConfigDict, Field, field_validator, model_validator
from shared.contracts.registry import (
    AreaKind,
    AreaWithRadius,
    ConsentPurpose,
    Language,
    LeaveReason,
    PreferredChannel,
    Rhythm,
    Skill,
)
from shared.i18n import N_
from shared.inputs import Day, Email, Input, Line, Name
from shared.web.problems import FieldError

from registry.consents.model import Consent
from registry.consents.schemas import PurposeAgreed, StaffChannel
from registry.fields_of_activity.model import FieldOfActivity
from registry.inputs import Phone, Postcode, Slug
from registry.people.schemas import PersonAnswer, PersonName
from registry.volunteers.availability import FreeTime
from registry.volunteers.model import Standing
from registry.volunteers.radius import MOST_KM

Choice = TypeVar("Choice")


def _with_contact(agreed: list[PurposeAgreed]) -> list[PurposeAgreed]:
    if not any(one.purpose is ConsentPurpose.CONTACT for one in agreed):
        raise FieldError("consent_needed", N_("Without your consent we may not keep what you entered."))
    return agreed


def _once(chosen: list[Choice]) -> list[Choice]:
    return list(dict.fromkeys(chosen))


class AreaInput(AreaWithRadius):
    """`km` only with a village, whose coordinates have to be known."""

    model_config = ConfigDict(extra="forbid")
    km: Annotated[int, Field(ge=1, le=MOST_KM)] | None = None

    @model_validator(mode="after")
    def _around_a_village(self) -> "AreaInput":
        if self.km is not None and self.kind is not AreaKind.VILLAGE:
            raise FieldError("radius_of_village", N_("Kilometres can be counted around a village only."))
        return self


Agreements = Annotated[list[PurposeAgreed], Field(max_length=20), AfterValidator(_with_contact)]
"""What a volunteer agrees to; without being contacted there is no volunteer."""

Fields = Annotated[list[Slug], Field(min_length=1, max_length=50), AfterValidator(_once)]
Areas = Annotated[list[AreaInput], Field(min_length=1, max_length=50)]
Times = Annotated[list[FreeTime], Field(max_length=21)]
Hours = Annotated[int, Field(ge=1, le=200)]
Skills = Annotated[list[Skill], Field(max_length=50), AfterValidator(_once)]
OwnSkills = Annotated[list[Annotated[Name, Field(max_length=60)]], Field(max_length=10), AfterValidator(_once)]
Languages = Annotated[list[Language], Field(max_length=50), AfterValidator(_once)]


class VolunteerDetails(Input):
    """What volunteers may add: when they have time, what they can, and how they are reached.

    Without `times` they are free on any day, without `rhythm` once or regularly, between `available_from` and
    `available_until`. `own_skills` are their own words. `street` to `town` are for letters.
    """

    times: Times = []
    rhythm: Rhythm | None = None
    hours_per_month: Hours | None = None
    available_from: Day | None = None
    available_until: Day | None = None
    skills: Skills = []
    own_skills: OwnSkills = []
    languages: Languages = []
    preferred_channel: PreferredChannel | None = None
    best_time: Line = ""
    street: Name | None = None
    postcode: Postcode | None = None
    town: Name | None = None

    @property
    def address(self) -> tuple[str | None, str | None, str | None]:
        """Street, postcode and town."""
        return self.street, self.postcode, self.town

    @property
    def details(self) -> dict[str, Any]:
        """Those that were given, by name; what somebody said before about the others holds."""
        return {name: getattr(self, name) for name in VolunteerDetails.model_fields if name in self.model_fields_set}


class Offer(VolunteerDetails):
    """Somebody who wants to help. `fields` are slugs."""

    name: PersonName
    email: Email | None = None
    phone: Phone | None = None
    fields: Fields
    areas: Areas
    consents: Agreements


class VolunteerInput(Offer):
    """Somebody who said so to the staff. One of `email` and `phone` is needed.

    `birth_date` and `guardian` only for people under 16: it is their guardian who agreed.
    """

    channel: StaffChannel
    given_on: Day | None = None  # today unless given: the day on the paper
    birth_date: Day | None = None
    guardian: PersonName | None = None


class VolunteerChanges(Input):
    """What is missing stays as it is; None takes it away."""

    fields: Fields | MISSING = MISSING
    areas: Areas | MISSING = MISSING
    times: Times | MISSING = MISSING
    rhythm: Rhythm | MISSING | None = MISSING
    hours_per_month: Hours | MISSING | None = MISSING
    available_from: Day | MISSING | None = MISSING
    available_until: Day | MISSING | None = MISSING
    skills: Skills | MISSING = MISSING
    own_skills: OwnSkills | MISSING = MISSING
    languages: Languages | MISSING = MISSING
    preferred_channel: PreferredChannel | MISSING | None = MISSING
    best_time: Line | MISSING = MISSING
    street: Name | MISSING | None = MISSING
    postcode: Postcode | MISSING | None = MISSING
    town: Name | MISSING | None = MISSING

    @property
    def details(self) -> dict[str, Any]:
        """Those of `VolunteerDetails` that change, by name."""
        return {name: getattr(self, name) for name in VolunteerDetails.model_fields if name in self.model_fields_set}


class Pause(Input):
    """Not to be asked until the end of this day; without it until further notice."""

    until: Day | None = None


class Departure(Input):
    """That somebody stops; it needs no reason."""

    reason: LeaveReason | None = None


class RecordedDeparture(Departure):
    """How the staff knows."""

    channel: StaffChannel


class VolunteerAnswer(BaseModel):
    """`consents` are the purposes that the person agrees to now, so that staff know what they may do.

    `paused_until` is the last day of a pause, None for one without an end.
    """

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    person: PersonAnswer
    fields: list[str]
    areas: list[AreaWithRadius]
    times: list[FreeTime]
    rhythm: Rhythm | None
    hours_per_month: int | None
    available_from: date | None
    available_until: date | None
    skills: list[Skill]
    own_skills: list[str]
    languages: list[Language]
    preferred_channel: PreferredChannel | None
    best_time: str
    street: str | None
    postcode: str | None
    town: str | None
    standing: Standing
    paused_until: date | None
    consents: list[ConsentPurpose]
    version: int
    created_at: datetime

    @field_validator("fields", mode="before")
    @classmethod
    def _slugs(cls, fields: Iterable[FieldOfActivity]) -> list[str]:
        return [field.slug for field in fields]

    @field_validator("consents", mode="before")
    @classmethod
    def _purposes(cls, consents: Iterable[Consent]) -> list[ConsentPurpose]:
        return [consent.purpose for consent in consents]
