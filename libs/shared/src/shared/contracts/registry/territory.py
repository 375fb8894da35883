"""Municipalities and their mergers, villages, networks and who speaks for them, the fields of activity."""

from datetime import date
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from shared.contracts.envelope import EventData


class FieldOfActivityState(EventData):
    """`position` orders the list from 1 on; None: as in the first version of the list. The slug never changes."""

    field_id: UUID
    slug: str
    name: str
    position: int | None = None
    retired: bool = False


class FieldOfActivityListed(FieldOfActivityState):
    """subject: the field's id. It can be chosen from now on."""

    type = "registry.field_of_activity.listed.v1"


class FieldOfActivityChanged(FieldOfActivityState):
    """subject: the field's id; carries its whole public state. It has another name or place, or can be chosen again."""

    type = "registry.field_of_activity.changed.v1"


class FieldOfActivityRetired(FieldOfActivityState):
    """subject: the field's id. It cannot be chosen any more; what is linked with it stays so."""

    type = "registry.field_of_activity.retired.v1"


class FieldOfActivityMerged(FieldOfActivityState):
    """subject: the field's id. From now on `into_slug` stands wherever `slug` stood, in older events, too.

    What is linked with the field is not told anew one by one.
    """

    type = "registry.field_of_activity.merged.v1"
    into_id: UUID
    into_slug: str


class MunicipalityState(EventData):
    """`former_slugs` lead to it in addresses. `dissolved_on` is the first day on which its successor stands for it."""

    municipality_id: UUID
    ags: str
    slug: str
    name: str
    former_slugs: list[str] = []
    begins_on: date | None = None  # of one that came from a merger
    dissolved_on: date | None = None
    successor_id: UUID | None = None


class MunicipalityRegistered(MunicipalityState):
    """subject: the municipality's id. `ags` has 8 digits, the first five are the district's."""

    type = "registry.municipality.registered.v1"


class MunicipalityChanged(MunicipalityState):
    """subject: the municipality's id; carries its whole public state."""

    type = "registry.municipality.changed.v1"


class MunicipalityDissolved(MunicipalityState):
    """subject: the municipality's id. From now on `successor_id` stands wherever it stood, in older events, too.

    Its villages are told anew, what names it as an area of activity is not.
    """

    type = "registry.municipality.dissolved.v1"


class MergerState(EventData):
    """`municipality_ids` merge into a new municipality of this AGS and name on `effective_on`.

    With `into_id` they are incorporated into that one, which has this AGS and keeps it.
    """

    merger_id: UUID
    ags: str
    name: str
    effective_on: date
    municipality_ids: list[UUID]
    into_id: UUID | None = None


class MergerPlanned(MergerState):
    """subject: the merger's id."""

    type = "registry.merger.planned.v1"


class MergerCancelled(MergerState):
    """subject: the merger's id. It does not take place."""

    type = "registry.merger.cancelled.v1"


class MergerCompleted(MergerState):
    """subject: the merger's id. The municipality `successor_id` is there, and has the villages."""

    type = "registry.merger.completed.v1"
    successor_id: UUID


class VillageState(EventData):
    """`latitude` and `longitude` are degrees in WGS 84 of the middle of the village; both or none are given."""

    village_id: UUID
    municipality_id: UUID
    slug: str
    name: str
    network: str | None = None  # slug of the network that covers the village
    latitude: float | None = None
    longitude: float | None = None
    former_slugs: list[str] = []  # lead to it in addresses


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


class NetworkContactAppointed(EventData):
    """subject: the contact's id. Somebody speaks for the network; who it is, the registry tells where they agreed."""

    type = "registry.network_contact.appointed.v1"
    network_contact_id: UUID
    network_id: UUID
    function: str


class NetworkContactDismissed(EventData):
    """subject: the contact's id. They speak for the network no longer."""

    type = "registry.network_contact.dismissed.v1"
    network_contact_id: UUID
    network_id: UUID


class LeadMandateEndAnnounced(EventData):
    """subject: the mandate's id. It ends within 90 days, on `until`, and nobody follows; told once for a mandate."""

    type = "registry.lead_mandate.end_announced.v1"
    mandate_id: UUID
    village_id: UUID
    organisation_id: UUID
    until: date


class VillageLeadLost(EventData):
    """subject: the mandate's id. It ended on `until`, and since then nobody leads the village; told once for it."""

    type = "registry.village_lead.lost.v1"
    mandate_id: UUID
    village_id: UUID
    organisation_id: UUID
    until: date
