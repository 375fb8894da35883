"""Appointing and dismissing the contact persons of networks."""

from uuid import UUID, uuid4

from shared import audit
from shared.access.grants import Access
from shared.contracts.registry import NetworkContactAppointed, NetworkContactDismissed
from shared.errors import NotFound
from shared.messaging.outbox import record
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from registry.clock import today
from registry.consents import handlers as consents
from registry.network_contacts import queries
from registry.network_contacts.model import HELD_ONCE, HasFunctionAlready, NetworkContact
from registry.network_contacts.schemas import NetworkContactEnd, NetworkContactInput
from registry.people import queries as people
from registry.people.handlers import person_for_staff
from registry.people.model import Person, UnknownPerson
from registry.territory import queries as territory


async def appoint(session: AsyncSession, access: Access, entered: NetworkContactInput) -> NetworkContact:
    """Somebody gets a function of a network. Raises `UnknownNetwork`, `HasFunctionAlready` and `UnknownPerson`."""
    network = await territory.network_named(session, entered.network_id)
    access.check(network=network.id)
    person = await _person(session, access, entered)
    contact = NetworkContact(
        id=uuid4(),
        network_id=network.id,
        network=network,
        person_id=person.id,
        person=person,
        function=entered.function,
        starts_on=entered.starts_on or today(),
        until=entered.until,
    )
    contact.check()
    session.add(contact)
    await _flush(session)
    appointed = NetworkContactAppointed(network_contact_id=contact.id, network_id=network.id, function=contact.function)
    record(session, appointed, subject=contact.id, sequence=contact.version, network=network.slug)
    _audit(session, "network_contact.appointed", contact)
    await _tell_consents(session, person.id)
    return contact


async def end(session: AsyncSession, access: Access, contact_id: UUID, end: NetworkContactEnd) -> NetworkContact:
    """Set the last day of a function. Raises `FunctionEndsBeforeItBegins` and `HasFunctionAlready`."""
    contact = await queries.contact_for_update(session, access, contact_id)
    if contact.until == end.until:
        return contact
    contact.until = end.until
    contact.check()
    contact.touch()
    await _flush(session)
    dismissed = NetworkContactDismissed(network_contact_id=contact.id, network_id=contact.network_id)
    record(session, dismissed, subject=contact.id, sequence=contact.version, network=contact.network.slug)
    _audit(session, "network_contact.dismissed", contact)
    await _tell_consents(session, contact.person_id)
    return contact


async def _person(session: AsyncSession, access: Access, entered: NetworkContactInput) -> Person:
    if entered.person is not None:
        return await person_for_staff(session, access, entered.person)
    assert entered.person_id is not None  # noqa: S101 - the schema wants one of the two
    try:
        return await people.person(session, access, entered.person_id)
    except NotFound:
        raise UnknownPerson from None


async def _flush(session: AsyncSession) -> None:
    try:
        await session.flush()
    except IntegrityError as error:
        if HELD_ONCE in str(error.orig):
            raise HasFunctionAlready from None
        raise


async def _tell_consents(session: AsyncSession, person_id: UUID) -> None:
    """Where somebody belongs and what their profile shows follow from their functions."""
    await consents.tell_changed_reach(session, person_id)
    await consents.tell_changed_profile(session, person_id)


def _audit(session: AsyncSession, action: str, contact: NetworkContact) -> None:
    scopes = [contact.network_id]
    audit.record(
        session, action, kind="network_contact", subject=contact.id, persons=[contact.person_id], scopes=scopes
    )
