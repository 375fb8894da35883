"""Questions about networks and villages."""

from http import HTTPStatus
from uuid import UUID

from shared.errors import DomainError
from shared.i18n import N_
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from events.audience.model import Network, Village


class UnknownNetwork(DomainError):
    """The registry's event may still be on its way: the caller may try again."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "unknown_network"
    message = N_("This network is not known here. If it was founded just now, please try again in a minute.")
    field = "network"


class UnknownVillage(DomainError):
    """The registry's event may still be on its way: the caller may try again."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "unknown_village"
    message = N_("This village is not known here. If it was registered just now, please try again in a minute.")
    field = "village_id"


async def require_network(session: AsyncSession, slug: str) -> None:
    """Raise `UnknownNetwork` for a slug that no network has."""
    if await session.scalar(select(Network.id).where(Network.slug == slug).limit(1)) is None:
        raise UnknownNetwork


async def name_of_village(session: AsyncSession, village_id: UUID) -> str:
    """The village's name. Raises `UnknownVillage`."""
    village = await session.get(Village, village_id)
    if village is None:
        raise UnknownVillage
    return village.name
