"""What comes in and goes out over HTTP about merging two entries of a person."""

from datetime import date
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field
from shared.inputs import Input

from registry.erasures.schemas import Obstacle

Version = Annotated[int, Field(ge=1, le=2**31 - 1)]


class Side(StrEnum):
    """Which of the two entries something is taken from."""

    INTO = "into"  # the one that stays
    FORMER = "former"  # the one that goes


class PersonMergeInput(Input):
    """`version` and `into_version` are those that the caller has seen. `login` is needed where both have one."""

    into: UUID
    version: Version
    into_version: Version
    name: Side = Side.INTO
    email: Side = Side.INTO
    phone: Side = Side.INTO
    birth_date: Side = Side.INTO
    login: Side | None = None


class SideAnswer(BaseModel):
    """One of the two: what can be chosen, and how much is entered about it."""

    id: UUID
    name: str
    email: str | None
    phone: str | None
    birth_date: date | None
    version: int
    has_login: bool
    counts: dict[str, int]


class PersonMergePreview(BaseModel):
    """`former` goes, `into` stays. While there is an obstacle, the two are not merged."""

    former: SideAnswer
    into: SideAnswer
    obstacles: list[Obstacle]
