"""The caller's scopes as conditions of queries: a row outside of them does not exist for the caller."""

from collections.abc import Iterator
from uuid import UUID

from shared.access.grants import Access, Grant, ScopeKind
from sqlalchemy import ColumnElement, false, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute

from registry.organisations.model import Organisation
from registry.territory.model import Village


def _held(access: Access) -> Iterator[Grant]:
    return (grant for grant in access.principal.grants if grant.role in access.roles)


def has_district(access: Access) -> bool:
    """Whether the caller's scope is the whole district."""
    return any(grant.scope is ScopeKind.DISTRICT for grant in _held(access))


def ids_of(access: Access, kind: ScopeKind) -> list[UUID]:
    """The municipalities, networks or associations that the caller holds a grant for."""
    return [grant.scope_id for grant in _held(access) if grant.scope is kind and grant.scope_id is not None]


def villages_in_scope(access: Access) -> ColumnElement[bool]:
    """Villages of the caller's municipalities and networks."""
    if has_district(access):
        return true()
    return or_(
        false(),
        Village.municipality_id.in_(ids_of(access, ScopeKind.MUNICIPALITY)),
        Village.network_id.in_(ids_of(access, ScopeKind.NETWORK)),
    )


def organisations_in_scope(access: Access) -> ColumnElement[bool]:
    """Organisations in the caller's villages, and those that the caller speaks for."""
    if has_district(access):
        return true()
    return or_(
        Organisation.village_id.in_(select(Village.id).where(villages_in_scope(access))),
        Organisation.id.in_(ids_of(access, ScopeKind.ASSOCIATION)),
    )


def scope_reached(access: Access, scope_id: InstrumentedAttribute[UUID | None]) -> ColumnElement[bool]:
    """What holds for a municipality or network of the caller's, or for an organisation in their scope."""
    if has_district(access):
        return true()
    return or_(
        scope_id.in_([*ids_of(access, ScopeKind.MUNICIPALITY), *ids_of(access, ScopeKind.NETWORK)]),
        scope_id.in_(select(Organisation.id).where(organisations_in_scope(access))),
    )
