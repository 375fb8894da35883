"""Reading API clients."""

from collections.abc import Sequence
from uuid import UUID

from shared.access.grants import Access, ScopeKind
from shared.errors import NotFound
from sqlalchemy import ColumnElement, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from registry.api_clients.model import ApiClient
from registry.organisations.model import Organisation
from registry.scope import has_district, ids_of, organisations_in_scope


async def list_clients(session: AsyncSession, access: Access) -> Sequence[ApiClient]:
    """The clients in the caller's scope that were not ended, by name."""
    clients = select(ApiClient).where(ApiClient.ended_at.is_(None), _in_scope(access))
    return (await session.scalars(clients.order_by(ApiClient.name, ApiClient.id).limit(1_000))).all()


async def client_for_update(session: AsyncSession, access: Access, client_id: UUID) -> ApiClient:
    """A client in the caller's scope that was not ended, locked. Raises `NotFound`."""
    wanted = select(ApiClient).where(ApiClient.id == client_id, ApiClient.ended_at.is_(None), _in_scope(access))
    found = await session.scalar(wanted.with_for_update())
    if found is None:
        raise NotFound
    return found


def _in_scope(access: Access) -> ColumnElement[bool]:
    if has_district(access):
        return true()
    return or_(
        ApiClient.scope_id.in_([*ids_of(access, ScopeKind.MUNICIPALITY), *ids_of(access, ScopeKind.NETWORK)]),
        ApiClient.scope_id.in_(select(Organisation.id).where(organisations_in_scope(access))),
    )
