"""What comes in and goes out over HTTP about probable duplicates."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field, model_validator
from shared.contracts.registry import OrganisationKind
from shared.inputs import Email, Input, Line, Name, WebAddress

from registry.duplicates.comparing import Reason
from registry.inputs import Phone
from registry.organisations.model import Publication
from registry.people.schemas import PersonName


class OrganisationToCheck(Input):
    """An organisation that somebody is about to enter; what is not known yet is missing."""

    name: Name
    village_id: UUID | None = None
    register_court: Line = ""
    register_number: Line = ""
    website: WebAddress | None = None


class PersonToCheck(Input):
    """Somebody who is about to be entered, with the villages where they want to help or speak for somebody."""

    name: PersonName
    email: Email | None = None
    phone: Phone | None = None
    village_ids: Annotated[list[UUID], Field(max_length=200)] = []


class EntryAnswer(BaseModel):
    """One of two entries. Places are names; of persons `kind` and `publication` are missing."""

    id: UUID
    name: str
    kind: OrganisationKind | None = None
    publication: Publication | None = None
    village: str | None = None
    municipality: str | None = None
    register_number: str | None = None
    website: str | None = None
    email: str | None = None
    phone: str | None = None
    created_at: datetime


class LikelyAnswer(BaseModel):
    """An entry that is likely the same; `score` is at most 100."""

    entry: EntryAnswer
    score: int
    reasons: list[Reason]


class LikelyAnswers(BaseModel):
    """The likeliest first."""

    items: list[LikelyAnswer]


class PairAnswer(BaseModel):
    """Two entries that are likely the same, unless somebody has said that they are `different_at` a moment."""

    left: EntryAnswer
    right: EntryAnswer
    score: int
    reasons: list[Reason]
    different_at: datetime | None
    different_by: UUID | None


class Difference(Input):
    """Two entries that are not the same, in any order."""

    left_id: UUID
    right_id: UUID

    @model_validator(mode="after")
    def _in_order(self) -> "Difference":
        if self.left_id > self.right_id:
            return Difference(left_id=self.right_id, right_id=self.left_id)
        return self


class CountsAnswer(BaseModel):
    """How many pairs wait for somebody to look at them."""

    organisations: int
    persons: int
