"""Bodies of requests and answers about mailing lists."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from shared.inputs import Input, Name

Members = Annotated[list[UUID], Field(max_length=2000)]


class ListInput(Input):
    """The whole list: who is missing here is no longer on it."""

    name: Name
    organisation_ids: Members = []
    contact_ids: Members = []
    volunteer_ids: Members = []


class NewList(ListInput):
    network: Name = Field(description="Slug of the network")


class ListChange(ListInput):
    version: Annotated[int, Field(ge=1, le=2**31 - 1)] | None = Field(
        None, description="What the planner saw; refused if somebody changed the list since. Without it, overwrite."
    )


class ListView(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    network: str
    name: str
    organisation_ids: list[UUID]
    contact_ids: list[UUID]
    volunteer_ids: list[UUID]
    version: int
    changed_at: datetime


class ListOfLists(BaseModel):
    """By name."""

    items: list[ListView]
