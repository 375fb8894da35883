"""Merging two entries of the same person: one goes, all that is entered about it moves to the other one."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from shared import audit
from shared.access.grants import Access, ScopeKind
from shared.access.tenancy import beyond_scopes
from shared.contracts.registry import MergedContact, PersonDescribed, PersonMerged
from shared.errors import DomainError, Forbidden
from shared.messaging.outbox import record
from sqlalchemy.ext.asyncio import AsyncSession

from registry.access import queries as grants
from registry.access.model import check_may_give
from registry.access.passing_on import unite_grants
from registry.address_changes.asking import forget_wishes, tell_old_address
from registry.database import apply
from registry.logins.handlers import end_all_logins
from registry.logins.model import ExternalIdentity
from registry.merging import persons_moving as moving
from registry.merging.persons_consents import settle_consents, tell_moved_consents
from registry.merging.persons_model import (
    IntoItself,
    MayDoMore,
    MergedMeanwhile,
    MergedPerson,
    OwnEntry,
    TwoLogins,
)
from registry.merging.persons_schemas import PersonMergeInput, Side
from registry.merging.persons_volunteers import tell_moved_volunteer, unite_volunteers
from registry.people import queries as people
from registry.people.model import Person, PersonExists
from registry.versions import ChangedSinceRead

CHOSEN = ("name", "email", "phone", "birth_date")


async def merge(session: AsyncSession, access: Access, former_id: UUID, chosen: PersonMergeInput) -> Person:
    """Have the entry `chosen.into` stand for both. Returns it.

    Raises `NotFound`, `WasMerged`, `IntoItself`, `MergedMeanwhile`, `ChangedSinceRead`, `TwoLogins`, `Unreachable`,
    `PersonExists`, and what `obstacles` names.
    """
    if former_id == chosen.into:
        raise IntoItself
    for person_id in (former_id, chosen.into):
        await people.person_or_pointer(session, access, person_id)
    async with beyond_scopes(session):  # both are in scope; what hangs on them may lie anywhere
        former, into = await _lock(session, former_id, chosen.into)
        if (former.version, into.version) != (chosen.version, chosen.into_version):
            raise ChangedSinceRead
        for obstacle in await obstacles(session, access, former, into):
            raise obstacle
        return await _merge(session, access, former, into, chosen)


async def obstacles(session: AsyncSession, access: Access, former: Person, into: Person) -> list[type[DomainError]]:
    """What stands in the way of it, for this caller: `OwnEntry`, `MayDoMore`."""
    found: list[type[DomainError]] = [OwnEntry] if former.id == access.principal.id else []
    for person in (former, into):
        if person.id != access.principal.id and not await _may_give_all(session, access, person):
            return [*found, MayDoMore]
    return found


async def _lock(session: AsyncSession, former_id: UUID, into_id: UUID) -> tuple[Person, Person]:
    """In the order of ids, as everybody locks them: of two merges of the same entries the second finds one gone."""
    wanted = sa.select(Person).where(Person.id.in_([former_id, into_id])).order_by(Person.id)
    locked = await session.scalars(wanted.with_for_update().execution_options(populate_existing=True))
    found = {person.id: person for person in locked}
    if len(found) < 2:
        raise MergedMeanwhile
    return found[former_id], found[into_id]


async def _merge(
    session: AsyncSession, access: Access, former: Person, into: Person, chosen: PersonMergeInput
) -> Person:
    sides = {Side.INTO: into, Side.FORMER: former}
    values = {name: getattr(sides[getattr(chosen, name)], name) for name in CHOSEN}
    former_id, into_id, emails = former.id, into.id, {one.email for one in (former, into) if one.email}
    await _settle_logins(session, former, into, chosen)
    await settle_consents(session, former_id, into_id, values["birth_date"], access.principal.id)
    await unite_volunteers(session, former_id, into_id)
    contacts = await moving.unite_contacts(session, former_id, into_id)
    await moving.unite_network_contacts(session, former_id, into_id)
    await moving.unite_help_requests(session, former_id, into_id)
    await moving.keep_differences(session, former_id, into_id)
    await unite_grants(session, former_id, into_id)
    await session.flush()
    session.expunge_all()  # what follows goes behind the session's back
    await moving.move_references(session, former_id, into_id)
    await session.execute(sa.delete(Person).where(Person.id == former_id))
    session.add(MergedPerson(person_id=former_id, into_person_id=into_id))
    stays = await session.get_one(Person, into_id)
    await _take_values(session, stays, values)
    await _tell(session, stays, former_id, contacts)
    for email in sorted(emails):
        if stays.email is None or email.lower() != stays.email.lower():
            tell_old_address(session, stays, email)
    audit.record(
        session, "person.merged", kind="person", subject=into_id, persons=[into_id, former_id],
        details={"former": str(former_id)},
    )  # fmt: skip
    return stays


async def _settle_logins(session: AsyncSession, former: Person, into: Person, chosen: PersonMergeInput) -> None:
    """Whoever is logged in by the entry that goes is so no longer; one connection with an official account stays."""
    connected = await connections(session, former.id, into.id)
    if len(connected) > 1:
        if chosen.login is None:
            raise TwoLogins
        goes = former.id if chosen.login is Side.INTO else into.id
        await session.execute(sa.delete(ExternalIdentity).where(ExternalIdentity.person_id == goes))
    await forget_wishes(session, former.id)
    await end_all_logins(session, former.id)
    if Side.FORMER in (chosen.email, chosen.login):  # another mailbox or account opens it from now on
        await forget_wishes(session, into.id)
        await end_all_logins(session, into.id)


async def connections(session: AsyncSession, *person_ids: UUID) -> set[UUID]:
    """Which of these people are connected with an official account. The session sees every row."""
    found = sa.select(ExternalIdentity.person_id).where(ExternalIdentity.person_id.in_(person_ids))
    return set(await session.scalars(found))


async def _take_values(session: AsyncSession, into: Person, values: dict[str, Any]) -> None:
    same = await people.same_person(session, values["name"], values["email"], values["phone"])
    if same is not None and same.id != into.id:
        raise PersonExists
    apply(into, values)
    into.check()
    into.touch()
    await session.flush()


async def _tell(session: AsyncSession, into: Person, former_id: UUID, contacts: list[MergedContact]) -> None:
    merged = PersonMerged(person_id=former_id, into_person_id=into.id, contacts=contacts)
    record(session, merged, subject=former_id, sequence=1)
    described = PersonDescribed(person_id=into.id, name=into.name, email=into.email)
    record(session, described, subject=into.id, sequence=into.version)
    await moving.tell_moved_contacts(session, into.id)
    await tell_moved_volunteer(session, into)
    await tell_moved_consents(session, into.id)


async def _may_give_all(session: AsyncSession, access: Access, person: Person) -> bool:
    try:
        for held in await grants.grants_of(session, person.id):
            if held.scope is not ScopeKind.ONESELF:
                check_may_give(access, held.role, **await grants.places_of(session, held.scope, held.scope_id))
    except Forbidden:
        return False
    return True
