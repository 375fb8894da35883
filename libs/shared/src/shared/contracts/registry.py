"""Events of the registry: who and what is there."""

from datetime import date
from enum import StrEnum
from typing import Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict

from shared.contracts.envelope import EventData, Exchange
from shared.contracts.erasure import ErasureReceipt


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


class AreaKind(StrEnum):
    VILLAGE = "village"
    MUNICIPALITY = "municipality"
    NETWORK = "network"
    DISTRICT = "district"


class Area(BaseModel):
    """Area of activity (Einsatzgebiet) of a volunteer or company."""

    model_config = ConfigDict(frozen=True)
    kind: AreaKind
    id: UUID


class ConsentPurpose(StrEnum):
    """What a person may agree to, each for itself (Art. 6 Abs. 1 Buchst. a and Art. 7 DSGVO)."""

    CONTACT = "contact"  # coordinators may get in touch about voluntary work
    PUBLICATION = "publication"  # name, function, fields and areas of activity stand on the public pages
    NEWSLETTER = "newsletter"  # mails about new meetings of one's networks
    SHARING = "sharing"  # staff of other municipalities may see the volunteer, too
    PHOTOS = "photos"  # photos of meetings and activities may be published


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
    village_id: UUID
    municipality_id: UUID
    slug: str
    name: str
    network: str | None = None  # slug of the network that covers the village


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


class VolunteerSignedUp(EventData):
    """subject: the volunteer's id, which is not the person's."""

    type = "registry.volunteer.signed_up.v1"
    volunteer_id: UUID
    fields: list[str]
    areas: list[Area]


class VolunteerWithdrawn(EventData):
    """subject: the volunteer's id. They may not be asked any more; a later sign-up of the same id brings them back."""

    type = "registry.volunteer.withdrawn.v1"
    volunteer_id: UUID


class ProfilePublished(EventData):
    """subject: the profile's id. Somebody's name may be shown; `GET /profiles` of the registry tells it.

    Also told when what the profile shows has changed: whoever keeps a copy reads it again.
    """

    type = "registry.profile.published.v1"
    profile_id: UUID


class ProfileWithdrawn(EventData):
    """subject: the profile's id. Whoever keeps a copy of the profile deletes it."""

    type = "registry.profile.withdrawn.v1"
    profile_id: UUID


class ContactAppointed(EventData):
    """subject: the contact's id: the appointment of somebody for an organisation, not the person."""

    type = "registry.contact.appointed.v1"
    contact_id: UUID
    organisation_id: UUID
    function: str


class ContactDismissed(EventData):
    """subject: the contact's id."""

    type = "registry.contact.dismissed.v1"
    contact_id: UUID
    organisation_id: UUID


class PersonDescribed(EventData):
    """subject: the person's id. How to reach a person; for notifications alone."""

    type = "registry.person.described.v1"
    exchange = Exchange.PRIVATE
    person_id: UUID
    name: str
    email: str | None = None
    language: Literal["de"] = "de"


class ContactIdentified(EventData):
    """subject: the contact's id. Which person stands behind a contact; for notifications, and for events (ids only)."""

    type = "registry.contact.identified.v1"
    exchange = Exchange.PRIVATE
    contact_id: UUID
    person_id: UUID
    organisation_id: UUID


class LoginLink(BaseModel):
    """`code` logs this person in, once and for a short time."""

    model_config = ConfigDict(frozen=True)
    person_id: UUID
    name: str
    code: str


class LoginLinkRequested(EventData):
    """subject: the request's id. A mail to `email` with a link for each person who shares it; for notifications alone.

    `email` is None, and there are no links, where nobody has the address that was typed: the registry does the same
    work then. `next` is the path of the page to go on with. Nothing is sent after `expires_at`.
    """

    type = "registry.login_link.requested.v1"
    exchange = Exchange.PRIVATE
    request_id: UUID
    email: str | None = None
    links: list[LoginLink] = []
    next: str | None = None
    expires_at: AwareDatetime


class ErasureRequested(EventData):
    """subject: the erasure's id. Every service forgets the person behind these ids, which belong to nobody from now on.

    Told again after a backup was restored: whoever has confirmed already does so once more.
    """

    type = "registry.erasure.requested.v1"
    erasure_id: UUID
    person_id: UUID
    contact_ids: list[UUID] = []  # every appointment that the person ever had
    volunteer_id: UUID | None = None


class ErasureConfirmed(ErasureReceipt):
    """subject: the erasure's id. The registry itself has forgotten the person."""

    type = "registry.erasure.confirmed.v1"


class ErasureCompleted(EventData):
    """subject: the erasure's id. Every service has confirmed, and the registry has verified each receipt."""

    type = "registry.erasure.completed.v1"
    erasure_id: UUID


class ConsentGiven(EventData):
    """subject: the consent's id; giving it anew after a withdrawal is a new consent. For notifications alone.

    `networks` are the slugs of the networks that the person belongs to; who helps in the whole district belongs to all
    of them (`everywhere`). `unsubscribe_token` withdraws this consent without login; only newsletters have one.
    """

    type = "registry.consent.given.v1"
    exchange = Exchange.PRIVATE
    consent_id: UUID
    person_id: UUID
    purpose: ConsentPurpose
    networks: list[str] = []
    everywhere: bool = False
    unsubscribe_token: str | None = None


class ConsentWithdrawn(EventData):
    """subject: the consent's id. From now on nothing may be done for this purpose; for notifications alone."""

    type = "registry.consent.withdrawn.v1"
    exchange = Exchange.PRIVATE
    consent_id: UUID
    person_id: UUID
    purpose: ConsentPurpose


class SignUpReceived(EventData):
    """subject: the sign-up's id. Nobody is a volunteer before the link with `token` is confirmed; for notifications.

    The mail goes to the person, or to the guardian of somebody under 16, who is then named in `child`.
    """

    type = "registry.sign_up.received.v1"
    exchange = Exchange.PRIVATE
    sign_up_id: UUID
    name: str
    email: str
    child: str | None = None
    token: str
    expires_at: AwareDatetime


class AddressChangeRequested(EventData):
    """subject: the change's id. Somebody wants another address: a link with `token` to it, and word to the old one."""

    type = "registry.address_change.requested.v1"
    exchange = Exchange.PRIVATE
    change_id: UUID
    person_id: UUID
    name: str
    email: str
    old_email: str | None = None
    token: str
    expires_at: AwareDatetime


class AddressReplaced(EventData):
    """subject: the change's id. An address was taken away without its owner's click: word to it."""

    type = "registry.address.replaced.v1"
    exchange = Exchange.PRIVATE
    change_id: UUID
    person_id: UUID
    name: str
    old_email: str
