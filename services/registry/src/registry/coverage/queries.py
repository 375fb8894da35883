"""Reading which network covered which village when."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from uuid import UUID

from shared.errors import NotFound
from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from registry.coverage.model import Coverage
from registry.pages import read_page
from registry.territory.model import Network, Village


async def list_coverage(
    session: AsyncSession,
    *,
    network: str | None,
    village_id: UUID | None,
    on: date | None,
    after: str | None,
    limit: int,
) -> tuple[Sequence[Coverage], str | None]:
    """By the first day, without what was taken back before it; `on` keeps what covers that day."""
    rows = select(Coverage).where(or_(Coverage.until.is_(None), Coverage.until >= Coverage.starts_on))
    if network is not None:
        rows = rows.where(Coverage.network_id.in_(select(Network.id).where(Network.slug == network)))
    if village_id is not None:
        rows = rows.where(Coverage.village_id == village_id)
    if on is not None:
        rows = rows.where(holds_on(on))
    return await read_page(session, rows, (Coverage.starts_on, Coverage.id), after, limit)


async def coverage(session: AsyncSession, coverage_id: UUID) -> Coverage:
    """Raises `NotFound`."""
    found = await session.get(Coverage, coverage_id, populate_existing=True)
    if found is None:
        raise NotFound
    return found


async def coverage_of(session: AsyncSession, village_ids: Iterable[UUID]) -> dict[UUID, list[Coverage]]:
    """All rows of each of these villages, by their first day."""
    found: dict[UUID, list[Coverage]] = {village_id: [] for village_id in village_ids}
    rows = select(Coverage).where(Coverage.village_id.in_(found)).order_by(Coverage.starts_on)
    for row in await session.scalars(rows.execution_options(populate_existing=True)):
        found[row.village_id].append(row)
    return found


async def unsettled(session: AsyncSession, today: date, village_ids: Collection[UUID] | None = None) -> list[UUID]:
    """The villages whose network is not the one that covers them today: of these, or of all."""
    found = (
        select(Village.id)
        .outerjoin(Coverage, and_(Coverage.village_id == Village.id, holds_on(today)))
        .where(Village.network_id.is_distinct_from(Coverage.network_id))
    )
    if village_ids is not None:
        found = found.where(Village.id.in_(village_ids))
    return list(await session.scalars(found))


async def networks_on(session: AsyncSession, village_ids: Collection[UUID], day: date) -> dict[UUID, Network]:
    """The network that covers each of these villages on a day; a village without one is missing."""
    rows = select(Coverage.village_id, Network).join(Network, Network.id == Coverage.network_id)
    rows = rows.where(Coverage.village_id.in_(village_ids), holds_on(day))
    return dict((await session.execute(rows)).all())


def holds_on(day: date) -> ColumnElement[bool]:
    """Rows that cover this day."""
    return and_(Coverage.starts_on <= day, or_(Coverage.until.is_(None), Coverage.until >= day))
