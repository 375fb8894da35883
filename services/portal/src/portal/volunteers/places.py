"""How areas of activity are called."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from portal.read_model.model import Municipality, Network, Village


async def area_names(session: AsyncSession, areas: Iterable[dict[str, Any]]) -> dict[str, str]:
    """Names of villages, municipalities and networks by their id as text; the district has none here."""
    wanted = {UUID(area["id"]) for area in areas}
    if not wanted:
        return {}
    names = (
        select(Village.village_id, Village.name)
        .where(Village.village_id.in_(wanted))
        .union_all(
            select(Municipality.municipality_id, Municipality.name).where(Municipality.municipality_id.in_(wanted)),
            select(Network.network_id, Network.name).where(Network.network_id.in_(wanted)),
        )
    )
    return {str(key): name for key, name in await session.execute(names)}
