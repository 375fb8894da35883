"""What goes out over HTTP about search results."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints


class SearchKind(StrEnum):
    ORGANISATION = "organisation"
    NEED = "need"
    OFFER = "offer"
    VILLAGE = "village"
    MUNICIPALITY = "municipality"
    NETWORK = "network"
    VOLUNTEER = "volunteer"


class TextPart(BaseModel):
    """A piece of plain text; `match` where it is what was looked for."""

    model_config = ConfigDict(from_attributes=True)

    text: str
    match: bool


class SearchHit(BaseModel):
    """One entry. `person_id` only of volunteers, whom staff sees. `village` and `municipality` are names.

    `organisation` is the name of the one that has a need or an offer; `paused` is who is not to be asked at the moment.
    """

    model_config = ConfigDict(from_attributes=True)

    kind: SearchKind
    id: UUID
    title: list[TextPart]
    excerpt: list[TextPart]
    slug: str | None
    village: str | None
    municipality: str | None
    network: str | None = Field(description="Slug of its network")
    organisation: str | None
    person_id: UUID | None
    paused: bool


class FacetValue(BaseModel):
    """One value of a filter: what to send, how it is called, how many of the results it leaves."""

    value: str
    name: str
    count: int


class Facets(BaseModel):
    """Filters, each with its most frequent values among the results."""

    kind: list[FacetValue]
    field: list[FacetValue]
    village: list[FacetValue]
    municipality: list[FacetValue]
    network: list[FacetValue]


class SearchAnswer(BaseModel):
    """A page of results, best first.

    `total` counts at most 500, as does `elsewhere`: what is found without the filters, where these leave nothing.
    `corrected` is the query in another spelling: the one that was searched for, because the words were not known as
    they were typed. With `partial` not all words were found together. Without `terms` nothing was asked: the query has
    only words like "der" and "und".
    """

    items: list[SearchHit]
    total: int
    elsewhere: int
    facets: Facets
    terms: list[str]
    corrected: str | None
    partial: bool
    next: str | None


Query = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
