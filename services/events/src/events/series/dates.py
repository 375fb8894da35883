"""Making the meetings of a series: as far ahead as people plan, and anew when the series changes."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from shared.database import transaction
from shared.dates import day_of
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from events.meetings.handlers import apply_plan, cancel_meeting, publish_meeting
from events.meetings.model import Meeting, MeetingStatus
from events.meetings.schemas import Cancellation
from events.series.letters import Letters
from events.series.model import Series
from events.series.queries import lock_dates
from events.series.schemas import Outcome

HORIZON = timedelta(days=548)  # eighteen months
NEAR = timedelta(days=21)  # a date that moves with its rhythm stays itself; farther away is another one
_SETTLED = (MeetingStatus.CANCELLED, MeetingStatus.HELD)


@dataclass
class Change:
    """How dates that are there are changed, and what came of it. `reason` is told of dates that are cancelled."""

    overwrite: bool = False
    tell: bool = False
    reason: str = ""
    outcome: Outcome = field(default_factory=Outcome)
    letters: Letters = field(default_factory=Letters)


async def plan_all_series(sessions: async_sessionmaker[AsyncSession]) -> None:
    """Plan and publish what is due of every series. Workers that run this at the same time pass over each other's."""
    async with sessions() as session:
        ids = (await session.scalars(select(Series.id).order_by(Series.id))).all()
    for series_id in ids:
        async with transaction(sessions) as session:
            query = select(Series).where(Series.id == series_id).with_for_update(skip_locked=True)
            series = await session.scalar(query)
            if series is not None:
                await plan_dates(session, series)
                await publish_due(session, series)


async def plan_dates(session: AsyncSession, series: Series) -> int:
    """Make the meetings that are missing up to the horizon; returns how many. The caller has locked the series."""
    today = day_of(datetime.now(UTC))
    horizon = today + HORIZON
    if series.planned_until >= horizon:
        return 0
    there = set(await session.scalars(select(Meeting.series_day).where(Meeting.series_id == series.id)))
    first = max(today, series.starts_on, series.planned_until) + timedelta(days=1)
    days = [day for day in series.rhythm.days(first, horizon) if day not in there]
    _add(session, series, days)
    series.planned_until = horizon
    await session.flush()
    return len(days)


async def publish_due(session: AsyncSession, series: Series) -> None:
    """Publish the coming dates of a published series whose time has come. The caller has locked the series."""
    if series.published_at is None:
        return
    now = datetime.now(UTC)
    query = select(Meeting).where(
        Meeting.series_id == series.id, Meeting.status == MeetingStatus.DRAFT, Meeting.starts_at > now
    )
    if series.weeks_ahead is not None:
        query = query.where(Meeting.starts_at <= now + timedelta(weeks=series.weeks_ahead))
    for meeting in await session.scalars(query.order_by(Meeting.id).with_for_update(of=Meeting)):
        await publish_meeting(session, meeting)


async def arrange(session: AsyncSession, series: Series, change: Change) -> None:
    """Make the coming dates of a series be what it says now. The caller has locked the series.

    A meeting stays the same meeting (with its invitations and registrations) where its day is still a date, and where
    another date is near that has none. Drafts that are left over go away, published ones are cancelled.
    """
    today = day_of(datetime.now(UTC))
    coming = [one for one in await lock_dates(session, series) if _day(one) > today]
    wanted = series.rhythm.days(max(today + timedelta(days=1), series.starts_on), today + HORIZON)
    pairs, left = _pair(coming, wanted)
    for meeting, day in pairs.items():
        await _renew(session, series, meeting, day, change)
    for meeting in left:
        await _give_up(session, meeting, change)
    missing = sorted(set(wanted) - set(pairs.values()))
    _add(session, series, missing)
    change.outcome.added += len(missing)
    change.outcome.people = change.letters.send(session, series, change.reason)
    series.planned_until = today + HORIZON
    await session.flush()
    await publish_due(session, series)


def _pair(meetings: list[Meeting], days: list[date]) -> tuple[dict[Meeting, date], list[Meeting]]:
    """Which meeting gets which day, and the meetings for which there is none."""
    free = set(days)
    pairs: dict[Meeting, date] = {one: _day(one) for one in meetings if _day(one) in free}
    free -= set(pairs.values())
    left = []
    for meeting in (one for one in meetings if one not in pairs):
        near = [day for day in free if abs(day - _day(meeting)) <= NEAR]
        if near:
            pairs[meeting] = min(near, key=lambda day: (abs(day - _day(meeting)), day))
            free.remove(pairs[meeting])
        else:
            left.append(meeting)
    return pairs, left


async def _renew(session: AsyncSession, series: Series, meeting: Meeting, day: date, change: Change) -> None:
    moves = _day(meeting) != day
    meeting.series_day = day  # also of what stays as it is: the rule makes no second meeting for that date
    if _settled(meeting):
        return
    if meeting.own_edits and not change.overwrite:
        change.outcome.kept += 1
        return
    plan = series.plan(day, with_agenda=False)
    if meeting.matches(plan) and not change.tell:
        return
    await apply_plan(session, meeting, plan, tell=change.tell, post=change.letters.collect)
    meeting.own_edits = False
    change.outcome.changed += 1
    change.outcome.moved += moves


async def _give_up(session: AsyncSession, meeting: Meeting, change: Change) -> None:
    if _settled(meeting):
        return
    if meeting.own_edits and not change.overwrite:
        change.outcome.kept += 1
    elif meeting.published:
        await cancel_meeting(session, meeting, Cancellation(reason=change.reason), post=change.letters.collect)
        change.outcome.cancelled += 1
    else:
        await session.delete(meeting)
        change.outcome.removed += 1


def _add(session: AsyncSession, series: Series, days: Sequence[date]) -> None:
    for day in days:
        meeting = Meeting.draft(series.network, series.plan(day, with_agenda=True), series.planned_by)
        meeting.series_id, meeting.series_day = series.id, day
        session.add(meeting)


def _settled(meeting: Meeting) -> bool:
    """Whether nothing changes it any more: it was cancelled, took place, or was brought forward and is over."""
    return meeting.status in _SETTLED or meeting.is_over(datetime.now(UTC))


def _day(meeting: Meeting) -> date:
    if meeting.series_day is None:
        raise ValueError(meeting.id)
    return meeting.series_day
