"""Municipalities, villages, networks and the fields of activity."""

from uuid import UUID

from pydantic import BaseModel, ConfigDict

from shared.contracts.envelope import EventData


class FieldOfActivityListed(EventData):
    """subject: the field's id."""

    type = "registry.field_of_activity.listed.v1"
    field_id: UUID
    slug: str
    name: str


class MunicipalityState(EventData):
    municipality_id: UUID
    ags: str
    slug: str
    name: str


class MunicipalityRegistered(MunicipalityState):
    """subject: the municipality's id. `ags` has 8 digits, the first five are the district's."""

    type = "registry.municipality.registered.v1"


class MunicipalityChanged(MunicipalityState):
    """subject: the municipality's id; carries its whole public state."""

    type = "registry.municipality.changed.v1"


class VillageState(EventData):
    """`latitude` and `longitude` are degrees in WGS 84 of the middle of the village; both or none are given."""

    village_id: UUID
    municipality_id: UUID
    slug: str
    name: str
    network: str | None = None  # slug of the network that covers the village
    latitude: float | None = None
    longitude: float | None = None


class VillageRegistered(VillageState):
    """subject: the village's id. Events of its lead mandates have the same subject and share its sequence."""

    type = "registry.village.registered.v1"


class VillageChanged(VillageState):
    """subject: the village's id; carries its whole public state. Also told when a network covers or leaves it."""

    type = "registry.village.changed.v1"


class NetworkGoal(BaseModel):
    model_config = ConfigDict(frozen=True)
    number: int
    text: str


class NetworkState(EventData):
    network_id: UUID
    slug: str
    name: str
    programme: str
    description: str
    goals: list[NetworkGoal]
    village_ids: list[UUID]


class NetworkFounded(NetworkState):
    """subject: the network's id; carries its whole public state."""

    type = "registry.network.founded.v1"


class NetworkChanged(NetworkState):
    """subject: the network's id; carries its whole public state."""

    type = "registry.network.changed.v1"
