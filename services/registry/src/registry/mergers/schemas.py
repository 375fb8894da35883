"""What comes in and goes out over HTTP about mergers."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator
from shared.i18n import N_
from shared.inputs import Day, Input, Name
from shared.web.problems import FieldError

from registry.inputs import Ags


class MergerInput(Input):
    """The municipalities that merge, and the new one: it is there from `effective_on`, a day before or after today.

    With `into_id` in place of `ags` and `name` they are incorporated into that one, which keeps its AGS.
    """

    ags: Ags | None = None
    name: Name | None = None
    into_id: UUID | None = None
    effective_on: Day
    municipality_ids: Annotated[list[UUID], Field(min_length=1, max_length=60)]

    @model_validator(mode="after")
    def _one_successor(self) -> "MergerInput":
        named = [value is not None for value in (self.ags, self.name)]
        if any(named) if self.into_id else not all(named):
            raise FieldError(
                "one_successor", N_("Please name either the municipality that takes in the others or a new one.")
            )
        return self


class MergerAnswer(BaseModel):
    """`municipality_id` is the municipality that has the villages once the merger is completed."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    ags: str
    name: str
    effective_on: date
    municipality_ids: list[UUID] = Field(validation_alias="source_ids")
    into_id: UUID | None
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
    into_id: UUID | None
    municipality_ids: list[UUID]
    villages: list[MovingVillage]
    organisations: int
    grants: int
    api_clients: int
