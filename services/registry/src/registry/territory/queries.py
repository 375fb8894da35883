"""Reading the territory."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from shared.contracts.registry import Area, AreaKind
from shared.errors import NotFound
from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from registry.database import lock as lock_name
from registry.pages import read_page
from registry.territory.model import (
    Addressed,
    AgsTaken,
    District,
    DistrictMissing,
    Municipality,
    Network,
    UnknownArea,
    UnknownMunicipality,
    UnknownNetwork,
    UnknownVillage,
    UnknownVillages,
    Village,
)

TABLE_OF: dict[AreaKind, type[District | Municipality | Network | Village]] = {
    AreaKind.DISTRICT: District,
    AreaKind.MUNICIPALITY: Municipality,
    AreaKind.NETWORK: Network,
    AreaKind.VILLAGE: Village,
}


async def the_district(session: AsyncSession) -> District | None:
    return (await session.scalars(select(District))).one_or_none()


async def district_for_update(session: AsyncSession, district_id: UUID) -> District:
    """The district, locked. Raises `NotFound`."""
    found = await session.get(District, district_id, with_for_update=True)
    if found is None:
        raise NotFound
    return found


async def registered_district(session: AsyncSession) -> District:
    """The district. Raises `DistrictMissing` before it is registered."""
    district = await the_district(session)
    if district is None:
        raise DistrictMissing
    return district


async def list_municipalities(
    session: AsyncSession, slug: str | None, dissolved: bool, after: str | None, limit: int
) -> tuple[Sequence[Municipality], str | None]:
    """By name; those that were merged into another only where `dissolved` asks for them, or `slug` names one."""
    municipalities = select(Municipality)
    if slug is not None:
        municipalities = municipalities.where(called(Municipality, slug))
    elif not dissolved:
        municipalities = municipalities.where(Municipality.dissolved_on.is_(None))
    return await read_page(session, municipalities, (Municipality.name, Municipality.id), after, limit)


async def municipality(session: AsyncSession, municipality_id: UUID, *, lock: bool = False) -> Municipality:
    """Raises `NotFound`."""
    found = await session.get(Municipality, municipality_id, with_for_update=lock)
    if found is None:
        raise NotFound
    return found


async def municipality_named(session: AsyncSession, municipality_id: UUID) -> Municipality:
    """The municipality that an input names. Raises `UnknownMunicipality`."""
    found = await session.get(Municipality, municipality_id)
    if found is None:
        raise UnknownMunicipality
    return found


async def check_ags_unused(session: AsyncSession, ags: str) -> None:
    """Raise `AgsTaken` when a municipality has this AGS or had it; nobody else takes it while the transaction lasts."""
    await lock_name(session, "ags", ags)
    if await session.scalar(select(Municipality.id).where(Municipality.ags == ags)) is not None:
        raise AgsTaken


async def list_villages(
    session: AsyncSession,
    network: str | None,
    municipality_id: UUID | None,
    slug: str | None,
    after: str | None,
    limit: int,
) -> tuple[Sequence[Village], str | None]:
    villages = select(Village)
    if network is not None:
        villages = villages.where(Village.network_id.in_(select(Network.id).where(Network.slug == network)))
    if municipality_id is not None:
        villages = villages.where(Village.municipality_id == municipality_id)
    if slug is not None:
        villages = villages.where(called(Village, slug))
    return await read_page(session, villages, (Village.name, Village.id), after, limit)


async def village(session: AsyncSession, village_id: UUID, *, lock: bool = False) -> Village:
    """Raises `NotFound`."""
    found = await villages_by_id(session, [village_id], lock=lock)
    if not found:
        raise NotFound
    return found[0]


async def village_named(session: AsyncSession, village_id: UUID, *, lock: bool = False) -> Village:
    """The village that an input names. Raises `UnknownVillage`.

    The database locks no row outside of the caller's scope: such a one is returned as it is, for a check to refuse.
    """
    wanted = select(Village).where(Village.id == village_id)
    found: Village | None = await session.scalar(wanted)
    if found is None:
        raise UnknownVillage
    if lock:
        await session.scalar(wanted.with_for_update(of=Village).execution_options(populate_existing=True))
    return found


async def villages_named(session: AsyncSession, village_ids: Iterable[UUID]) -> Sequence[Village]:
    """The villages that an input lists, locked. Raises `UnknownVillages`."""
    wanted = set(village_ids)
    found = await villages_by_id(session, wanted, lock=True)
    if len(found) != len(wanted):
        raise UnknownVillages
    return found


async def villages_by_id(session: AsyncSession, ids: Iterable[UUID], *, lock: bool = False) -> Sequence[Village]:
    """In the order of their ids, so that two transactions that lock some of the same ones do not block each other."""
    villages = select(Village).where(Village.id.in_(list(ids))).order_by(Village.id)
    if lock:
        villages = villages.with_for_update(of=Village)
    return (await session.scalars(villages)).all()


async def villages_of(session: AsyncSession, network_id: UUID, *, lock: bool = False) -> Sequence[Village]:
    """The villages that a network covers, in the order of their ids."""
    villages = select(Village).where(Village.network_id == network_id).order_by(Village.id)
    if lock:
        villages = villages.with_for_update(of=Village)
    return (await session.scalars(villages)).all()


async def has_village(session: AsyncSession, municipality_id: UUID, name: str) -> bool:
    """Whether the municipality already has a village of this name."""
    same = select(Village.id).where(Village.municipality_id == municipality_id, Village.name == name)
    return await session.scalar(same) is not None


async def list_networks(
    session: AsyncSession, slug: str | None, after: str | None, limit: int
) -> tuple[Sequence[Network], str | None]:
    networks = select(Network).options(selectinload(Network.goals))
    if slug is not None:
        networks = networks.where(Network.slug == slug)
    return await read_page(session, networks, (Network.name, Network.id), after, limit)


async def network(session: AsyncSession, network_id: UUID, *, lock: bool = False) -> Network:
    """A network with its goals. Raises `NotFound`."""
    networks = select(Network).where(Network.id == network_id).options(selectinload(Network.goals))
    if lock:
        networks = networks.with_for_update(of=Network)
    found = await session.scalar(networks)
    if found is None:
        raise NotFound
    return found


async def network_named(session: AsyncSession, network_id: UUID) -> Network:
    """The network that an input names. Raises `UnknownNetwork`."""
    found = await session.get(Network, network_id)
    if found is None:
        raise UnknownNetwork
    return found


async def village_ids_of(session: AsyncSession, networks: Iterable[UUID]) -> dict[UUID, list[UUID]]:
    """The ids of the villages that each network covers, ordered by the villages' names."""
    found: dict[UUID, list[UUID]] = {network_id: [] for network_id in networks}
    covered = select(Village.network_id, Village.id).where(Village.network_id.in_(found)).order_by(Village.name)
    for network_id, village_id in await session.execute(covered):
        if network_id is not None:
            found[network_id].append(village_id)
    return found


