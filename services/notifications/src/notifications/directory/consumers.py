"""Follows the registry: who is reached how, and what organisations and networks are called."""

from shared.contracts.envelope import Event
from shared.contracts.registry import (
    ContactIdentified,
    NetworkChanged,
    NetworkFounded,
    NetworkState,
    OrganisationChanged,
    OrganisationRegistered,
    OrganisationState,
    OrganisationWentStale,
    PersonDescribed,
    PersonMerged,
)
from shared.messaging.consumer import Consumer
from shared.messaging.projection import upsert_if_newer
from sqlalchemy.ext.asyncio import AsyncSession

from notifications.directory.merging import merge_person
from notifications.directory.model import Contact, Network, Organisation, Person

consumer = Consumer("notifications.directory")


@consumer.on(PersonDescribed)
async def person_described(session: AsyncSession, event: Event[PersonDescribed]) -> None:
    """How to reach a person; an older description never replaces a newer one."""
    person = event.data
    values = {"name": person.name, "email": person.email, "language": person.language}
    await upsert_if_newer(session, Person, {"id": person.person_id}, event.sequence, values)


@consumer.on(ContactIdentified)
async def contact_identified(session: AsyncSession, event: Event[ContactIdentified]) -> None:
    """Which person stands behind a contact."""
    contact = event.data
    values = {"person_id": contact.person_id, "organisation_id": contact.organisation_id}
    await upsert_if_newer(session, Contact, {"id": contact.contact_id}, event.sequence, values)


@consumer.on(PersonMerged)
async def person_merged(session: AsyncSession, event: Event[PersonMerged]) -> None:
    """Somebody was entered twice: nothing more goes to the former entry."""
    await merge_person(session, event.data)


@consumer.on(OrganisationRegistered, OrganisationChanged, OrganisationWentStale)
async def organisation_changed(session: AsyncSession, event: Event[OrganisationState]) -> None:
    """The name that an invitation mentions."""
    organisation = event.data
    key = {"id": organisation.organisation_id}
    await upsert_if_newer(session, Organisation, key, event.sequence, {"name": organisation.name})


@consumer.on(NetworkFounded, NetworkChanged)
async def network_changed(session: AsyncSession, event: Event[NetworkState]) -> None:
    """The name of the network that invites."""
    values = {"slug": event.data.slug, "name": event.data.name}
    await upsert_if_newer(session, Network, {"id": event.data.network_id}, event.sequence, values)
