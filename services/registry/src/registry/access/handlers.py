"""Giving grants and taking them back."""

from datetime import UTC, date, datetime
from uuid import UUID

from shared import audit
from shared.access.grants import Access, Role
from shared.contracts.registry import GrantGiven, GrantTakenBack
from shared.messaging import outbox
from sqlalchemy.ext.asyncio import AsyncSession

from registry.access import queries
from registry.access.model import (
    SCOPE_OF,
    AccessGrant,
    AlreadyGranted,
    GrantEndsBeforeItBegins,
    GrantInThePast,
    check_may_give,
    check_may_give_until,
)
from registry.access.schemas import GrantInput
from registry.clock import today
from registry.database import lock
from registry.people import queries as people


async def give_grant(session: AsyncSession, access: Access, given: GrantInput) -> AccessGrant:
    """Give a role in a scope for a time, as far as the giver's own grants reach."""
    starts_on = given.starts_on or today()
    if starts_on < today():
        raise GrantInThePast
    if given.ends_on is not None and given.ends_on < starts_on:
        raise GrantEndsBeforeItBegins
    person = await people.person_named(session, given.person_id)
    places = await queries.places_of(session, SCOPE_OF[given.role], given.scope_id)
    check_may_give_until(access, given.role, given.ends_on, **places)
    await lock(session, "grant", f"{person.id}/{given.role}/{given.scope_id}")
    if await queries.held_between(session, person.id, given.role, given.scope_id, starts_on, given.ends_on):
        raise AlreadyGranted
    grant = await record_grant(
        session,
        person.id,
        given.role,
        given.scope_id,
        starts_on=starts_on,
        ends_on=given.ends_on,
        given_by=access.principal.id,
    )
    audit_grant(session, "grant.given", grant, places)
    return grant


async def record_grant(
    session: AsyncSession,
    person_id: UUID,
    role: Role,
    scope_id: UUID | None = None,
    *,
    starts_on: date | None = None,
    ends_on: date | None = None,
    given_by: UUID | None = None,
) -> AccessGrant:
    """Write a grant, from today and without end unless told otherwise; who may give it was checked by the caller."""
    grant = AccessGrant(
        person_id=person_id,
        role=role,
        scope=SCOPE_OF[role],
        scope_id=scope_id,
        starts_on=starts_on or today(),
        ends_on=ends_on,
        given_by=given_by,
    )
    session.add(grant)
    await session.flush()
    _tell(session, GrantGiven, grant, 1)
    return grant


async def take_back_grant(session: AsyncSession, access: Access, grant_id: UUID) -> None:
    """End a grant. Whoever might give it may take it back; tokens made before live for ten minutes at most."""
    grant = await queries.grant_for_update(session, access, grant_id)
    places = await queries.places_of(session, grant.scope, grant.scope_id)
    check_may_give(access, grant.role, **places)
    end_grant(session, grant, places)


def end_grant(session: AsyncSession, grant: AccessGrant, places: dict[str, UUID | None]) -> None:
    """It holds no longer: every way in which a grant ends goes here, so that other services learn of it."""
    if grant.end(datetime.now(UTC)):
        _tell(session, GrantTakenBack, grant, 2)
        audit_grant(session, "grant.taken_back", grant, places)


def audit_grant(session: AsyncSession, action: str, grant: AccessGrant, places: dict[str, UUID | None]) -> None:
    """Note what becomes of a grant; `places` are those that its scope lies in."""
    audit.record(
        session,
        action,
        kind="grant",
        subject=grant.id,
        persons=[grant.person_id],
        scopes=[place for place in places.values() if place is not None],
        details={"role": grant.role.value},
    )


def _tell(
    session: AsyncSession, data_class: type[GrantGiven] | type[GrantTakenBack], grant: AccessGrant, step: int
) -> None:
    """Other services learn by ids who may do what; a grant is given once and taken back at most once."""
    data = data_class(
        grant_id=grant.id,
        person_id=grant.person_id,
        role=grant.role.value,
        scope=grant.scope.value,
        scope_id=grant.scope_id,
        starts_on=grant.starts_on,
        ends_on=grant.ends_on,
    )
    outbox.record(session, data, subject=grant.id, sequence=step)
