"""Reading API clients."""

from collections.abc import Sequence
from uuid import UUID

from shared.access.grants import Access
from shared.errors import NotFound
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from registry.api_clients.model import ApiClient
from registry.scope import scope_reached


async def list_clients(session: AsyncSession, access: Access) -> Sequence[ApiClient]:
    """The clients in the caller's scope that were not ended, by name."""
    clients = select(ApiClient).where(ApiClient.ended_at.is_(None), scope_reached(access, ApiClient.scope_id))
    return (await session.scalars(clients.order_by(ApiClient.name, ApiClient.id).limit(1_000))).all()


async def client_for_update(session: AsyncSession, access: Access, client_id: UUID) -> ApiClient:
    """A client in the caller's scope that was not ended, locked. Raises `NotFound`."""
    wanted = select(ApiClient).where(
        ApiClient.id == client_id, ApiClient.ended_at.is_(None), scope_reached(access, ApiClient.scope_id)
    )
    found = await session.scalar(wanted.with_for_update())
    if found is None:
        raise NotFound
    return found
