"""Where a person belongs: by the areas of activity of a volunteer, and by the organisations that they speak for."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from registry.organisations.model import Organisation
from registry.people.model import Contact
from registry.territory.model import Network, Village
from registry.volunteers.queries import volunteer_of
from registry.volunteers.scope import places_of


@dataclass(frozen=True)
class Reach:
    """`networks` are slugs; `scopes` the ids of municipalities and networks whose staff is responsible."""

    networks: frozenset[str]
    scopes: frozenset[str]
    everywhere: bool


async def reach_of(session: AsyncSession, person_id: UUID) -> Reach:
    """The networks of a person and who is responsible for them, now."""
    volunteer = await volunteer_of(session, person_id)
    places = await places_of(session, volunteer.areas if volunteer else [])
    networks, scopes = set(places.networks.values()), set(places.scopes)
    homes = (
        select(Village.municipality_id, Network.id, Network.slug)
        .join(Organisation, Organisation.village_id == Village.id)
        .join(Contact, Contact.organisation_id == Organisation.id)
        .outerjoin(Network, Network.id == Village.network_id)
        .where(Contact.person_id == person_id, Contact.until.is_(None))
    )
    for municipality_id, network_id, slug in await session.execute(homes):
        scopes |= {str(one) for one in (municipality_id, network_id) if one is not None}
        networks |= {slug} if slug else set()
    return Reach(frozenset(networks), frozenset(scopes), places.everywhere)
