"""What comes in and goes out over HTTP about the fields of activity."""

from typing import Annotated
from uuid import UUID

from pydantic import MISSING, BaseModel, Field
from shared.inputs import Input, Name


class FieldInput(Input):
    name: Name


class FieldChanges(Input):
    """Another name, the slug stays; or that it cannot be chosen any more, or can again."""

    name: Name | MISSING = MISSING
    retired: bool | MISSING = MISSING


class Merging(Input):
    """The field that stands for this one from now on."""

    into_id: UUID


class Order(Input):
    """All fields of the list in their new order."""

    field_ids: Annotated[list[UUID], Field(min_length=1, max_length=500)]


class FieldAnswer(BaseModel):
    """`former_slugs` are those of fields that were merged into this one: they stand for it everywhere."""

    id: UUID
    slug: str
    name: str
    position: int
    retired: bool
    former_slugs: list[str]


class FieldsAnswer(BaseModel):
    items: list[FieldAnswer]


class UsesAnswer(BaseModel):
    """How much is linked with a field."""

    field_id: UUID
    organisations: int = 0
    volunteers: int = 0
    help_entries: int = 0


class AllUsesAnswer(BaseModel):
    items: list[UsesAnswer]
