"""Follows the registry: what happened there decides who is invited."""

from shared.contracts.envelope import Event
from shared.contracts.registry import (
    ContactAppointed,
    ContactDismissed,
    ContactIdentified,
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
)
from shared.messaging.consumer import Consumer
from shared.messaging.projection import upsert_if_newer
from sqlalchemy.ext.asyncio import AsyncSession

from events.audience.model import Contact, ContactPerson, LeadMandate, Network, Organisation, Village
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


@consumer.on(OrganisationRegistered, OrganisationChanged, OrganisationWentStale)
async def organisation_changed(session: AsyncSession, event: Event[OrganisationState]) -> None:
    """An organisation that can organise a meeting, and whose contacts belong to the networks of its village."""
    values = {"village_id": event.data.village_id, "hidden": False}
    await upsert_if_newer(session, Organisation, {"id": event.data.organisation_id}, event.sequence, values)


@consumer.on(OrganisationHidden)
async def organisation_hidden(session: AsyncSession, event: Event[OrganisationHidden]) -> None:
    """It is not chosen any more; meetings that it organised keep its id."""
    values = {"village_id": None, "hidden": True}
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
    values = {"person_id": event.data.person_id}
    await upsert_if_newer(session, ContactPerson, {"id": event.data.contact_id}, event.sequence, values)


@consumer.on(PersonMerged)
async def person_merged(session: AsyncSession, event: Event[PersonMerged]) -> None:
    """Somebody was entered twice."""
    await merge_person(session, event.data)
