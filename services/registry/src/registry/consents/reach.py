"""Where a person belongs: by a volunteer's areas of activity, and by the organisations and networks they speak for."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from shared.contracts.registry import AreaKind
from sqlalchemy import Select, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from registry.network_contacts.model import NetworkContact
from registry.network_contacts.queries import lasts
from registry.organisations.model import Organisation
from registry.people.model import Contact, Person
from registry.territory.model import Network, Village
from registry.volunteers.model import Volunteer, VolunteerArea
from registry.volunteers.queries import volunteer_of
from registry.volunteers.radius import reaches
from registry.volunteers.scope import places_of


@dataclass(frozen=True)
class Reach:
    """`networks` are slugs; `scopes` the ids of municipalities and networks whose staff is responsible."""

    networks: frozenset[str]
    scopes: frozenset[str]
    everywhere: bool


def people_of(villages: Iterable[UUID]) -> Select[UUID]:
    """The ids of those whose networks follow from one of these villages: they help there, in its municipality or so
    many kilometres around, or speak for an organisation there."""
    ids = list(villages)
    municipalities = select(Village.municipality_id).where(Village.id.in_(ids))
    helping = or_(
        (VolunteerArea.kind == AreaKind.VILLAGE) & VolunteerArea.area_id.in_(ids),
        (VolunteerArea.kind == AreaKind.MUNICIPALITY) & VolunteerArea.area_id.in_(municipalities),
        reaches(select(Village.id).where(Village.id.in_(ids))),
    )
    volunteers = select(Volunteer.person_id).where(Volunteer.area_rows.any(helping))
    speakers = (
        select(Contact.person_id)
        .join(Organisation, Organisation.id == Contact.organisation_id)
        .where(Organisation.village_id.in_(ids), Contact.until.is_(None))
    )
    return select(Person.id).where(or_(Person.id.in_(volunteers), Person.id.in_(speakers)))


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
    speaking = select(Network.id, Network.slug).join(NetworkContact, NetworkContact.network_id == Network.id)
    for network_id, slug in await session.execute(speaking.where(NetworkContact.person_id == person_id, lasts())):
        scopes.add(str(network_id))
        networks.add(slug)
    for municipality_id, network_id, slug in await session.execute(homes):
        scopes |= {str(one) for one in (municipality_id, network_id) if one is not None}
        networks |= {slug} if slug else set()
    return Reach(frozenset(networks), frozenset(scopes), places.everywhere)
