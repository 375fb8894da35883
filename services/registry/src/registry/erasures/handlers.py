"""Asking for an erasure, what stands in its way, and taking the services' receipts."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID, uuid4

from joserfc.jwk import KeySet
from shared import audit
from shared.access.grants import Access, ScopeKind
from shared.access.tenancy import beyond_scopes
from shared.contracts.registry import ErasureCompleted, ErasureRequested
from shared.erasure.receipts import ReceiptRefused, verify_receipt
from shared.errors import DomainError, Forbidden
from shared.messaging import outbox
from sqlalchemy.ext.asyncio import AsyncSession

from registry.access import queries as grants
from registry.access.model import check_may_give
from registry.database import lock
from registry.erasures import queries
from registry.erasures.forgetting import forgetting
from registry.erasures.model import Erasure, LastDistrictOfficer, Origin, ReachesFurther
from registry.people.model import Contact, Person


@dataclass(frozen=True)
class Outlook:
    """What an erasure would take away, and what stands in its way."""

    person: Person
    contacts: Sequence[Contact]
    volunteers: bool
    obstacles: list[type[DomainError]] = field(default_factory=list)


async def look_ahead(session: AsyncSession, person: Person, staff: Access | None) -> Outlook:
    """`staff` is None where the person asks. The caller has checked that the person is in scope."""
    # How far the person's tasks reach is the question, so rows outside of the caller's scope have to be seen.
    async with beyond_scopes(session):
        subject = await queries.subject_of(session, uuid4(), person.id)
        contacts = await queries.contacts_of(session, person.id)
        outlook = Outlook(person, contacts, subject.volunteer_id is not None)
        if await queries.is_last_officer(session, person.id):
            outlook.obstacles.append(LastDistrictOfficer)
        if staff is not None and await _reaches_further(session, staff, person, contacts):
            outlook.obstacles.append(ReachesFurther)
    return outlook


async def _reaches_further(session: AsyncSession, staff: Access, person: Person, contacts: Sequence[Contact]) -> bool:
    for contact in contacts:
        village = contact.organisation.village
        if not staff.covers(
            network=village.network_id, municipality=village.municipality_id, organisation=contact.organisation_id
        ):
            return True
    if any(not staff.covers(network=network) for network in await queries.networks_spoken_for(session, person.id)):
        return True
    try:
        for held in await grants.grants_of(session, person.id):
            if held.scope is not ScopeKind.ONESELF:
                check_may_give(staff, held.role, **await grants.places_of(session, held.scope, held.scope_id))
    except Forbidden:
        return True
    return False


async def request_erasure(
    session: AsyncSession, person: Person, origin: Origin, staff: Access | None = None
) -> Erasure:
    """Forget the person here at once, and ask every service to do the same. `staff` ask for the office.

    Raises `LastDistrictOfficer` and `ReachesFurther`.
    """
    await lock(session, "district officers", "")  # two who leave at the same time would both have the other stay
    for obstacle in (await look_ahead(session, person, staff)).obstacles:
        raise obstacle
    # The person has asked, staff whose grants cover all that the person holds, or a rule: it has to reach everything.
    async with beyond_scopes(session):
        subject = await queries.subject_of(session, uuid4(), person.id)
        scopes = await queries.scopes_of_person(session, person.id)
        requested_by = None if staff is None else staff.principal.id
        erasure = Erasure.request(subject, scopes, datetime.now(UTC), origin, requested_by)
        session.add(erasure)
        await session.flush()
        audit.record(
            session, "erasure.requested", kind="erasure", subject=erasure.id, persons=[person.id], scopes=scopes
        )
        await forgetting.forget(session, subject)
        tell_request(session, erasure)
    return erasure


def tell_request(session: AsyncSession, erasure: Erasure) -> None:
    """Ask every service to forget these ids, for the first time or again."""
    asked = ErasureRequested(
        erasure_id=erasure.id,
        person_id=erasure.person_id,
        contact_ids=erasure.contact_ids,
        volunteer_id=erasure.volunteer_id,
        former_person_ids=erasure.former_person_ids,
    )
    outbox.record(session, asked, subject=erasure.id, sequence=erasure.version)


async def take_receipt(session: AsyncSession, keys: str | None, service: str, erasure_id: UUID, text: str) -> None:
    """Keep a service's receipt if it holds; the last one completes the erasure. Raises `ReceiptRefused`."""
    verify_receipt(read_keys(keys), text, service, erasure_id)
    erasure = await queries.for_update(session, erasure_id)
    if erasure is None or service not in erasure.services:
        raise ReceiptRefused
    if erasure.confirm(service, text, datetime.now(UTC)):
        outbox.record(session, ErasureCompleted(erasure_id=erasure.id), subject=erasure.id, sequence=erasure.version)
        audit.record(
            session, "erasure.completed", kind="erasure", subject=erasure.id,
            persons=[erasure.person_id], scopes=erasure.scopes,
        )  # fmt: skip


def read_keys(keys: str | None) -> KeySet:
    """The services' public keys. Raises `ReceiptRefused` where none are configured: nothing can be verified then."""
    if keys is None:
        raise ReceiptRefused
    return KeySet.import_key_set(json.loads(keys))
