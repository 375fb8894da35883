"""Villages join and leave networks, on a day in the past, today or later."""

from collections.abc import Collection, Iterable
from datetime import timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from registry.clock import today
from registry.coverage import queries
from registry.coverage.model import Coverage, CoveredElsewhere, OneIsCoveredElsewhere, check_free, cover
from registry.coverage.schemas import CoverageEnd, CoverageInput
from registry.coverage.settling import TERRITORY, settle
from registry.database import lock
from registry.territory import queries as territory
from registry.territory.model import Network


async def join_network(session: AsyncSession, entered: CoverageInput) -> Coverage:
    """A village joins a network. Raises `UnknownVillage`, `UnknownNetwork`, `CoveredElsewhere`."""
    await lock(session, TERRITORY, "")
    network = await territory.network_named(session, entered.network_id)
    village = await territory.village_named(session, entered.village_id, lock=True)
    others = (await queries.coverage_of(session, [village.id]))[village.id]
    coverage = cover(village, network, others, entered.starts_on, entered.until)
    session.add(coverage)
    await session.flush()
    await settle(session, [village.id])
    return coverage


async def end_coverage(session: AsyncSession, coverage_id: UUID, end: CoverageEnd) -> Coverage:
    """Say when a village leaves its network, or that it stays. Raises `CoveredElsewhere`."""
    await lock(session, TERRITORY, "")
    coverage = await queries.coverage(session, coverage_id)
    village = await territory.village(session, coverage.village_id, lock=True)
    if coverage.last(end.until, today()):
        rows = (await queries.coverage_of(session, [village.id]))[village.id]
        check_free(village, (row for row in rows if row.id != coverage.id), coverage.starts_on, coverage.until)
        await session.flush()
        await settle(session, [village.id])
    return coverage


async def cover_from_today(session: AsyncSession, network: Network, village_ids: Iterable[UUID]) -> bool:
    """Have a network cover exactly these villages from today on; returns whether that changes anything.

    The caller holds the lock of the territory. Raises `UnknownVillages`, `OneIsCoveredElsewhere`.
    """
    wanted = {village.id: village for village in await territory.villages_named(session, village_ids)}
    present = {village.id for village in await territory.villages_of(session, network.id, lock=True)}
    dropped, joined = present - set(wanted), set(wanted) - present
    rows = await queries.coverage_of(session, dropped | joined)
    for village_id in dropped:
        _end_yesterday(rows[village_id])
    for village_id in joined:
        try:
            session.add(cover(wanted[village_id], network, rows[village_id], today(), None))
        except CoveredElsewhere as error:
            raise OneIsCoveredElsewhere(village=wanted[village_id].name) from error
    await session.flush()
    return await settle(session, dropped | joined, told=network)


def _end_yesterday(rows: Collection[Coverage]) -> None:
    for row in rows:
        if row.overlaps(today(), today()):
            row.last(today() - timedelta(days=1), today())
