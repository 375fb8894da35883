"""What the public learns of volunteers: that there is one more or one less, never who."""

from shared.contracts.registry import VolunteerSignedUp, VolunteerWithdrawn
from shared.messaging.outbox import record
from sqlalchemy.ext.asyncio import AsyncSession

from registry.territory import queries as territory
from registry.volunteers.model import Volunteer


async def tell_signed_up(session: AsyncSession, volunteer: Volunteer) -> None:
    """They may be asked: new, with other fields or areas, or with their consent given again."""
    network = await _network_of(session, volunteer)
    slugs = [field.slug for field in volunteer.fields]
    signed_up = VolunteerSignedUp(volunteer_id=volunteer.id, fields=slugs, areas=volunteer.areas)
    record(session, signed_up, subject=volunteer.id, sequence=volunteer.version, network=network)


async def tell_withdrawn(session: AsyncSession, volunteer: Volunteer) -> None:
    """They may not be asked any more."""
    withdrawn = VolunteerWithdrawn(volunteer_id=volunteer.id)
    network = await _network_of(session, volunteer)
    record(session, withdrawn, subject=volunteer.id, sequence=volunteer.version, network=network)


async def _network_of(session: AsyncSession, volunteer: Volunteer) -> str | None:
    """The slug of the one network that all areas belong to; else it is told to the whole district."""
    networks = await territory.networks_of_areas(session, volunteer.areas)
    return networks.pop() if len(networks) == 1 else None
