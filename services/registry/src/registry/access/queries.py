"""Reading grants."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from shared.access.grants import Access, Principal, Role, ScopeKind
from shared.access.tenancy import beyond_scopes
from shared.errors import NotFound
from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from registry.access.model import AccessGrant, UnknownScope, WrongScope
from registry.clock import today
from registry.organisations.model import Organisation
from registry.scope import scope_reached
from registry.territory.model import Municipality, Network


def in_force() -> ColumnElement[bool]:
    """Grants that hold today."""
    now = today()
    return and_(not_over(now), AccessGrant.starts_on <= now)


def not_over(now: date) -> ColumnElement[bool]:
    """Grants that hold on this day or later."""
    return and_(AccessGrant.ended_at.is_(None), or_(AccessGrant.ends_on.is_(None), AccessGrant.ends_on >= now))


async def principal_of(session: AsyncSession, person_id: UUID) -> Principal:
    """The person with the grants that they hold now, as access tokens carry them."""
    held = select(AccessGrant, Network.slug).outerjoin(Network, Network.id == AccessGrant.scope_id)
    held = held.where(AccessGrant.person_id == person_id, in_force())
    rows = await session.execute(held.order_by(AccessGrant.created_at, AccessGrant.id))
    return Principal(id=person_id, grants=tuple(grant.as_grant(slug) for grant, slug in rows))


async def places_of(session: AsyncSession, kind: ScopeKind, scope_id: UUID | None) -> dict[str, UUID | None]:
    """The places that a scope lies in, as `Access.covers` takes them. Raises `WrongScope`, `UnknownScope`."""
    if (scope_id is None) is not (kind in {ScopeKind.DISTRICT, ScopeKind.ONESELF}):
        raise WrongScope
    if scope_id is None:
        return {}
    if kind is ScopeKind.ASSOCIATION:
        organisation = await session.get(Organisation, scope_id)
        if organisation is None:
            raise UnknownScope
        village = organisation.village
        return {
            "network": village.network_id,
            "municipality": village.municipality_id,
            "organisation": organisation.id,
        }
    found = await session.get(Municipality if kind is ScopeKind.MUNICIPALITY else Network, scope_id)
    if found is None:
        raise UnknownScope
    return {kind.value: scope_id}


async def holds(session: AsyncSession, person_id: UUID, role: Role, scope_id: UUID | None) -> bool:
    """Whether the person holds this grant now."""
    grants = await grants_of(session, person_id)
    return any(grant.role is role and grant.scope_id == scope_id for grant in grants)


async def held_between(
    session: AsyncSession, person_id: UUID, role: Role, scope_id: UUID | None, starts_on: date, ends_on: date | None
) -> bool:
    """Whether the person has this grant on one of these days."""
    same = select(AccessGrant.id).where(
        AccessGrant.person_id == person_id,
        AccessGrant.role == role,
        AccessGrant.scope_id.is_not_distinct_from(scope_id),
        not_over(starts_on),
    )
    if ends_on is not None:
        same = same.where(AccessGrant.starts_on <= ends_on)
    return await session.scalar(same.limit(1)) is not None


async def grants_of(session: AsyncSession, person_id: UUID) -> Sequence[AccessGrant]:
    """What a person holds now, oldest first."""
    held = select(AccessGrant).where(AccessGrant.person_id == person_id, in_force())
    async with beyond_scopes(session):  # for rules, not to be shown: who may touch somebody depends on all they hold
        return (await session.scalars(held.order_by(AccessGrant.created_at, AccessGrant.id))).all()


async def list_grants(session: AsyncSession, access: Access, person_id: UUID | None) -> Sequence[AccessGrant]:
    """The present and coming grants in the caller's scope, oldest first."""
    grants = select(AccessGrant).where(not_over(today()), scope_reached(access, AccessGrant.scope_id))
    if person_id is not None:
        grants = grants.where(AccessGrant.person_id == person_id)
    return (await session.scalars(grants.order_by(AccessGrant.created_at, AccessGrant.id).limit(1_000))).all()


async def grant_for_update(session: AsyncSession, access: Access, grant_id: UUID) -> AccessGrant:
    """A grant in the caller's scope, locked. Raises `NotFound`."""
    grant = (
        select(AccessGrant)
        .where(AccessGrant.id == grant_id, scope_reached(access, AccessGrant.scope_id))
        .with_for_update()
    )
    found = await session.scalar(grant)
    if found is None:
        raise NotFound
    return found
