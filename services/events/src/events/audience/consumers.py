"""Follows the registry: what happened there decides who is invited."""

from typing import Any

from shared.contracts.envelope import Event
from shared.contracts.registry import (
    AreaKind,
    ContactAppointed,
    ContactDismissed,
    ContactIdentified,
    FieldOfActivityChanged,
    FieldOfActivityListed,
    FieldOfActivityMerged,
    FieldOfActivityRetired,
    FieldOfActivityState,
    GrantGiven,
    GrantTakenBack,
    LeadMandateEnded,
    LeadMandateGranted,
    NetworkChanged,
    NetworkFounded,
    NetworkState,
    OrganisationChanged,
    OrganisationHidden,
    OrganisationRegistered,
    OrganisationState,
    OrganisationWentStale,
    PersonMerged,
    VillageChanged,
    VillageRegistered,
    VillageState,
    VolunteerChanged,
    VolunteerIdentified,
    VolunteerPaused,
    VolunteerResumed,
    VolunteerSignedUp,
    VolunteerState,
    VolunteerWithdrawn,
)
from shared.messaging.consumer import Consumer
from shared.messaging.projection import upsert_if_newer
from sqlalchemy.ext.asyncio import AsyncSession

from events.audience.model import (
    Contact,
    ContactPerson,
    FieldOfActivity,
    LeadMandate,
    Network,
    Organisation,
    StaffGrant,
    Village,
    Volunteer,
    VolunteerPerson,
)
from events.invitations.following import follow_contact
from events.meetings.access import PLANNERS
from events.merged_persons import merge_person

consumer = Consumer("events.audience")


@consumer.on(NetworkFounded, NetworkChanged)
async def network_changed(session: AsyncSession, event: Event[NetworkState]) -> None:
    """A network and the villages that it covers."""
    network = event.data
    values = {"slug": network.slug, "name": network.name, "village_ids": network.village_ids}
    await upsert_if_newer(session, Network, {"id": network.network_id}, event.sequence, values)


@consumer.on(VillageRegistered, VillageChanged)
async def village_changed(session: AsyncSession, event: Event[VillageState]) -> None:
    """A village in which one can meet."""
    village = event.data
    values = {
        "name": village.name,
        "municipality_id": village.municipality_id,
        "latitude": village.latitude,
        "longitude": village.longitude,
    }
    await upsert_if_newer(session, Village, {"id": village.village_id}, event.sequence, values)


@consumer.on(FieldOfActivityListed, FieldOfActivityChanged, FieldOfActivityRetired, FieldOfActivityMerged)
async def field_of_activity_changed(session: AsyncSession, event: Event[FieldOfActivityState]) -> None:
    """What a field is called, and which one stands for it."""
    field = event.data
    into_slug = field.into_slug if isinstance(field, FieldOfActivityMerged) else None
    values = {"slug": field.slug, "name": field.name, "into_slug": into_slug}
    await upsert_if_newer(session, FieldOfActivity, {"id": field.field_id}, event.sequence, values)


@consumer.on(OrganisationRegistered, OrganisationChanged, OrganisationWentStale)
async def organisation_changed(session: AsyncSession, event: Event[OrganisationState]) -> None:
    """An organisation that can organise a meeting, and whose contacts belong to the networks of its village."""
    values = {"village_id": event.data.village_id, "fields": event.data.fields, "hidden": False}
    await upsert_if_newer(session, Organisation, {"id": event.data.organisation_id}, event.sequence, values)


@consumer.on(OrganisationHidden)
async def organisation_hidden(session: AsyncSession, event: Event[OrganisationHidden]) -> None:
    """It is not chosen any more; meetings that it organised keep its id."""
    values: dict[str, Any] = {"village_id": None, "fields": [], "hidden": True}
    await upsert_if_newer(session, Organisation, {"id": event.data.organisation_id}, event.sequence, values)


@consumer.on(LeadMandateGranted, LeadMandateEnded)
async def lead_mandate_changed(session: AsyncSession, event: Event[LeadMandateGranted | LeadMandateEnded]) -> None:
    """A lead mandate and its days. The sequence is the village's: the end of a mandate is newer than its grant."""
    mandate = event.data
    values = {
        "village_id": mandate.village_id,
        "organisation_id": mandate.organisation_id,
        "starts_on": mandate.starts_on,
        "until": mandate.until,
    }
    await upsert_if_newer(session, LeadMandate, {"id": mandate.mandate_id}, event.sequence, values)


