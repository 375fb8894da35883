"""What a merger is going to do: looked at before it is entered, and again when it takes place."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from shared.dates import format_day, start_of_day
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from registry.mergers import queries
from registry.mergers.model import AlreadyMerging, Merger, MergerTooEarly, StaysAndGoes
from registry.mergers.schemas import MergerInput
from registry.territory import queries as territory
from registry.territory.model import AgsTaken, Municipality, Village, VillageSeat


@dataclass(frozen=True)
class Plan:
    """The municipalities that are dissolved, and their villages with the names that they are going to have.

    `into` takes them in; None where a new municipality does.
    """

    sources: Sequence[Municipality]
    into: Municipality | None
    villages: Sequence[tuple[Village, str]]


async def check(session: AsyncSession, entered: MergerInput) -> Plan:
    """Whether a merger can be entered. The caller holds the lock of the territory.

    Raises `DistrictMissing`, `ForeignAgs`, `AgsTaken`, `UnknownMunicipality`, `MunicipalityIsDissolved`,
    `AlreadyMerging`, `StaysAndGoes` and `MergerTooEarly`.
    """
    if entered.ags is not None:
        (await territory.registered_district(session)).check_ags(entered.ags)
        await territory.check_ags_unused(session, entered.ags)
    plan = await look_ahead(session, entered.municipality_ids, entered.into_id)
    if plan.into is not None and plan.into in plan.sources:
        raise StaysAndGoes(municipality=plan.into.name)
    for other in await queries.planned(session):
        if other.ags == entered.ags and other.into_id is None:
            raise AgsTaken
        _check_other(plan, other)
    for source in plan.sources:
        source.check_present()
        await _check_day(session, source, entered.effective_on)
    if plan.into is not None:
        plan.into.check_present()
        _check_first_day(plan.into, plan.into.begins_on, entered.effective_on)
    return plan


def _check_other(plan: Plan, other: Merger) -> None:
    """No municipality is dissolved twice, or takes in others when it is not there any more. Raises `AlreadyMerging`."""
    going = {*other.source_ids, other.into_id}
    for source in plan.sources:
        if source.id in going:
            raise AlreadyMerging(municipality=source.name)
    if plan.into is not None and plan.into.id in other.source_ids:
        raise AlreadyMerging(municipality=plan.into.name)


async def look_ahead(session: AsyncSession, municipality_ids: Sequence[UUID], into_id: UUID | None) -> Plan:
    """What these municipalities bring. Villages of one name get that of their old municipality added.

    Those of a municipality that takes in others keep theirs.
    """
    both = [*municipality_ids, *([into_id] if into_id else [])]
    found = await queries.municipalities_named(session, both)
    sources = [one for one in found if one.id in municipality_ids]
    names = {source.id: source.name for source in sources}
    here = await queries.villages_in(session, both)
    same = Counter(village.name for village in here)
    villages = [village for village in here if village.municipality_id in names]
    moving = [
        (village, village.name if same[village.name] == 1 else f"{village.name} ({names[village.municipality_id]})")
        for village in villages
    ]
    return Plan(sources, next((one for one in found if one.id == into_id), None), moving)


async def _check_day(session: AsyncSession, source: Municipality, effective_on: date) -> None:
    """A municipality has at least one day of its own, and so has each village in it: days are not shared."""
    seats = select(func.max(VillageSeat.starts_on)).where(VillageSeat.municipality_id == source.id)
    days = (source.begins_on, await session.scalar(seats))
    _check_first_day(source, max((day for day in days if day is not None), default=None), effective_on)


def _check_first_day(municipality: Municipality, first: date | None, effective_on: date) -> None:
    if first is not None and effective_on <= first:
        raise MergerTooEarly(municipality=municipality.name, day=format_day(start_of_day(first)))
