"""What comes in and goes out over HTTP about which network covers which village."""

from datetime import date
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from shared.inputs import Day, Input


class CoverageInput(Input):
    """A village joins a network on `starts_on`, which may lie in the past or the future; `until` is its last day."""

    network_id: UUID
    village_id: UUID
    starts_on: Day
    until: Day | None = None


class CoverageEnd(Input):
    """The last day, None for no end. The day before the first one takes the joining back altogether."""

    until: Day | None


class CoverageAnswer(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    network_id: UUID
    village_id: UUID
    starts_on: date
    until: date | None