@consumer.on(ContactAppointed, ContactDismissed)
async def contact_changed(session: AsyncSession, event: Event[ContactAppointed | ContactDismissed]) -> None:
    """Somebody speaks for an organisation, or does so no longer."""
    contact = event.data
    function = contact.function if isinstance(contact, ContactAppointed) else ""
    values = {
        "organisation_id": contact.organisation_id,
        "function": function,
        "dismissed": isinstance(contact, ContactDismissed),
    }
    await upsert_if_newer(session, Contact, {"id": contact.contact_id}, event.sequence, values)


@consumer.on(ContactIdentified)
async def contact_identified(session: AsyncSession, event: Event[ContactIdentified]) -> None:
    """Which person stands behind a contact; the name stays in the registry."""
    contact = event.data
    values = {"person_id": contact.person_id}
    if await upsert_if_newer(session, ContactPerson, {"id": contact.contact_id}, event.sequence, values):
        await follow_contact(session, contact.contact_id, contact.person_id)


@consumer.on(VolunteerSignedUp, VolunteerChanged, VolunteerResumed)
async def volunteer_changed(session: AsyncSession, event: Event[VolunteerState]) -> None:
    """Somebody may be asked to help, and where. The registry tells it only of those who agree to be contacted."""
    await _keep_volunteer(session, event.data, event.sequence)


async def _keep_volunteer(session: AsyncSession, volunteer: VolunteerState, sequence: int) -> None:
    ids = {kind: [area.id for area in volunteer.areas if area.kind is kind] for kind in AreaKind}
    values = {
        "active": True,
        "fields": volunteer.fields,
        "village_ids": ids[AreaKind.VILLAGE],
        "municipality_ids": ids[AreaKind.MUNICIPALITY],
        "network_ids": ids[AreaKind.NETWORK],
        "everywhere": bool(ids[AreaKind.DISTRICT]),
        "around": [one.model_dump(mode="json") for one in volunteer.around],
    }
    await upsert_if_newer(session, Volunteer, {"id": volunteer.volunteer_id}, sequence, values)


@consumer.on(VolunteerPaused, VolunteerWithdrawn)
async def volunteer_not_asked(session: AsyncSession, event: Event[VolunteerPaused | VolunteerWithdrawn]) -> None:
    """They take a break or withdrew their consent. The row stays empty: an older event may still come."""
    nothing: dict[str, Any] = {
        "active": False,
        "fields": [],
        "village_ids": [],
        "municipality_ids": [],
        "network_ids": [],
        "everywhere": False,
        "around": [],
    }
    await upsert_if_newer(session, Volunteer, {"id": event.data.volunteer_id}, event.sequence, nothing)


@consumer.on(VolunteerIdentified)
async def volunteer_identified(session: AsyncSession, event: Event[VolunteerIdentified]) -> None:
    """Which person stands behind a volunteer, and what was told before this service listened; the name stays in the
    registry."""
    values = {"person_id": event.data.person_id}
    await upsert_if_newer(session, VolunteerPerson, {"id": event.data.volunteer_id}, event.sequence, values)
    if event.data.state is not None:
        await _keep_volunteer(session, event.data.state, event.sequence)


@consumer.on(PersonMerged)
async def person_merged(session: AsyncSession, event: Event[PersonMerged]) -> None:
    """Somebody was entered twice."""
    await merge_person(session, event.data)


@consumer.on(GrantGiven, GrantTakenBack)
async def grant_changed(session: AsyncSession, event: Event[GrantGiven | GrantTakenBack]) -> None:
    """Somebody plans the meetings of a network or of the district, or does so no longer. Other roles plan none."""
    grant = event.data
    if grant.role in PLANNERS:
        values = {
            "person_id": grant.person_id,
            "network_id": grant.scope_id,
            "starts_on": grant.starts_on,
            "ends_on": grant.ends_on,
            "taken_back": isinstance(grant, GrantTakenBack),
        }
        await upsert_if_newer(session, StaffGrant, {"id": grant.grant_id}, event.sequence, values)
