"""What comes in and goes out over HTTP about people."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import MISSING, BaseModel, ConfigDict, Field, model_validator
from shared.i18n import N_
from shared.inputs import Day, Email, Input, Name
from shared.web.problems import FieldError

from registry.inputs import Phone
from registry.people.model import ContactFunction

PersonName = Annotated[Name, Field(min_length=2, max_length=120)]


class PersonInput(Input):
    """Somebody who can be reached by email or telephone."""

    name: PersonName
    email: Email | None = None
    phone: Phone | None = None


class PersonChanges(Input):
    name: PersonName | MISSING = MISSING
    email: Email | MISSING | None = MISSING
    phone: Phone | MISSING | None = MISSING


class PersonAnswer(BaseModel):
    """`phone` is in the form +4934955…"""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    name: str
    email: str | None
    phone: str | None


class ContactInput(Input):
    """An appointment: either `person_id` of somebody in the caller's scope, or the `person` to enter.

    `ends_on` is the last day of the term; where that is over already, the appointment is entered as history.
    """

    organisation_id: UUID
    function: ContactFunction
    person_id: UUID | None = None
    person: PersonInput | None = None
    starts_on: Day | None = None  # today unless given
    ends_on: Day | None = None

    @model_validator(mode="after")
    def _one_person(self) -> "ContactInput":
        if (self.person_id is None) is (self.person is None):
            raise FieldError("one_person", N_("Please give either a known person or a new one."))
        return self


class ContactChanges(Input):
    """The term of an appointment. With an `ends_on` that is over the appointment has ended on that day."""

    starts_on: Day | MISSING = MISSING
    ends_on: Day | MISSING | None = MISSING


class ContactAnswer(BaseModel):
    """`ends_on` is the planned last day of the term, `until` the real one of an appointment that has ended."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    organisation_id: UUID
    function: ContactFunction
    starts_on: date
    ends_on: date | None
    until: date | None
    person: PersonAnswer
