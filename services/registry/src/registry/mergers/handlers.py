"""Planning, cancelling and completing a merger."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from shared import audit
from shared.contracts.registry import (
    MergerCancelled,
    MergerCompleted,
    MergerPlanned,
    MunicipalityDissolved,
    MunicipalityRegistered,
    VillageChanged,
)
from shared.database import transaction
from shared.messaging.outbox import record
from shared.messaging.transport import Sessions
from shared.messaging.worker import Timer
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from registry.access.passing_on import pass_on_grants
from registry.clock import today
from registry.coverage.settling import TERRITORY
from registry.database import lock
from registry.mergers import plan, queries
from registry.mergers.model import Merger
from registry.mergers.moving import move_references
from registry.mergers.schemas import MergerInput, MovingVillage, PreviewAnswer
from registry.slugs import slugify, unused_slug
from registry.territory import queries as territory
from registry.territory.model import Municipality, Village, VillageSeat
from registry.territory.telling import tell_municipality, tell_village

EVERY = 60.0  # seconds


def timer() -> Timer:
    """For the worker: mergers take place on their day."""
    return Timer("mergers", EVERY, complete_due)


async def preview(session: AsyncSession, entered: MergerInput) -> PreviewAnswer:
    """What the merger would do. Nothing is changed; raises what `plan.check` raises."""
    await lock(session, TERRITORY, "")
    looked = await plan.check(session, entered)
    return PreviewAnswer(
        **_named(entered, looked),
        effective_on=entered.effective_on,
        into_id=entered.into_id,
        municipality_ids=entered.municipality_ids,
        at_once=entered.effective_on <= today(),
        villages=[
            MovingVillage(
                id=village.id,
                name=village.name,
                new_name=name,
                municipality_id=village.municipality_id,
                network=village.network_slug,
            )
            for village, name in looked.villages
        ],
        **await queries.counts(session, entered.municipality_ids),
    )


async def plan_merger(session: AsyncSession, entered: MergerInput) -> Merger:
    """Enter a merger; one whose day is not to come takes place at once. Raises what `plan.check` raises."""
    await lock(session, TERRITORY, "")
    looked = await plan.check(session, entered)
    merger = Merger(
        id=uuid4(),
        **_named(entered, looked),
        effective_on=entered.effective_on,
        into_id=entered.into_id,
        source_ids=[source.id for source in looked.sources],
    )
    session.add(merger)
    await session.flush()
    _tell(session, merger, MergerPlanned)
    _audit(session, "merger.planned", merger)
    if merger.effective_on <= today():
        await _complete(session, merger)
    return merger


async def cancel_merger(session: AsyncSession, merger_id: UUID) -> None:
    """A planned merger does not take place. Raises `NotFound`, `MergerIsOver`."""
    await lock(session, TERRITORY, "")
    merger = await queries.merger_for_update(session, merger_id)
    merger.cancel(datetime.now(UTC))
    _tell(session, merger, MergerCancelled)
    _audit(session, "merger.cancelled", merger)


async def complete_due(sessions: Sessions) -> None:
    """Complete the mergers whose day has come, each by itself. A second process waits, and finds them done."""
    async with sessions() as session:
        due = await queries.due(session, today())
    for merger_id in due:
        async with transaction(sessions) as session:
            await lock(session, TERRITORY, "")
            merger = await queries.merger_for_update(session, merger_id)
            if merger.is_planned:
                await _complete(session, merger)


async def _complete(session: AsyncSession, merger: Merger) -> None:
    """The villages and all rights move to the new municipality, or the one that stays; the others are dissolved."""
    looked = await plan.look_ahead(session, merger.source_ids, merger.into_id)
    municipality = looked.into or await _begin(session, merger, looked.sources)
    for village, name in looked.villages:
        village.move_to(municipality, name)
    for source in looked.sources:
        source.dissolve(merger.effective_on, municipality)
    await session.flush()
    await _move_seats(session, merger, municipality, [village for village, _ in looked.villages])
    await move_references(session, merger.source_ids, municipality.id)
    await pass_on_grants(session, merger.source_ids, municipality.id)
    merger.complete(municipality.id, datetime.now(UTC))
    await session.flush()
    if looked.into is None:
        tell_municipality(session, municipality, MunicipalityRegistered)
    for village, _ in looked.villages:
        tell_village(session, village, VillageChanged)
    for source in looked.sources:
        tell_municipality(session, source, MunicipalityDissolved)
    completed = MergerCompleted(**_state(merger), successor_id=municipality.id)
    record(session, completed, subject=merger.id, sequence=merger.version)
    _audit(session, "merger.completed", merger)


async def _begin(session: AsyncSession, merger: Merger, sources: Sequence[Municipality]) -> Municipality:
    """The new municipality. Where it is called like an old one, it gets that one's short name: old addresses hold."""
    wanted = slugify(merger.name)
    for source in sources:
        if source.slug == wanted:
            source.slug = await unused_slug(session, Municipality.slug, f"{source.name} {source.ags}")
    await session.flush()
    municipality = Municipality(
        id=uuid4(),
        district_id=(await territory.registered_district(session)).id,
        ags=merger.ags,
        name=merger.name,
        slug=await unused_slug(session, Municipality.slug, merger.name),
        begins_on=merger.effective_on,
    )
    session.add(municipality)
    await session.flush()
    return municipality


async def _move_seats(
    session: AsyncSession, merger: Merger, municipality: Municipality, villages: Sequence[Village]
) -> None:
    here = VillageSeat.village_id.in_([village.id for village in villages]), VillageSeat.until.is_(None)
    last_day = merger.effective_on - timedelta(days=1)
    await session.execute(update(VillageSeat).where(*here).values(until=last_day))
    session.add_all(
        VillageSeat(village_id=village.id, municipality_id=municipality.id, starts_on=merger.effective_on)
        for village in villages
    )
    await session.flush()


def _state(merger: Merger) -> dict[str, Any]:
    return {
        "merger_id": merger.id,
        "ags": merger.ags,
        "name": merger.name,
        "effective_on": merger.effective_on,
        "municipality_ids": merger.source_ids,
        "into_id": merger.into_id,
    }


def _named(entered: MergerInput, looked: plan.Plan) -> dict[str, Any]:
    """AGS and name of the municipality that is going to have the villages."""
    named = looked.into or entered
    return {"ags": named.ags, "name": named.name}


def _tell(session: AsyncSession, merger: Merger, told: type[MergerPlanned | MergerCancelled]) -> None:
    record(session, told.model_validate(_state(merger)), subject=merger.id, sequence=merger.version)


def _audit(session: AsyncSession, action: str, merger: Merger) -> None:
    scopes = [*merger.source_ids, *([merger.municipality_id] if merger.municipality_id else [])]
    audit.record(session, action, kind="merger", subject=merger.id, scopes=scopes)
