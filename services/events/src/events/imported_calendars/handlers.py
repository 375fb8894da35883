"""What staff can do with the calendars that their network takes over."""

from datetime import UTC, datetime
from uuid import UUID

from shared import audit
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from events.audience.queries import require_network
from events.imported_calendars.model import AddressKnown, CalendarSource, TooManyCalendars
from events.imported_calendars.queries import list_sources
from events.imported_calendars.schemas import NewSource, SourceChange
from events.imported_calendars.taking_over import withdraw_coming

MOST_SOURCES = 20  # of a network


async def add_source(session: AsyncSession, new: NewSource, added_by: UUID) -> CalendarSource:
    """Take over a calendar from now on. Raises `UnknownNetwork`, `AddressKnown`, `TooManyCalendars`."""
    await require_network(session, new.network)
    known = await list_sources(session, new.network)
    if len(known) >= MOST_SOURCES:
        raise TooManyCalendars
    await _require_new(session, new.network, new.url)
    source = CalendarSource.add(new.network, new.name, new.url, new.kind, added_by)
    session.add(source)
    await session.flush()
    _audit(session, "calendar_source.added", source)
    return source


async def change_source(session: AsyncSession, source: CalendarSource, change: SourceChange) -> None:
    """Raises `ChangedMeanwhile`, `AddressKnown`."""
    await _require_new(session, source.network, change.url, but=source.id)
    wanted = change.model_dump()
    fields = sorted(name for name, value in wanted.items() if name != "version" and value != getattr(source, name))
    source.change(**wanted)
    await session.flush()
    if fields:
        _audit(session, "calendar_source.changed", source, fields=", ".join(fields))


async def remove_source(session: AsyncSession, source: CalendarSource, *, cancel: bool) -> None:
    """Take over no more. Its dates stay as meetings of the network, unless those to come are to be cancelled."""
    if cancel:
        await withdraw_coming(session, source, datetime.now(UTC))
    _audit(session, "calendar_source.removed", source)
    await session.delete(source)
    await session.flush()


def _audit(session: AsyncSession, action: str, source: CalendarSource, **details: str) -> None:
    """Whoever adds one stands in its row as long as it is taken over, and here for as long as the log is kept."""
    audit.record(
        session,
        action,
        kind="calendar_source",
        subject=source.id,
        persons=[source.added_by],
        scopes=[source.network],
        details=details,
    )


async def _require_new(session: AsyncSession, network: str, url: str, but: UUID | None = None) -> None:
    same = select(CalendarSource.id).where(CalendarSource.network == network, CalendarSource.url == url)
    found = await session.scalar(same)
    if found not in (None, but):
        raise AddressKnown
