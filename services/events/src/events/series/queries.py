"""Finding series and their dates."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from shared.access.grants import Access
from shared.dates import in_berlin
from shared.errors import NotFound
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from events.clashes.public_holidays import holidays_between
from events.clashes.queries import Planned, find_clashes
from events.meetings.model import Meeting
from events.series.model import Series
from events.series.rhythm import Rhythm, moment
from events.series.schemas import ProposedDate, ProposedDates
from events.series.template import wall_minutes

PROPOSED = 12
_LOOKS_AHEAD = timedelta(days=10 * 366)


async def of_network(session: AsyncSession, network: str) -> Sequence[Series]:
    """By the time they were begun; those that were split stand behind what they follow."""
    return (
        await session.scalars(select(Series).where(Series.network == network).order_by(Series.created_at, Series.id))
    ).all()


async def get_series(session: AsyncSession, series_id: UUID, access: Access, *, lock: bool = False) -> Series:
    """A series of the caller's networks; the table's policy hides others. Raises `NotFound`.

    With `lock` nobody else changes it or plans its dates meanwhile.
    """
    query = select(Series).where(Series.id == series_id)
    series = await session.scalar(query.with_for_update() if lock else query)
    if series is None:
        raise NotFound
    access.reach(network=series.network)
    return series


async def dates_of(session: AsyncSession, series: Series) -> list[Meeting]:
    """The meetings of a series by time."""
    query = select(Meeting).where(Meeting.series_id == series.id).order_by(Meeting.starts_at, Meeting.id)
    return list(await session.scalars(query))


async def lock_dates(session: AsyncSession, series: Series) -> list[Meeting]:
    """The meetings of a series by day, locked in the order in which everybody locks."""
    query = select(Meeting).where(Meeting.series_id == series.id).order_by(Meeting.id).with_for_update(of=Meeting)
    query = query.execution_options(populate_existing=True)
    return sorted(await session.scalars(query), key=lambda one: (one.series_day, one.id))


async def propose(
    session: AsyncSession, meeting: Meeting, rhythm: Rhythm, access: Access, holidays_of: str
) -> ProposedDates:
    """The next dates of a rhythm like a meeting, each with what else is on its day."""
    first = rhythm.starts_on
    days = rhythm.days(first, first + _LOOKS_AHEAD)
    shown = days[:PROPOSED]
    names = dict(holidays_between(shown[0], shown[-1], holidays_of)) if shown else {}
    clock = in_berlin(meeting.starts_at).time().replace(tzinfo=None)
    minutes = wall_minutes(meeting.starts_at, meeting.ends_at)
    items = []
    for day in shown:
        times = moment(day, clock), moment(day, clock, minutes)
        organisers = tuple(meeting.organisation_ids)
        planned = Planned(meeting.network, *times, meeting.village_id, organisers, meeting.id)
        found = await find_clashes(session, planned, access)
        other = [one for one in found if meeting.series_id is None or one.meeting.series_id != meeting.series_id]
        items.append(ProposedDate.of(day, times, names.get(day), other))
    return ProposedDates(items=items, more=len(days) > len(shown))
