"""Registering and changing the territory."""

from uuid import UUID, uuid4

from shared.access.grants import Access, Role
from shared.contracts.registry import (
    MunicipalityChanged,
    MunicipalityRegistered,
    NetworkChanged,
    NetworkFounded,
    VillageChanged,
    VillageRegistered,
)
from sqlalchemy.ext.asyncio import AsyncSession

from registry.coverage.handlers import cover_from_today
from registry.coverage.settling import TERRITORY
from registry.database import apply, lock
from registry.slugs import unused_slug
from registry.territory import queries
from registry.territory.model import (
    District,
    DistrictExists,
    Municipality,
    Network,
    SlugTaken,
    Village,
    VillageExists,
    VillageSeat,
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
from registry.territory.telling import tell_municipality, tell_network, tell_village
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
    await queries.check_ags_unused(session, entered.ags)
    slug = await unused_slug(session, Municipality.slug, entered.name)
    municipality = Municipality(id=uuid4(), district_id=district.id, ags=entered.ags, slug=slug, name=entered.name)
    session.add(municipality)
    await session.flush()
    tell_municipality(session, municipality, MunicipalityRegistered)
    return municipality


async def change_municipality(
    session: AsyncSession, access: Access, municipality_id: UUID, changes: MunicipalityChanges, if_match: str | None
) -> Municipality:
    municipality = await queries.municipality(session, municipality_id, lock=True)
    access.reach(municipality=municipality.id)
    expect_version(municipality, if_match)
    municipality.check_present()
    if apply(municipality, changes.model_dump()):
        own = (municipality.slug, *municipality.former_slugs)
        municipality.take_slug(await unused_slug(session, Municipality.slug, municipality.name, own=own))
        municipality.touch()
        tell_municipality(session, municipality, MunicipalityChanged)
    return municipality


async def register_village(session: AsyncSession, access: Access, entered: VillageInput) -> Village:
    """Raises `UnknownMunicipality` and `VillageExists`."""
    municipality = await queries.municipality_named(session, entered.municipality_id)
    access.check(municipality=municipality.id)
    municipality.check_present()
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
    session.add(VillageSeat(village_id=village.id, municipality_id=municipality.id, starts_on=municipality.begins_on))
    tell_village(session, village, VillageRegistered)
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
        municipality = await queries.municipality(session, village.municipality_id)
        own = (village.slug, *village.former_slugs)
        village.take_slug(await unused_slug(session, Village.slug, changed["name"], municipality.name, own=own))
    if apply(village, changed):
        village.check_place()
        village.touch()
        tell_village(session, village, VillageChanged)
    return village


async def found_network(session: AsyncSession, entered: NetworkInput) -> Network:
    """Raises `SlugTaken`, `UnknownVillages` and `CoveredElsewhere`."""
    await lock(session, TERRITORY, "")
    slug = await unused_slug(session, Network.slug, entered.slug or entered.name)
    if entered.slug is not None and slug != entered.slug:
        raise SlugTaken
    network = Network(
        id=uuid4(), slug=slug, name=entered.name, programme=entered.programme, description=entered.description, goals=[]
    )
    network.set_goals(entered.goals)
    session.add(network)
    await session.flush()
    await cover_from_today(session, network, entered.village_ids)
    await tell_network(session, network, NetworkFounded)
    return network


async def change_network(
    session: AsyncSession, access: Access, network_id: UUID, changes: NetworkChanges, if_match: str | None
) -> Network:
    """Raises `Forbidden` when anybody but a district officer changes the villages."""
    changed = changes.model_dump()
    village_ids, goals = changed.pop("village_ids", None), changed.pop("goals", None)
    if village_ids is not None:
        await lock(session, TERRITORY, "")
    network = await queries.network(session, network_id, lock=True)
    access.reach(network=network.id)
    expect_version(network, if_match)
    if village_ids is not None:
        Access(access.principal, frozenset({Role.DISTRICT_OFFICER})).check()
    covered = village_ids is not None and await cover_from_today(session, network, village_ids)
    aimed = goals is not None and network.set_goals(goals)
    if apply(network, changed) or covered or aimed:
        network.touch()
        await session.flush()
        await tell_network(session, network, NetworkChanged)
    return network


async def _check_village_name(session: AsyncSession, municipality_id: UUID, name: str) -> None:
    await lock(session, "village", f"{municipality_id}/{name}")
    if await queries.has_village(session, municipality_id, name):
        raise VillageExists
