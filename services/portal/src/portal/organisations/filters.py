"""Filters of the lists of organisations: what can be chosen, and the addresses that carry it."""

from dataclasses import dataclass
from urllib.parse import urlencode

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from portal.networks.queries import fields_of_activity
from portal.read_model.model import Municipality, Network, Village

Pairs = list[tuple[str, str]]


@dataclass(frozen=True)
class Places:
    """What lists are filtered by: pairs of a value (id, of networks and fields the slug) and its name."""

    municipalities: Pairs
    villages: Pairs
    networks: Pairs
    fields: Pairs


async def places(session: AsyncSession) -> Places:
    """Everything in the district, by name."""
    municipalities = select(Municipality.municipality_id, Municipality.name).order_by(Municipality.name)
    villages = select(Village.village_id, Village.name).order_by(Village.name)
    networks = select(Network.slug, Network.name).order_by(Network.name)
    return Places(
        municipalities=[(str(key), name) for key, name in await session.execute(municipalities)],
        villages=[(str(key), name) for key, name in await session.execute(villages)],
        networks=[(slug, name) for slug, name in await session.execute(networks)],
        fields=list((await fields_of_activity(session)).items()),
    )


def address(path: str, chosen: dict[str, str], **more: str) -> str:
    """The address of a list with what is chosen; what is empty is left out."""
    query = {name: value for name, value in {**chosen, **more}.items() if value}
    return f"{path}?{urlencode(query)}" if query else path