async def check_areas(session: AsyncSession, areas: Iterable[Area]) -> None:
    """Raise `UnknownArea` unless every area of activity is registered."""
    for kind, table in TABLE_OF.items():
        wanted = {area.id for area in areas if area.kind is kind}
        if wanted and len((await session.scalars(select(table.id).where(table.id.in_(wanted)))).all()) != len(wanted):
            raise UnknownArea


async def networks_of_areas(session: AsyncSession, areas: Iterable[Area]) -> set[str | None]:
    """The slugs of the networks that areas of activity belong to; None stands for what is outside or wider."""
    villages = {area.id for area in areas if area.kind is AreaKind.VILLAGE}
    networks = {area.id for area in areas if area.kind is AreaKind.NETWORK}
    slugs: set[str | None] = {found.network_slug for found in await villages_by_id(session, villages)}
    slugs |= set(await session.scalars(select(Network.slug).where(Network.id.in_(networks))))
    if any(area.kind in {AreaKind.MUNICIPALITY, AreaKind.DISTRICT} for area in areas):
        slugs.add(None)
    return slugs


def called(table: type[Addressed], slug: str) -> ColumnElement[bool]:
    """Under its present short name or a former one: no two rows share any."""
    return or_(table.slug == slug, table.former_slugs.contains([slug]))
