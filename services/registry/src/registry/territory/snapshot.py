"""The territory on a day: which village belonged to which municipality and which network."""

from datetime import date
from uuid import UUID

from sqlalchemy import and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from registry.coverage import queries as coverage
from registry.territory import queries
from registry.territory.model import Municipality, Village, VillageSeat
from registry.territory.schemas import DistrictAnswer, MunicipalityOnDay, TerritoryAnswer, VillageOnDay


async def territory_on(session: AsyncSession, day: date) -> TerritoryAnswer:
    """Every municipality of that day by name with its villages. Names and addresses are those of today."""
    there = and_(
        or_(Municipality.begins_on.is_(None), Municipality.begins_on <= day),
        or_(Municipality.dissolved_on.is_(None), Municipality.dissolved_on > day),
    )
    municipalities = (await session.scalars(select(Municipality).where(there).order_by(Municipality.name))).all()
    villages = await _villages(session, day)
    district = await queries.the_district(session)
    return TerritoryAnswer(
        on=day,
        district=DistrictAnswer.model_validate(district) if district else None,
        municipalities=[
            MunicipalityOnDay(
                id=one.id,
                ags=one.ags,
                slug=one.slug,
                name=one.name,
                begins_on=one.begins_on,
                dissolved_on=one.dissolved_on,
                successor_id=one.successor_id,
                villages=villages.get(one.id, []),
            )
            for one in municipalities
        ],
    )


async def _villages(session: AsyncSession, day: date) -> dict[UUID, list[VillageOnDay]]:
    """By the municipality of that day."""
    seats = and_(
        VillageSeat.village_id == Village.id,
        or_(VillageSeat.starts_on.is_(None), VillageSeat.starts_on <= day),
        or_(VillageSeat.until.is_(None), VillageSeat.until >= day),
    )
    rows = select(Village, VillageSeat.municipality_id).join(VillageSeat, seats).order_by(Village.name, Village.id)
    found = (await session.execute(rows)).unique().all()
    networks = await coverage.networks_on(session, [village.id for village, _ in found], day)
    villages: dict[UUID, list[VillageOnDay]] = {}
    for village, municipality_id in found:
        network = networks.get(village.id)
        shown = VillageOnDay(
            id=village.id,
            slug=village.slug,
            name=village.name,
            latitude=village.latitude,
            longitude=village.longitude,
            network_id=network.id if network else None,
            network=network.slug if network else None,
        )
        villages.setdefault(municipality_id, []).append(shown)
    return villages
