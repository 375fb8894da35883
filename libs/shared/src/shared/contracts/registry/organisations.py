"""Organisations and the lead associations of villages."""

from datetime import date
from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from shared.contracts.envelope import EventData
from shared.contracts.registry.areas import Area
from shared.contracts.registry.languages import Language
from shared.contracts.registry.purposes import Purpose


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


class PublicBodyKind(StrEnum):
    VILLAGE_COUNCIL = "village_council"
    ADMINISTRATION = "administration"


class NoticeKind(StrEnum):
    """What the tax office writes to a non-profit organisation."""

    EXEMPTION = "exemption"  # Freistellungsbescheid
    ASSESSMENT_ANNEX = "assessment_annex"  # Anlage zum Körperschaftsteuerbescheid
    STATUTES = "statutes"  # Feststellung der satzungsmäßigen Voraussetzungen (§ 60a AO)


class Notice(BaseModel):
    """The newest notice of the tax office. `good_until` is the last day on which receipts for gifts may rest on it."""

    model_config = ConfigDict(frozen=True)
    kind: NoticeKind
    issued_on: date
    good_until: date


class OrganisationState(EventData):
    """`facilities` are what it runs, one a line; `federations` the ids of those that it is a member of.

    `confirmed_on` is the day on which it last said that its entry holds; `stale_since` is set while it is silent.
    """

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
    public_body_kind: PublicBodyKind | None = None
    register_court: str = ""
    register_number: str = ""
    notice: Notice | None = None
    purposes: list[Purpose] = []
    potentials: str = ""
    founded_on: date | None = None
    members: int | None = None  # about
    facilities: list[str] = []
    languages: list[Language] = []
    federations: list[UUID] = []
    confirmed_on: date | None = None
    stale_since: date | None = None


class OrganisationRegistered(OrganisationState):
    """subject: the organisation's id; carries its whole public state."""

    type = "registry.organisation.registered.v1"


class OrganisationChanged(OrganisationState):
    """subject: the organisation's id; carries its whole public state."""

    type = "registry.organisation.changed.v1"


class OrganisationWentStale(OrganisationState):
    """subject: the organisation's id; carries its whole public state. Nobody has confirmed the entry for a year."""

    type = "registry.organisation.went_stale.v1"


class OrganisationHidden(EventData):
    """subject: the organisation's id. It is no longer published."""

    type = "registry.organisation.hidden.v1"
    organisation_id: UUID


class OrganisationMerged(EventData):
    """subject: the organisation's id. Another entry stands for it: whoever kept its id keeps the other one's.

    `slug` is that of its page, empty where it was never public.
    """

    type = "registry.organisation.merged.v1"
    organisation_id: UUID
    into_organisation_id: UUID
    slug: str = ""


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
