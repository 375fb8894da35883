"""Appointing contacts: who has which function of an organisation, from when to when."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from shared import audit
from shared.access.grants import Access
from shared.contracts.registry import ContactAppointed, ContactDismissed, ContactIdentified
from shared.database import transaction
from shared.errors import NotFound
from shared.messaging.outbox import record
from shared.messaging.transport import Sessions
from shared.messaging.worker import Timer
from sqlalchemy.ext.asyncio import AsyncSession

from registry.clock import today
from registry.consents import handlers as consents
from registry.database import apply
from registry.organisations import queries as organisations
from registry.people import queries
from registry.people.handlers import person_for_staff
from registry.people.model import AlreadyAppointed, Contact, FunctionEnded, Person, UnknownPerson
from registry.people.schemas import ContactChanges, ContactInput

HOUR = 3600.0  # seconds


async def appoint_contact(session: AsyncSession, access: Access, entered: ContactInput) -> Contact:
    """Somebody gets a function of an organisation, or had it. Raises `AlreadyAppointed`, `UnknownPerson` and
    `EndsBeforeItBegins`.
    """
    organisation = await organisations.organisation_named(session, entered.organisation_id)
    village = organisation.village
    access.check(network=village.network_id, municipality=village.municipality_id, organisation=organisation.id)
    person = await _person_to_appoint(session, access, entered)
    over = _is_over(entered.ends_on)
    if not over and await queries.is_appointed(session, organisation.id, person.id, entered.function):
        raise AlreadyAppointed
    contact = Contact(
        id=uuid4(),
        organisation_id=organisation.id,
        organisation=organisation,
        person_id=person.id,
        person=person,
        function=entered.function,
        starts_on=entered.starts_on or min(today(), entered.ends_on or today()),
        ends_on=entered.ends_on,
        until=entered.ends_on if over else None,
    )
    contact.check()
    session.add(contact)
    await session.flush()
    _audit(session, "contact.appointed", contact)
    if not over:
        tell_appointment(session, contact)
        await tell_consents(session, person.id)
    return contact


async def change_contact(session: AsyncSession, access: Access, contact_id: UUID, changes: ContactChanges) -> Contact:
    """Say from when to when somebody has the function. Raises `FunctionEnded` and `EndsBeforeItBegins`."""
    contact = await queries.contact_for_update(session, access, contact_id)
    if contact.until is not None:
        raise FunctionEnded
    values: Mapping[str, Any] = changes.model_dump()
    if apply(contact, values):
        contact.check()
        contact.touch()
        _audit(session, "contact.changed", contact)
        await session.flush()
        if _is_over(contact.ends_on):
            await _end(session, contact, contact.ends_on or today())
    return contact


async def dismiss_contact(session: AsyncSession, access: Access, contact_id: UUID) -> None:
    """End an appointment today; a second time changes nothing. It stays as history."""
    contact = await queries.contact_for_update(session, access, contact_id)
    await _end(session, contact, today())


async def end_terms(sessions: Sessions) -> None:
    """End the appointments whose term is over. Each is one transaction, and locked in it: it ends once."""
    wanted = sa.select(Contact).where(Contact.until.is_(None), Contact.ends_on < today()).limit(1)
    while True:
        async with transaction(sessions) as session:
            contact = await session.scalar(wanted.with_for_update(of=Contact, skip_locked=True))
            if contact is None or contact.ends_on is None:
                return
            await _end(session, contact, contact.ends_on)


def timer() -> Timer:
    """Looks every hour whose term is over."""
    return Timer("terms", HOUR, end_terms)


async def _end(session: AsyncSession, contact: Contact, on: date) -> None:
    if not contact.dismiss(on):
        return
    _tell_dismissal(session, contact)
    _audit(session, "contact.dismissed", contact)
    await session.flush()
    await tell_consents(session, contact.person_id)


def _tell_dismissal(session: AsyncSession, contact: Contact) -> None:
    dismissed = ContactDismissed(contact_id=contact.id, organisation_id=contact.organisation_id)
    network = contact.organisation.village.network_slug
    record(session, dismissed, subject=contact.id, sequence=contact.version, network=network)


def _is_over(ends_on: date | None) -> bool:
    return ends_on is not None and ends_on < today()


def _audit(session: AsyncSession, action: str, contact: Contact) -> None:
    village = contact.organisation.village
    places = [contact.organisation_id, village.municipality_id, village.network_id]
    scopes = [place for place in places if place is not None]
    audit.record(session, action, kind="contact", subject=contact.id, persons=[contact.person_id], scopes=scopes)


async def _person_to_appoint(session: AsyncSession, access: Access, entered: ContactInput) -> Person:
    if entered.person is not None:
        return await person_for_staff(session, access, entered.person)
    assert entered.person_id is not None  # noqa: S101 - the schema wants one of the two
    try:
        return await queries.person(session, access, entered.person_id)
    except NotFound:
        raise UnknownPerson from None


async def tell_consents(session: AsyncSession, person_id: UUID) -> None:
    """Where somebody belongs and what their profile shows follow from the organisations that they speak for."""
    await consents.tell_changed_reach(session, person_id)
    await consents.tell_changed_profile(session, person_id)


async def drop_double(session: AsyncSession, contact: Contact) -> None:
    """Take away an appointment that another one says, too; others learn that it is over."""
    contact.touch()
    _tell_dismissal(session, contact)
    await session.delete(contact)
    await session.flush()


def tell_appointment(session: AsyncSession, contact: Contact) -> None:
    """The public learns that a function is filled, `notifications` alone by whom."""
    organisation = contact.organisation
    network = organisation.village.network_slug
    appointed = ContactAppointed(contact_id=contact.id, organisation_id=organisation.id, function=contact.function)
    identified = ContactIdentified(contact_id=contact.id, person_id=contact.person_id, organisation_id=organisation.id)
    record(session, appointed, subject=contact.id, sequence=contact.version, network=network)
    record(session, identified, subject=contact.id, sequence=contact.version, network=network)
