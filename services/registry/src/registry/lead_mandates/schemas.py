"""What comes in and goes out over HTTP about lead mandates."""

from datetime import date
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from shared.inputs import Day, Input


class MandateInput(Input):
    """A mandate to grant. `until` is its last day, None while it is open.

    `replaces` names the village's present mandate: it then ends on the day before `starts_on`.
    """

    village_id: UUID
    organisation_id: UUID
    starts_on: Day
    until: Day | None = None
    replaces: UUID | None = None


class MandateEnd(Input):
    """The last day. The day before the first one withdraws the mandate altogether."""

    until: Day


class MandateAnswer(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    village_id: UUID
    organisation_id: UUID
    starts_on: date
    until: date | None
