"""Organisations and the lead associations of villages."""

from datetime import date
from enum import StrEnum
from uuid import UUID

from shared.contracts.envelope import EventData
from shared.contracts.registry.areas import Area


class OrganisationKind(StrEnum):
    ASSOCIATION = "association"
    COMPANY = "company"
    PUBLIC_BODY = "public_body"
    FEDERATION = "federation"
    INITIATIVE = "initiative"


class SupportKind(StrEnum):
    """How a company supports volunteering."""

    MONEY = "money"
    MATERIAL = "material"
    ROOMS = "rooms"
    VEHICLES = "vehicles"
    TIME = "time"
    EXPERTISE = "expertise"


class OrganisationState(EventData):
    organisation_id: UUID
    kind: OrganisationKind
    slug: str
    name: str
    village_id: UUID
    legal_form: str = ""
    goals: str = ""
    strengths: str = ""
    fields: list[str] = []  # slugs of fields of activity
    areas: list[Area] = []
    support_kinds: list[SupportKind] = []
    founded: int | None = None  # year
    website: str | None = None


class OrganisationRegistered(OrganisationState):
    """subject: the organisation's id; carries its whole public state."""

    type = "registry.organisation.registered.v1"


class OrganisationChanged(OrganisationState):
    """subject: the organisation's id; carries its whole public state."""

    type = "registry.organisation.changed.v1"


class OrganisationHidden(EventData):
    """subject: the organisation's id. It is no longer published."""

    type = "registry.organisation.hidden.v1"
    organisation_id: UUID


class LeadMandateGranted(EventData):
    """subject: the village's id. `until` is the last day of the mandate, None while it is open."""

    type = "registry.lead_mandate.granted.v1"
    mandate_id: UUID
    village_id: UUID
    organisation_id: UUID
    starts_on: date
    until: date | None = None


class LeadMandateEnded(EventData):
    """subject: the village's id. `until` is the last day of the mandate."""

    type = "registry.lead_mandate.ended.v1"
    mandate_id: UUID
    village_id: UUID
    organisation_id: UUID
    starts_on: date
    until: date
