"""Entering people, and changing how they are called and reached."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from shared import audit
from shared.access.grants import Access, Principal, Role, ScopeKind
from shared.access.tenancy import beyond_scopes
from shared.contracts.registry import PersonDescribed
from shared.errors import NotFound
from shared.messaging.outbox import record
from sqlalchemy.ext.asyncio import AsyncSession

from registry.access import queries as access_queries
from registry.access.handlers import record_grant
from registry.access.model import check_may_give
from registry.address_changes.asking import ask_for_address, replaced_by_staff, tell_old_address
from registry.consents import handlers as consents
from registry.database import apply, lock
from registry.people import queries
from registry.people.model import KnownElsewhere, Person, PersonExists
from registry.people.schemas import PersonChanges, PersonInput
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


async def _check_outranks(session: AsyncSession, access: Access, person: Person) -> None:
    # A grant that the caller does not see may be the one that they may not give.
    async with beyond_scopes(session, reads_only=True):
        for held in await access_queries.grants_of(session, person.id):
            if held.scope is not ScopeKind.ONESELF:
                check_may_give(access, held.role, **await access_queries.places_of(session, held.scope, held.scope_id))


async def ensure_district_officer(session: AsyncSession, entered: PersonInput) -> Person:
    """Enter a district officer by an operator's word; repeating it changes nothing."""
    person, _ = await ensure_person(session, entered)
    if not await access_queries.holds(session, person.id, Role.DISTRICT_OFFICER, None):
        await record_grant(session, person.id, Role.DISTRICT_OFFICER)
    return person


async def _lock(session: AsyncSession, name: str, email: str | None, phone: str | None) -> None:
    await lock(session, "person", f"{name}/{email or phone}")


def _describe(session: AsyncSession, person: Person) -> None:
    described = PersonDescribed(person_id=person.id, name=person.name, email=person.email)
    record(session, described, subject=person.id, sequence=person.version)
