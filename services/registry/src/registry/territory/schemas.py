"""What comes in and goes out over HTTP about the territory."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import MISSING, BaseModel, ConfigDict, Field
from shared.inputs import Input, Line, Name, Prose

from registry.inputs import Ags, DistrictAgs, Latitude, Longitude, Slug

VillageIds = Annotated[list[UUID], Field(max_length=500)]
Goals = Annotated[list[Annotated[Prose, Field(min_length=1)]], Field(max_length=50)]


class DistrictInput(Input):
    """The Landkreis. Its AGS has 5 digits."""

    ags: DistrictAgs
    name: Name


class DistrictChanges(Input):
    name: Name | MISSING = MISSING


class DistrictAnswer(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    ags: str
    name: str


class DistrictsAnswer(BaseModel):
    """One district, or none before it is registered."""

    items: list[DistrictAnswer]


class MunicipalityInput(Input):
    """A Gemeinde. Its AGS has 8 digits, the first 5 are the district's."""

    ags: Ags
    name: Name


class MunicipalityChanges(Input):
    name: Name | MISSING = MISSING


class MunicipalityAnswer(BaseModel):
    """`successor_id` stands for a municipality that is dissolved since `dissolved_on`."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    ags: str
    slug: str
    name: str
    former_slugs: list[str]
    begins_on: date | None
    dissolved_on: date | None
    successor_id: UUID | None


class VillageInput(Input):
    """An Ortsteil of a municipality. The coordinates of its middle are known both or not at all."""

    municipality_id: UUID
    name: Name
    latitude: Latitude | None = None
    longitude: Longitude | None = None


class VillageChanges(Input):
    name: Name | MISSING = MISSING
    latitude: Latitude | MISSING | None = MISSING
    longitude: Longitude | MISSING | None = MISSING


class VillageAnswer(BaseModel):
    """`network` is the slug of the network that covers the village."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    municipality_id: UUID
    slug: str
    name: str
    network_id: UUID | None
    network: str | None = Field(validation_alias="network_slug")
    latitude: float | None
    longitude: float | None
    former_slugs: list[str]


class NetworkInput(Input):
    """A network, the villages it covers, and its goals in their order."""

    name: Name
    slug: Annotated[Slug, Field(max_length=60)] | None = None  # made from the name unless given
    programme: Line = ""
    description: Prose = ""
    goals: Goals = []
    village_ids: VillageIds = []


class NetworkChanges(Input):
    """Only a district officer changes which villages are covered."""

    name: Name | MISSING = MISSING
    programme: Line | MISSING = MISSING
    description: Prose | MISSING = MISSING
    goals: Goals | MISSING = MISSING
    village_ids: VillageIds | MISSING = MISSING


class GoalAnswer(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    number: int
    text: str


class NetworkAnswer(BaseModel):
    id: UUID
    slug: str
    name: str
    programme: str
    description: str
    goals: list[GoalAnswer]
    village_ids: list[UUID]


class VillageOnDay(BaseModel):
    """A village, and the network that covered it on the day: id and slug."""

    id: UUID
    slug: str
    name: str
    latitude: float | None
    longitude: float | None
    network_id: UUID | None
    network: str | None


class MunicipalityOnDay(BaseModel):
    id: UUID
    ags: str
    slug: str
    name: str
    begins_on: date | None
    dissolved_on: date | None
    successor_id: UUID | None
    villages: list[VillageOnDay]


class TerritoryAnswer(BaseModel):
    """The district (None before it is registered) with what belonged to what on the day `on`."""

    on: date
    district: DistrictAnswer | None
    municipalities: list[MunicipalityOnDay]
