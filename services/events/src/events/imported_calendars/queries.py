"""Finding calendars that are taken over, and their dates."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from shared.access.grants import Access
from shared.errors import NotFound
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from events.imported_calendars.facts import Facts
from events.imported_calendars.model import CalendarSource, ImportedDate
from events.meetings.access import may_plan
from events.meetings.model import Meeting, MeetingStatus

MOST_SHOWN = 200


@dataclass(frozen=True)
class ShownDate:
    """A coming date: the meeting, what the calendar says of it, and which parts staff have changed."""

    meeting: Meeting
    theirs: Facts
    edited: list[str]
    withdrawn: bool


async def get_source(session: AsyncSession, source_id: UUID, access: Access, *, lock: bool = False) -> CalendarSource:
    """A calendar of the caller's own networks. Raises `NotFound`."""
    query = select(CalendarSource).where(CalendarSource.id == source_id)
    source = await session.scalar(query.with_for_update() if lock else query)
    if source is None or not may_plan(access, source.network):
        raise NotFound
    return source


async def list_sources(session: AsyncSession, network: str) -> Sequence[CalendarSource]:
    """Every calendar of a network, by name."""
    found = select(CalendarSource).where(CalendarSource.network == network)
    return (await session.scalars(found.order_by(CalendarSource.name, CalendarSource.id))).all()


async def count_coming(session: AsyncSession, ids: Sequence[UUID], now: datetime) -> dict[UUID, int]:
    """How many coming dates each calendar has brought; those without one are missing."""
    query = (
        select(ImportedDate.source_id, func.count())
        .join(Meeting, Meeting.id == ImportedDate.meeting_id)
        .where(ImportedDate.source_id.in_(ids), Meeting.status == MeetingStatus.PUBLISHED, Meeting.ends_at > now)
        .group_by(ImportedDate.source_id)
    )
    return {row[0]: row[1] for row in await session.execute(query)}


async def coming_dates(session: AsyncSession, source_id: UUID, now: datetime) -> list[ShownDate]:
    """The next dates of a calendar by time, cancelled ones, too."""
    query = (
        select(ImportedDate, Meeting)
        .join(Meeting, Meeting.id == ImportedDate.meeting_id)
        .where(ImportedDate.source_id == source_id, Meeting.ends_at > now)
        .order_by(Meeting.starts_at, Meeting.id)
        .limit(MOST_SHOWN)
    )
    found = []
    for date, meeting in await session.execute(query):
        theirs = Facts.model_validate(date.theirs)
        found.append(ShownDate(meeting, theirs, theirs.edited(meeting), date.withdrawn))
    return found
