"""What comes in and goes out over HTTP about mergers."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from shared.inputs import Day, Input, Name

from registry.inputs import Ags


class MergerInput(Input):
    """The municipalities that merge, and the new one: it is there from `effective_on`, a day before or after today."""

    ags: Ags
    name: Name
    effective_on: Day
    municipality_ids: Annotated[list[UUID], Field(min_length=1, max_length=60)]


class MergerAnswer(BaseModel):
    """`municipality_id` is the new municipality once the merger is completed."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    ags: str
    name: str
    effective_on: date
    municipality_ids: list[UUID] = Field(validation_alias="source_ids")
    municipality_id: UUID | None
    completed_at: datetime | None
    cancelled_at: datetime | None


class MergersAnswer(BaseModel):
    items: list[MergerAnswer]


class MovingVillage(BaseModel):
    """A village that changes its municipality; `new_name` differs from `name` where several villages have that name."""

    id: UUID
    name: str
    new_name: str
    municipality_id: UUID
    network: str | None


class PreviewAnswer(BaseModel):
    """What a merger is going to do. `at_once` says that its day is not to come."""

    ags: str
    name: str
    effective_on: date
    at_once: bool
    municipality_ids: list[UUID]
    villages: list[MovingVillage]
    organisations: int
    grants: int
    api_clients: int
