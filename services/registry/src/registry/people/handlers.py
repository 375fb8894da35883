"""Entering people and appointing contacts."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from shared import audit
from shared.access.grants import Access, Principal, Role, ScopeKind
from shared.access.tenancy import beyond_scopes
from shared.contracts.registry import ContactAppointed, ContactDismissed, ContactIdentified, PersonDescribed
from shared.errors import NotFound
from shared.messaging.outbox import record
from sqlalchemy.ext.asyncio import AsyncSession

from registry.access import queries as access_queries
from registry.access.handlers import record_grant
from registry.access.model import check_may_give
from registry.address_changes.asking import ask_for_address, replaced_by_staff, tell_old_address
from registry.clock import today
from registry.consents import handlers as consents
from registry.database import apply, lock
from registry.organisations import queries as organisations
from registry.organisations.model import Organisation
from registry.people import queries
from registry.people.model import AlreadyAppointed, Contact, KnownElsewhere, Person, PersonExists, UnknownPerson
from registry.people.schemas import ContactInput, PersonChanges, PersonInput
from registry.versions import expect_version


async def register_person(session: AsyncSession, access: Access, entered: PersonInput) -> Person:
    """Enter somebody. Raises `PersonExists` and `Unreachable`."""
    person, is_new = await ensure_person(session, entered, recorded_by=access.principal.id)
    if not is_new:
        raise PersonExists
    return person


async def ensure_person(
    session: AsyncSession, entered: PersonInput, *, recorded_by: UUID | None = None
) -> tuple[Person, bool]:
    """Who is entered under this name and address, else a new entry; and whether it is new. Raises `Unreachable`."""
    await _lock(session, entered.name, entered.email, entered.phone)
    # Somebody may be known elsewhere already; who knows both name and address learns nothing more by that.
    async with beyond_scopes(session, reads_only=True):
        known = await queries.same_person(session, entered.name, entered.email, entered.phone)
    if known is not None:
        return known, False
    person = Person(id=uuid4(), name=entered.name, email=entered.email, phone=entered.phone, recorded_by=recorded_by)
    person.check()
    session.add(person)
    await session.flush()
    _describe(session, person)
    _audit(session, "person.entered", person)
    return person, True


async def person_for_staff(session: AsyncSession, access: Access, entered: PersonInput) -> Person:
    """Like `ensure_person`, for a caller who will see the person from now on. Raises `KnownElsewhere`.

    Name and address stand on many a letterhead. Who knows no more must not get a private telephone number for it.
    """
    person, is_new = await ensure_person(session, entered, recorded_by=access.principal.id)
    if is_new or person.phone in (None, entered.phone):
        return person
    try:
        return await queries.person(session, access, person.id)
    except NotFound:
        raise KnownElsewhere from None


async def change_person(
    session: AsyncSession,
    access: Access,
    person_id: UUID,
    changes: PersonChanges,
    if_match: str | None,
) -> Person:
    """Change how somebody is called or reached.

    Who changes an email address can log in as its owner: so it takes somebody who may give all that the person holds,
    or the person themselves. Then whoever is logged in as that person is so no longer, and the old address is told.
    """
    person = await queries.person(session, access, person_id, lock=True)
    expect_version(person, if_match)
    if person.id == access.principal.id:
        return await _change_oneself(session, person, changes)
    await _check_outranks(session, access, person)
    before = person.email
    await _change(session, person, changes.model_dump())
    if person.email != before:
        await replaced_by_staff(session, person, before)
    return person


async def change_oneself(session: AsyncSession, principal: Principal, changes: PersonChanges) -> Person:
    """Change how one is called or reached oneself; everybody may. Raises `NotFound` for a program.

    A new email address waits until it is confirmed by a link that was mailed there: nobody takes an account over from a
    device that was left open, and nobody locks themselves out by a typing error. Raises `TooManyRequests`.
    """
    return await _change_oneself(session, await queries.person_by_id(session, principal.id), changes)


async def _change_oneself(session: AsyncSession, person: Person, changes: PersonChanges) -> Person:
    values = changes.model_dump()
    before, wanted = person.email, values.get("email")
    if wanted is not None:
        del values["email"]
    await _change(session, person, values)
    if wanted is not None and wanted != before:
        await ask_for_address(session, person, wanted)
    elif before is not None and person.email is None:
        tell_old_address(session, person, before)
    return person


async def take_address(session: AsyncSession, person: Person, email: str) -> None:
    """The person has this address from now on, which they have proven to read. Raises `PersonExists`."""
    await _change(session, person, {"email": email})


async def _change(session: AsyncSession, person: Person, changes: Mapping[str, Any]) -> Person:
    values = {"name": person.name, "email": person.email, "phone": person.phone, **changes}
    await _lock(session, *values.values())
    async with beyond_scopes(session, reads_only=True):  # likewise
        same = await queries.same_person(session, **values)
    if same is not None and same.id != person.id:
        raise PersonExists
    changed = sorted(name for name, value in values.items() if getattr(person, name) != value)
    if apply(person, values):
        _audit(session, "person.changed", person, fields=", ".join(changed))
        person.check()
        person.touch()
        _describe(session, person)
        await consents.tell_changed_profile(session, person.id)
    return person


def _audit(session: AsyncSession, action: str, person: Person, **details: str) -> None:
    audit.record(session, action, kind="person", subject=person.id, persons=[person.id], details=details)


def _audit_contact(session: AsyncSession, action: str, contact: Contact) -> None:
    village = contact.organisation.village
    places = [contact.organisation_id, village.municipality_id, village.network_id]
    scopes = [place for place in places if place is not None]
    audit.record(session, action, kind="contact", subject=contact.id, persons=[contact.person_id], scopes=scopes)


async def _check_outranks(session: AsyncSession, access: Access, person: Person) -> None:
    # A grant that the caller does not see may be the one that they may not give.
    async with beyond_scopes(session, reads_only=True):
        for held in await access_queries.grants_of(session, person.id):
            if held.scope is not ScopeKind.ONESELF:
                check_may_give(access, held.role, **await access_queries.places_of(session, held.scope, held.scope_id))


async def appoint_contact(session: AsyncSession, access: Access, entered: ContactInput) -> Contact:
    """Somebody gets a function of an organisation. Raises `AlreadyAppointed` and `UnknownPerson`."""
    organisation = await organisations.organisation_named(session, entered.organisation_id)
    village = organisation.village
    access.check(network=village.network_id, municipality=village.municipality_id, organisation=organisation.id)
    person = await _person_to_appoint(session, access, entered)
    if await queries.is_appointed(session, organisation.id, person.id, entered.function):
        raise AlreadyAppointed
    contact = Contact(
        id=uuid4(),
        organisation_id=organisation.id,
        organisation=organisation,
        person_id=person.id,
        person=person,
        function=entered.function,
        starts_on=entered.starts_on or today(),
    )
    session.add(contact)
    await session.flush()
    _tell_appointment(session, contact)
    _audit_contact(session, "contact.appointed", contact)
    await _tell_consents(session, person.id)
    return contact


async def dismiss_contact(session: AsyncSession, access: Access, contact_id: UUID) -> None:
    """End an appointment today; a second time changes nothing."""
    contact = await queries.contact_for_update(session, access, contact_id)
    if contact.dismiss(today()):
        dismissed = ContactDismissed(contact_id=contact.id, organisation_id=contact.organisation_id)
        network = contact.organisation.village.network_slug
        record(session, dismissed, subject=contact.id, sequence=contact.version, network=network)
        _audit_contact(session, "contact.dismissed", contact)
        await session.flush()
        await _tell_consents(session, contact.person_id)


async def ensure_district_officer(session: AsyncSession, entered: PersonInput) -> Person:
    """Enter a district officer by an operator's word; repeating it changes nothing."""
    person, _ = await ensure_person(session, entered)
    if not await access_queries.holds(session, person.id, Role.DISTRICT_OFFICER, None):
        await record_grant(session, person.id, Role.DISTRICT_OFFICER)
    return person


