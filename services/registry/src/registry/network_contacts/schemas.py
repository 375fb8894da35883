"""What comes in and goes out over HTTP about the contact persons of networks."""

from datetime import date
from uuid import UUID

from pydantic import BaseModel, ConfigDict, model_validator
from shared.i18n import N_
from shared.inputs import Day, Input
from shared.web.problems import FieldError

from registry.network_contacts.model import NetworkFunction
from registry.people.schemas import PersonAnswer, PersonInput


class NetworkContactInput(Input):
    """An appointment: either `person_id` of somebody in the caller's scope, or the `person` to enter."""

    network_id: UUID
    function: NetworkFunction
    person_id: UUID | None = None
    person: PersonInput | None = None
    starts_on: Day | None = None  # today unless given
    until: Day | None = None

    @model_validator(mode="after")
    def _one_person(self) -> "NetworkContactInput":
        if (self.person_id is None) is (self.person is None):
            raise FieldError("one_person", N_("Please give either a known person or a new one."))
        return self


class NetworkContactEnd(Input):
    """The last day of a function."""

    until: Day


class NetworkContactAnswer(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    network_id: UUID
    function: NetworkFunction
    starts_on: date
    until: date | None
    person: PersonAnswer
