"""Registering and changing the territory."""

from collections.abc import Iterable
from uuid import UUID, uuid4

from shared.access.grants import Access, Role
from shared.contracts.registry import (
    MunicipalityChanged,
    MunicipalityRegistered,
    MunicipalityState,
    NetworkChanged,
    NetworkFounded,
    NetworkGoal,
    NetworkState,
    VillageChanged,
    VillageRegistered,
    VillageState,
)
from shared.messaging.outbox import record
from sqlalchemy.ext.asyncio import AsyncSession

from registry.consents import handlers as consents
from registry.database import apply, lock
from registry.slugs import unused_slug
from registry.territory import queries
from registry.territory.model import (
    AgsTaken,
    District,
    DistrictExists,
    Municipality,
    Network,
    SlugTaken,
    Village,
    VillageExists,
)
from registry.territory.schemas import (
    DistrictChanges,
    DistrictInput,
    MunicipalityChanges,
    MunicipalityInput,
    NetworkChanges,
    NetworkInput,
    VillageChanges,
    VillageInput,
)
from registry.versions import expect_version


async def register_district(session: AsyncSession, entered: DistrictInput) -> District:
    """The one district of this deployment. Raises `DistrictExists`."""
    await lock(session, "district", "")
    if await queries.the_district(session) is not None:
        raise DistrictExists
    district = District(ags=entered.ags, name=entered.name)
    session.add(district)
    await session.flush()
    return district


async def change_district(
    session: AsyncSession, district_id: UUID, changes: DistrictChanges, if_match: str | None
) -> District:
    district = await queries.district_for_update(session, district_id)
    expect_version(district, if_match)
    if apply(district, changes.model_dump()):
        district.touch()
    return district


async def register_municipality(session: AsyncSession, entered: MunicipalityInput) -> Municipality:
    """Raises `DistrictMissing`, `ForeignAgs` and `AgsTaken`."""
    district = await queries.registered_district(session)
    district.check_ags(entered.ags)
    await lock(session, "ags", entered.ags)
    if await queries.has_ags(session, entered.ags):
        raise AgsTaken
    slug = await unused_slug(session, Municipality.slug, entered.name)
    municipality = Municipality(id=uuid4(), district_id=district.id, ags=entered.ags, slug=slug, name=entered.name)
    session.add(municipality)
    await session.flush()
    _tell_municipality(session, municipality, MunicipalityRegistered)
    return municipality


async def change_municipality(
    session: AsyncSession, access: Access, municipality_id: UUID, changes: MunicipalityChanges, if_match: str | None
) -> Municipality:
    municipality = await queries.municipality(session, municipality_id, lock=True)
    access.reach(municipality=municipality.id)
    expect_version(municipality, if_match)
    if apply(municipality, changes.model_dump()):
        municipality.touch()
        _tell_municipality(session, municipality, MunicipalityChanged)
    return municipality


async def register_village(session: AsyncSession, access: Access, entered: VillageInput) -> Village:
    """Raises `UnknownMunicipality` and `VillageExists`."""
    municipality = await queries.municipality_named(session, entered.municipality_id)
    access.check(municipality=municipality.id)
    await _check_village_name(session, municipality.id, entered.name)
    slug = await unused_slug(session, Village.slug, entered.name, municipality.name)
    village = Village(
        id=uuid4(),
        municipality_id=municipality.id,
        slug=slug,
        name=entered.name,
        network=None,
        latitude=entered.latitude,
        longitude=entered.longitude,
    )
    village.check_place()
    session.add(village)
    await session.flush()
    _tell_village(session, village, VillageRegistered)
    return village


async def change_village(
    session: AsyncSession, access: Access, village_id: UUID, changes: VillageChanges, if_match: str | None
) -> Village:
    village = await queries.village(session, village_id, lock=True)
    access.reach(municipality=village.municipality_id)
    expect_version(village, if_match)
    changed = changes.model_dump()
    if changed.get("name", village.name) != village.name:
        await _check_village_name(session, village.municipality_id, changed["name"])
    if apply(village, changed):
        village.check_place()
        village.touch()
        _tell_village(session, village, VillageChanged)
    return village


async def found_network(session: AsyncSession, entered: NetworkInput) -> Network:
    """Raises `SlugTaken`, `UnknownVillages` and `CoveredElsewhere`."""
    slug = await unused_slug(session, Network.slug, entered.slug or entered.name)
    if entered.slug is not None and slug != entered.slug:
        raise SlugTaken
    network = Network(
        id=uuid4(), slug=slug, name=entered.name, programme=entered.programme, description=entered.description, goals=[]
    )
    network.set_goals(entered.goals)
    session.add(network)
    await session.flush()
    await _cover(session, network, entered.village_ids)
    await _tell_network(session, network, NetworkFounded)
    return network


async def change_network(
    session: AsyncSession, access: Access, network_id: UUID, changes: NetworkChanges, if_match: str | None
) -> Network:
    """Raises `Forbidden` when anybody but a district officer changes the villages."""
    network = await queries.network(session, network_id, lock=True)
    access.reach(network=network.id)
    expect_version(network, if_match)
    changed = changes.model_dump()
    village_ids, goals = changed.pop("village_ids", None), changed.pop("goals", None)
    if village_ids is not None:
        Access(access.principal, frozenset({Role.DISTRICT_OFFICER})).check()
    covered = village_ids is not None and await _cover(session, network, village_ids)
    aimed = goals is not None and network.set_goals(goals)
    if apply(network, changed) or covered or aimed:
        network.touch()
        await session.flush()
        await _tell_network(session, network, NetworkChanged)
    return network


async def _cover(session: AsyncSession, network: Network, village_ids: Iterable[UUID]) -> bool:
    """Make `network` cover exactly these villages; returns whether that changed anything."""
    wanted = set(village_ids)
    covered = await queries.villages_of(session, network.id, lock=True)
    dropped = [village for village in covered if village.id not in wanted]
    joined = [village for village in await queries.villages_named(session, wanted) if village.join(network)]
    for village in dropped:
        village.leave()
    await session.flush()
    for village in (*dropped, *joined):
        _tell_village(session, village, VillageChanged)
    await consents.tell_moved_villages(session, [village.id for village in (*dropped, *joined)])
    return bool(dropped or joined)


async def _check_village_name(session: AsyncSession, municipality_id: UUID, name: str) -> None:
    await lock(session, "village", f"{municipality_id}/{name}")
    if await queries.has_village(session, municipality_id, name):
        raise VillageExists


def _tell_municipality(session: AsyncSession, municipality: Municipality, told: type[MunicipalityState]) -> None:
    state = told(municipality_id=municipality.id, ags=municipality.ags, slug=municipality.slug, name=municipality.name)
    record(session, state, subject=municipality.id, sequence=municipality.version)


def _tell_village(session: AsyncSession, village: Village, told: type[VillageState]) -> None:
    state = told(
        village_id=village.id,
        municipality_id=village.municipality_id,
        slug=village.slug,
        name=village.name,
        network=village.network_slug,
        latitude=village.latitude,
        longitude=village.longitude,
    )
    record(session, state, subject=village.id, sequence=village.version, network=village.network_slug)


async def _tell_network(session: AsyncSession, network: Network, told: type[NetworkState]) -> None:
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
