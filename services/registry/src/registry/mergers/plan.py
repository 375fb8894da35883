"""What a merger is going to do: looked at before it is entered, and again when it takes place."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from shared.dates import format_day, start_of_day
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from registry.mergers import queries
from registry.mergers.model import AlreadyMerging, MergerTooEarly
from registry.mergers.schemas import MergerInput
from registry.territory import queries as territory
from registry.territory.model import AgsTaken, Municipality, Village, VillageSeat


@dataclass(frozen=True)
class Plan:
    """The municipalities that merge, and their villages with the names that they are going to have."""

    sources: Sequence[Municipality]
    villages: Sequence[tuple[Village, str]]


async def check(session: AsyncSession, entered: MergerInput) -> Plan:
    """Whether a merger can be entered. The caller holds the lock of the territory.

    Raises `DistrictMissing`, `ForeignAgs`, `AgsTaken`, `UnknownMunicipality`, `MunicipalityIsDissolved`,
    `AlreadyMerging` and `MergerTooEarly`.
    """
    (await territory.registered_district(session)).check_ags(entered.ags)
    await territory.check_ags_unused(session, entered.ags)
    plan = await look_ahead(session, entered.municipality_ids)
    for other in await queries.planned(session):
        if other.ags == entered.ags:
            raise AgsTaken
        for source in plan.sources:
            if source.id in other.source_ids:
                raise AlreadyMerging(municipality=source.name)
    for source in plan.sources:
        source.check_present()
        await _check_day(session, source, entered.effective_on)
    return plan


async def look_ahead(session: AsyncSession, municipality_ids: Sequence[UUID]) -> Plan:
    """What these municipalities bring. Villages of one name get that of their old municipality added."""
    sources = await queries.municipalities_named(session, municipality_ids)
    names = {source.id: source.name for source in sources}
    villages = await queries.villages_in(session, names)
    same = Counter(village.name for village in villages)
    moving = [
        (village, village.name if same[village.name] == 1 else f"{village.name} ({names[village.municipality_id]})")
        for village in villages
    ]
    return Plan(sources, moving)


async def _check_day(session: AsyncSession, source: Municipality, effective_on: date) -> None:
    """A municipality has at least one day of its own, and so has each village in it: days are not shared."""
    seats = select(func.max(VillageSeat.starts_on)).where(VillageSeat.municipality_id == source.id)
    first = max((day for day in (source.begins_on, await session.scalar(seats)) if day is not None), default=date.min)
    if effective_on - timedelta(days=1) < first:
        raise MergerTooEarly(municipality=source.name, day=format_day(start_of_day(first)))
