"""What others learn of the territory."""

from shared.contracts.registry import MunicipalityState, NetworkGoal, NetworkState, VillageState
from shared.messaging.outbox import record
from sqlalchemy.ext.asyncio import AsyncSession

from registry.territory import queries
from registry.territory.model import Municipality, Network, Village


def tell_municipality(session: AsyncSession, municipality: Municipality, told: type[MunicipalityState]) -> None:
    state = told(
        municipality_id=municipality.id,
        ags=municipality.ags,
        slug=municipality.slug,
        name=municipality.name,
        former_slugs=municipality.former_slugs,
        begins_on=municipality.begins_on,
        dissolved_on=municipality.dissolved_on,
        successor_id=municipality.successor_id,
    )
    record(session, state, subject=municipality.id, sequence=municipality.version)


def tell_village(session: AsyncSession, village: Village, told: type[VillageState]) -> None:
    state = told(
        village_id=village.id,
        municipality_id=village.municipality_id,
        slug=village.slug,
        name=village.name,
        network=village.network_slug,
        latitude=village.latitude,
        longitude=village.longitude,
        former_slugs=village.former_slugs,
    )
    record(session, state, subject=village.id, sequence=village.version, network=village.network_slug)


async def tell_network(session: AsyncSession, network: Network, told: type[NetworkState]) -> None:
    state = told(
        network_id=network.id,
        slug=network.slug,
        name=network.name,
        programme=network.programme,
        description=network.description,
        goals=[NetworkGoal(number=goal.number, text=goal.text) for goal in network.goals],
        village_ids=(await queries.village_ids_of(session, [network.id]))[network.id],
    )
    record(session, state, subject=network.id, sequence=network.version, network=network.slug)
