"""Making the meetings of a series: as far ahead as people plan, and anew when the series changes."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from shared.database import transaction
from shared.dates import day_of
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from events.invitations.choosing import groups_of
from events.meetings.concerned import Post, news_of_addition
from events.meetings.handlers import apply_plan, cancel_meeting, publish_meeting
from events.meetings.model import Meeting, MeetingStatus
from events.meetings.schemas import Cancellation
from events.registrations.places import settle
from events.series.letters import Letters
from events.series.model import Series
from events.series.queries import lock_dates
from events.series.schemas import Outcome

HORIZON = timedelta(days=365)
MOST = 120  # dates to come that are meetings already; of a daily series the next four months
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
                letters = Letters()
                await plan_dates(session, series)
                await publish_due(session, series, letters)
                letters.send(session, series, "")


async def plan_dates(session: AsyncSession, series: Series) -> int:
    """Make the meetings that are missing up to the horizon, but never more than `MOST` to come; returns how many.

    The caller has locked the series.
    """
    today = day_of(datetime.now(UTC))
    horizon = today + HORIZON
    if series.planned_until >= horizon:
        return 0
    there = set(await session.scalars(select(Meeting.series_day).where(Meeting.series_id == series.id)))
    room = MOST - sum(1 for day in there if day is not None and day > today)
    first = max(today, series.starts_on, series.planned_until) + timedelta(days=1)
    missing = [day for day in series.rhythm.days(first, horizon) if day not in there]
    days = missing[: max(room, 0)]
    await _add(session, series, days)
    if len(days) == len(missing):
        series.planned_until = horizon
    elif days:
        series.planned_until = days[-1]
    await session.flush()
    return len(days)


async def publish_due(session: AsyncSession, series: Series, letters: Letters) -> None:
    """Publish the coming dates of a published series whose time has come. The caller has locked the series.

    Of a course that people know already, those who reckon with it are told of each date that comes on top.
    """
    if series.published_at is None:
        return
    known = series.course_id is not None and await _is_known(session, series.course_id)
    now = datetime.now(UTC)
    query = select(Meeting).where(
        Meeting.series_id == series.id, Meeting.status == MeetingStatus.DRAFT, Meeting.starts_at > now
    )
    if series.weeks_ahead is not None:
        query = query.where(Meeting.starts_at <= now + timedelta(weeks=series.weeks_ahead))
    for meeting in await session.scalars(query.order_by(Meeting.id).with_for_update(of=Meeting)):
        await publish_meeting(session, meeting)
        if known:
            letters.collect(session, meeting, await news_of_addition(session, meeting))


async def share_places(session: AsyncSession, series: Series, post: Post) -> None:
    """Give every date of a course the same places and readers, also those that were changed by hand or are over.

    The caller has locked the series.
    """
    template = series.template
    for meeting in await lock_dates(session, series):
        wanted = replace(meeting.plan(), capacity=template.capacity, visibility=template.visibility)
        if meeting.status is MeetingStatus.CANCELLED:
            meeting.capacity = template.capacity  # registrations stand under the first date, also if it is called off
            await settle(session, meeting)
        elif not meeting.matches(wanted):
            await apply_plan(session, meeting, wanted, tell=False, post=post)


async def _is_known(session: AsyncSession, course_id: UUID) -> bool:
    published = select(Meeting.id).where(Meeting.course_id == course_id, Meeting.status != MeetingStatus.DRAFT)
    return await session.scalar(select(published.exists())) is True


async def arrange(session: AsyncSession, series: Series, change: Change) -> None:
    """Make the coming dates of a series be what it says now. The caller has locked the series.

    A meeting stays the same meeting (with its invitations and registrations) where its day is still a date, and where
    another date is near that has none. Drafts that are left over go away, published ones are cancelled.
    """
    today = day_of(datetime.now(UTC))
    coming = [one for one in await lock_dates(session, series) if _day(one) > today]
    possible = series.rhythm.days(max(today + timedelta(days=1), series.starts_on), today + HORIZON)
    wanted = possible[:MOST]
    pairs, left = _pair(coming, wanted)
    for meeting, day in pairs.items():
        await _renew(session, series, meeting, day, change)
    for meeting in left:
        await _give_up(session, meeting, change)
    missing = sorted(set(wanted) - set(pairs.values()))
    await _add(session, series, missing)
    change.outcome.added += len(missing)
    series.planned_until = wanted[-1] if len(wanted) < len(possible) else today + HORIZON
    await session.flush()
    if series.course_id is not None:
        await share_places(session, series, change.letters.collect)
    await publish_due(session, series, change.letters)
    change.outcome.people = change.letters.send(session, series, change.reason)


def _pair(meetings: list[Meeting], days: list[date]) -> tuple[dict[Meeting, date], list[Meeting]]:
    """Which meeting gets which day, and the meetings for which there is none.

    The draft under which the registrations for a course will stand always gets one.
    """
    free = set(days)
    pairs: dict[Meeting, date] = {one: _day(one) for one in meetings if _day(one) in free}
    head = next((one for one in meetings if _is_head(one) and one not in pairs), None)
    if head is not None and head.status is MeetingStatus.DRAFT and days:
        pairs = {one: day for one, day in pairs.items() if day != days[0]} | {head: days[0]}
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
    if (meeting.own_edits and not change.overwrite) or (not meeting.published and _is_head(meeting)):
        change.outcome.kept += 1
    elif meeting.published:
        await cancel_meeting(session, meeting, Cancellation(reason=change.reason), post=change.letters.collect)
        change.outcome.cancelled += 1
    else:
        await session.delete(meeting)
        change.outcome.removed += 1


async def _add(session: AsyncSession, series: Series, days: Sequence[date]) -> None:
    """Drafts for these days; each addresses whom the last date that is there addresses."""
    last = select(Meeting.id).where(Meeting.series_id == series.id).order_by(Meeting.series_day.desc()).limit(1)
    groups = await groups_of(session, series.course_id or await session.scalar(last), series.network)
    for day in days:
        audience = [group.copy() for group in groups]
        meeting = Meeting.draft(
            series.network, series.plan(day, with_agenda=True), series.planned_by, audience=audience
        )
        meeting.series_id, meeting.series_day, meeting.course_id = series.id, day, series.course_id
        session.add(meeting)


def _is_head(meeting: Meeting) -> bool:
    return meeting.course_id == meeting.id


def _settled(meeting: Meeting) -> bool:
    """Whether nothing changes it any more: it was cancelled, took place, or was brought forward and is over."""
    return meeting.status in _SETTLED or meeting.is_over(datetime.now(UTC))


def _day(meeting: Meeting) -> date:
    if meeting.series_day is None:
        raise ValueError(meeting.id)
    return meeting.series_day
