"""What the pages about organisations show beside the entry: federations and members, and what a form offers."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from shared.contracts.registry import OrganisationKind
from sqlalchemy import ColumnElement, any_, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from portal.networks.queries import fields_of_activity
from portal.organisations.forms import Choices
from portal.read_model.model import MergedOrganisation, Municipality, Network, Organisation, Village


@dataclass(frozen=True)
class Related:
    """Another organisation, with the address of its page where it has one."""

    name: str
    href: str | None


async def federations_of(session: AsyncSession, ids: list[UUID]) -> list[Related]:
    """The public ones of these federations, by name."""
    return await _related(session, Organisation.organisation_id.in_(ids)) if ids else []


async def members_of(session: AsyncSession, federation_id: UUID) -> list[Related]:
    """The public members of a federation, by name."""
    return await _related(session, Organisation.federations.contains([federation_id]))


@dataclass(frozen=True)
class Home:
    """Where an organisation is; the network's slug and name where one covers the village."""

    village: str
    municipality: str
    network: str | None
    network_name: str


async def home_of(session: AsyncSession, village_id: UUID) -> Home | None:
    """The village by its id, None while the read model does not know it."""
    where = (
        select(Village.name, Municipality.name, Network.slug, Network.name)
        .join(Municipality, Municipality.municipality_id == Village.municipality_id)
        .outerjoin(Network, Village.village_id == any_(Network.village_ids))
        .where(Village.village_id == village_id)
    )
    row = (await session.execute(where)).first()
    return Home(row[0], row[1], row[2], row[3] or "") if row else None


async def addresses_of(session: AsyncSession, ids: Iterable[UUID | str | None]) -> dict[str, str]:
    """Where the public pages of organisations are, by their id as text; those without a page are left out."""
    wanted = (
        select(Organisation.organisation_id, Network.slug, Organisation.slug)
        .join(Network, Organisation.village_id == any_(Network.village_ids))
        .where(Organisation.organisation_id.in_([UUID(str(one)) for one in ids if one]), ~Organisation.hidden)
    )
    return {str(key): f"/n/{network}/organisationen/{slug}" for key, network, slug in await session.execute(wanted)}


async def address_of_merged(session: AsyncSession, slug: str) -> str | None:
    """Where the page of the entry is that stands for a merged one, which had this short name; None: unknown."""
    merged = MergedOrganisation.into_organisation_id == Organisation.organisation_id
    wanted = (
        select(Network.slug, Organisation.slug)
        .join_from(Organisation, MergedOrganisation, merged)
        .join(Network, Organisation.village_id == any_(Network.village_ids))
        .where(MergedOrganisation.slug == slug, ~Organisation.hidden)
        .order_by(MergedOrganisation.sequence.desc())
    )
    found = (await session.execute(wanted)).first()
    return f"/n/{found[0]}/organisationen/{found[1]}" if found and slug else None


async def successor_of(session: AsyncSession, organisation_id: UUID) -> UUID | None:
    """The id of what stands for a merged entry."""
    wanted = select(MergedOrganisation.into_organisation_id)
    found: UUID | None = await session.scalar(wanted.where(MergedOrganisation.organisation_id == organisation_id))
    return found


async def choices(session: AsyncSession, district_id: str) -> Choices:
    """Everything that the form of any organisation of the district offers."""
    places = select(Village.village_id, Village.name, Municipality.name, Municipality.municipality_id)
    villages = (
        await session.execute(
            places.join(Municipality, Municipality.municipality_id == Village.municipality_id).order_by(
                Municipality.name, Village.name
            )
        )
    ).all()
    networks = (await session.execute(select(Network.network_id, Network.name).order_by(Network.name))).all()
    municipalities = dict.fromkeys((municipality_id, name) for _, _, name, municipality_id in villages)
    federations = select(Organisation.organisation_id, Organisation.name).where(
        Organisation.kind == OrganisationKind.FEDERATION.value, ~Organisation.hidden
    )
    found = (await session.execute(federations.order_by(Organisation.name))).all()
    areas = [
        ("district", district_id, ""),
        *(("network", network_id, name) for network_id, name in networks),
        *(("municipality", municipality_id, name) for municipality_id, name in municipalities),
        *(("village", village_id, f"{name} ({municipality})") for village_id, name, municipality, _ in villages),
    ]
    return Choices(
        fields=await fields_of_activity(session),
        federations=[(str(federation_id), name) for federation_id, name in found],
        areas=[(f"{kind}:{place}", name) for kind, place, name in areas],
        villages=[(str(village_id), f"{name} ({municipality})") for village_id, name, municipality, _ in villages],
    )


async def _related(session: AsyncSession, which: ColumnElement[bool]) -> list[Related]:
    shown = (
        select(Organisation.name, Organisation.slug, Network.slug)
        .outerjoin(Network, Organisation.village_id == any_(Network.village_ids))
        .where(which, ~Organisation.hidden)
        .order_by(func.lower(Organisation.name))
    )
    return [
        Related(name, f"/n/{network}/organisationen/{slug}" if network else None)
        for name, slug, network in await session.execute(shown)
    ]
