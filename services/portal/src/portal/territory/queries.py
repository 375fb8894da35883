"""What the public pages of municipalities show, and where former addresses lead."""

from dataclasses import dataclass

from shared.errors import NotFound
from sqlalchemy import any_, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from portal.read_model.model import Municipality, Network, Village


@dataclass(frozen=True)
class VillageLine:
    """A village; `network` is the slug of the one that covers it, `network_name` its name."""

    name: str
    slug: str
    network: str | None
    network_name: str


@dataclass(frozen=True)
class MunicipalityCard:
    slug: str
    name: str
    ags: str
    villages: list[VillageLine]
    predecessors: list[str]

    @property
    def covered(self) -> int:
        """How many of the villages belong to a network."""
        return sum(1 for village in self.villages if village.network)


async def municipality_cards(session: AsyncSession) -> list[MunicipalityCard]:
    """The present municipalities by name."""
    present = select(Municipality).where(Municipality.dissolved_on.is_(None)).order_by(Municipality.name)
    return [await _card(session, row) for row in (await session.scalars(present)).all()]


async def municipality_card(session: AsyncSession, slug: str) -> MunicipalityCard:
    """The municipality of a present or former short name: what stands for it today. Raises `NotFound`."""
    called = or_(Municipality.slug == slug, Municipality.former_slugs.contains([slug]))
    found = await session.scalar(select(Municipality).where(called).order_by(Municipality.dissolved_on.desc()))
    while found is not None and found.successor_id is not None:
        found = await session.get(Municipality, found.successor_id)
    if found is None:
        raise NotFound
    return await _card(session, found)


async def address_of_village(session: AsyncSession, slug: str) -> tuple[str, bool] | None:
    """Where the page of a village of a present or former short name is, and whether for good; None: unknown."""
    village = await session.scalar(
        select(Village).where(or_(Village.slug == slug, Village.former_slugs.contains([slug])))
    )
    if village is None:
        return None
    network = await session.scalar(select(Network.slug).where(literal(village.village_id) == any_(Network.village_ids)))
    if network is not None:
        return f"/n/{network}/orte/{village.slug}", village.slug != slug
    municipality = await session.get(Municipality, village.municipality_id)
    return (f"/gemeinden/{municipality.slug}", False) if municipality else None


async def _card(session: AsyncSession, row: Municipality) -> MunicipalityCard:
    before = select(Municipality.name).where(Municipality.successor_id == row.municipality_id)
    villages = (
        select(Village.name, Village.slug, Network.slug, Network.name)
        .outerjoin(Network, Village.village_id == any_(Network.village_ids))
        .where(Village.municipality_id == row.municipality_id)
        .order_by(Village.name)
    )
    return MunicipalityCard(
        slug=row.slug,
        name=row.name,
        ags=row.ags,
        villages=[
            VillageLine(name, slug, network, called or "")
            for name, slug, network, called in await session.execute(villages)
        ],
        predecessors=list(await session.scalars(before.order_by(Municipality.name))),
    )
