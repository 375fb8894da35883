"""How the places are called that a role holds for."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from portal.read_model.model import Municipality, Network, Organisation


async def place_names(session: AsyncSession, ids: Iterable[UUID | str | None]) -> dict[str, str]:
    """Names of municipalities, networks and organisations by their id as text; unknown ones are left out."""
    wanted = [UUID(str(one)) for one in ids if one is not None]
    if not wanted:
        return {}
    names = (
        select(Municipality.municipality_id, Municipality.name)
        .where(Municipality.municipality_id.in_(wanted))
        .union_all(
            select(Network.network_id, Network.name).where(Network.network_id.in_(wanted)),
            select(Organisation.organisation_id, Organisation.name).where(Organisation.organisation_id.in_(wanted)),
        )
    )
    return {str(key): name for key, name in await session.execute(names)}
