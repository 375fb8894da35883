"""Reading the event log."""

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from portal.event_log.model import EventEntry
from portal.read_model.model import Network

PAGE = 30


async def latest(
    session: AsyncSession, *, before: int | None = None, event_type: str | None = None, network: str | None = None
) -> list[EventEntry]:
    """At most `PAGE` + 1 entries, the newest first; the last one only says that there are more."""
    query = select(EventEntry).order_by(EventEntry.position.desc()).limit(PAGE + 1)
    if before is not None:
        query = query.where(EventEntry.position < before)
    if event_type:
        query = query.where(EventEntry.type == event_type)
    if network:
        query = query.where(EventEntry.networkid == network)
    return list(await session.scalars(query))


async def newest(session: AsyncSession) -> int:
    """The position of the last entry; 0 where there is none."""
    return await session.scalar(select(func.coalesce(func.max(EventEntry.position), 0))) or 0


async def after(session: AsyncSession, position: int, limit: int = 500) -> list[EventEntry]:
    """The entries after a position, the oldest first."""
    query = select(EventEntry).where(EventEntry.position > position).order_by(EventEntry.position).limit(limit)
    return list(await session.scalars(query))


async def network_names(session: AsyncSession) -> list[tuple[str, str]]:
    """Slug and name of every network, by name."""
    rows = await session.execute(select(Network.slug, Network.name).order_by(Network.name))
    return [(row.slug, row.name) for row in rows]
