"""Looking again and again at the calendars that are taken over."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import structlog
from shared.database import transaction
from shared.messaging.transport import Sessions
from shared.outside import Fetched, Outside, Refused
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from events.imported_calendars.model import AFTER_FAILURE, CalendarSource, Failure
from events.imported_calendars.reading import Reading, Unreadable, read_calendar
from events.imported_calendars.taking_over import take_over

AHEAD = timedelta(days=366)  # dates further away are taken over when they are nearer
AT_ONCE = 20  # of one run of the timer

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class _Asked:
    """What a source was when its address was asked."""

    id: UUID
    url: str
    headers: dict[str, str]


class Checks:
    """The timer of the worker. `outside` is where addresses may lead."""

    def __init__(self, outside: Outside) -> None:
        self._outside = outside

    async def run(self, sessions: Sessions) -> None:
        """Look at every calendar that is due; one that fails harms no other."""
        for _ in range(AT_ONCE):
            async with transaction(sessions) as session:
                asked = await _claim(session, datetime.now(UTC))
            if asked is None:
                return
            await self._check(sessions, asked)

    async def _check(self, sessions: Sessions, asked: _Asked) -> None:
        now = datetime.now(UTC)
        try:
            fetched = await self._outside.fetch(asked.url, asked.headers)
            reading = None if fetched.body is None else await read_calendar(fetched.body, now, now + AHEAD)
            async with transaction(sessions) as session:
                source = await _still_wanted(session, asked)
                if source is not None:
                    await _take(session, source, fetched, reading, now)
        except Refused as refused:
            await _note(sessions, asked, Failure(refused.code), refused.detail)
        except Unreadable as unreadable:
            await _note(sessions, asked, unreadable.failure, "")


async def _claim(session: AsyncSession, now: datetime) -> _Asked | None:
    """The calendar that waits longest. Whatever goes wrong with it, its next turn comes later."""
    due = (
        select(CalendarSource)
        .where(~CalendarSource.paused, CalendarSource.next_check_at <= now)
        .order_by(CalendarSource.next_check_at, CalendarSource.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    source = await session.scalar(due)
    if source is None:
        return None
    source.next_check_at = now + AFTER_FAILURE
    return _Asked(source.id, source.url, source.asks_with(now))


async def _still_wanted(session: AsyncSession, asked: _Asked) -> CalendarSource | None:
    """The source, locked, unless staff have removed, paused or changed it meanwhile."""
    query = select(CalendarSource).where(
        CalendarSource.id == asked.id, CalendarSource.url == asked.url, ~CalendarSource.paused
    )
    return await session.scalar(query.with_for_update())


async def _take(
    session: AsyncSession, source: CalendarSource, fetched: Fetched, reading: Reading | None, now: datetime
) -> None:
    if reading is None:
        source.is_unchanged(now)
        return
    nonsense = await take_over(session, source, reading.entries, now, now + AHEAD)
    source.was_read(
        now,
        etag=fetched.headers.get("etag"),
        last_modified=fetched.headers.get("last-modified"),
        unreadable=reading.unreadable + nonsense,
    )
    log.info("calendar_taken_over", source_id=str(source.id), dates=len(reading.entries))


async def _note(sessions: Sessions, asked: _Asked, failure: Failure, detail: str) -> None:
    async with transaction(sessions) as session:
        source = await _still_wanted(session, asked)
        if source is not None:
            source.failed(datetime.now(UTC), failure, detail)
    log.info("calendar_not_taken_over", source_id=str(asked.id), failure=failure.value)