async def _person_to_appoint(session: AsyncSession, access: Access, entered: ContactInput) -> Person:
    if entered.person is not None:
        return await person_for_staff(session, access, entered.person)
    assert entered.person_id is not None  # noqa: S101 - the schema wants one of the two
    try:
        return await queries.person(session, access, entered.person_id)
    except NotFound:
        raise UnknownPerson from None


async def _lock(session: AsyncSession, name: str, email: str | None, phone: str | None) -> None:
    await lock(session, "person", f"{name}/{email or phone}")


def _describe(session: AsyncSession, person: Person) -> None:
    described = PersonDescribed(person_id=person.id, name=person.name, email=person.email)
    record(session, described, subject=person.id, sequence=person.version)


async def _tell_consents(session: AsyncSession, person_id: UUID) -> None:
    """Where somebody belongs and what their profile shows follow from the organisations that they speak for."""
    await consents.tell_changed_reach(session, person_id)
    await consents.tell_changed_profile(session, person_id)


def _tell_appointment(session: AsyncSession, contact: Contact) -> None:
    """The public learns that a function is filled, `notifications` alone by whom."""
    organisation: Organisation = contact.organisation
    network = organisation.village.network_slug
    appointed = ContactAppointed(contact_id=contact.id, organisation_id=organisation.id, function=contact.function)
    identified = ContactIdentified(contact_id=contact.id, person_id=contact.person_id, organisation_id=organisation.id)
    record(session, appointed, subject=contact.id, sequence=contact.version, network=network)
    record(session, identified, subject=contact.id, sequence=contact.version, network=network)
