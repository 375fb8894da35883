"""What one can do with a series."""

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID

from shared.contracts.events import MeetingKind
from shared.dates import day_of
from shared.errors import ChangedMeanwhile, NotFound
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from events.agenda.model import AgendaPurpose
from events.meetings.handlers import read_plan
from events.meetings.model import Cancelled, Meeting, MeetingStatus
from events.meetings.plan import AgendaPoint, Plan
from events.meetings.schemas import MeetingChange
from events.series.dates import Change, arrange, plan_dates, publish_due
from events.series.model import DayTaken, NoCourse, Series, SeriesDayFixed, add_to_series
from events.series.queries import lock_dates
from events.series.rhythm import Rhythm
from events.series.schemas import NewSeries, Outcome, RhythmInput, Scope, SeriesChange


async def begin_series(session: AsyncSession, meeting: Meeting, new: NewSeries, planner: UUID) -> Series:
    """Make a meeting the first date of a series, and plan the others. The caller has locked the meeting.

    Raises `InSeriesAlready`, `Cancelled`, `NoCourse`.
    """
    if meeting.status is MeetingStatus.CANCELLED:
        raise Cancelled
    if new.one_registration and meeting.kind is not MeetingKind.TRAINING_SERIES:
        raise NoCourse
    series = Series.begin(
        meeting.network,
        _plan_with_topics(meeting),
        rhythm_from(day_of(meeting.starts_at), new),
        planner,
        weeks_ahead=new.weeks_ahead,
        course=new.one_registration,
    )
    session.add(series)
    await session.flush()
    add_to_series(meeting, series)
    await plan_dates(session, series)
    return series


async def publish_series(session: AsyncSession, series: Series) -> None:
    """Publish the dates that are due now, and each other one when it is. Raises `SeriesPublished`."""
    series.publish()
    await publish_due(session, series)


async def add_meeting(session: AsyncSession, series: Series, meeting: Meeting) -> None:
    """Make a meeting of the same network one more date; it keeps what it is. The caller has locked both.

    Raises `NotFound`, `InSeriesAlready`, `DayTaken`.
    """
    if meeting.network != series.network:
        raise NotFound
    day = day_of(meeting.starts_at)
    taken = select(Meeting.id).where(Meeting.series_id == series.id, Meeting.series_day == day)
    if await session.scalar(taken) is not None:
        raise DayTaken
    add_to_series(meeting, series)
    meeting.own_edits = True
    if day > day_of(datetime.now(UTC)) and day not in series.rhythm.days(day, day):
        series.extra = sorted({*series.extra, day})
    series.changed()
    await session.flush()


async def change_series(session: AsyncSession, series: Series, wanted: SeriesChange) -> tuple[Series, Outcome]:
    """Change the coming dates of a series, or one date and those that follow; returns the series that has them now.

    The caller has locked the series. Raises `ChangedMeanwhile` unless the planner saw the newest revision, or none is
    given; `NotFound` for a meeting that is no date of it, `SeriesDayFixed`, `CourseNotSplit` and what a `Plan` raises.
    """
    if wanted.revision not in (None, series.revision):
        raise ChangedMeanwhile
    dates = await lock_dates(session, series)
    seen = next((one for one in dates if one.id == wanted.meeting_id), None)
    if seen is None and (wanted.meeting_id or wanted.meeting or wanted.scope is Scope.FOLLOWING):
        raise NotFound
    plan = await _plan_on_its_day(session, seen, wanted.meeting) if seen and wanted.meeting else None
    if seen and wanted.scope is Scope.FOLLOWING:
        series = await _split(session, series, dates, seen)
    if wanted.rhythm is not None:
        series.take_rhythm(rhythm_from(series.starts_on, wanted.rhythm))
    if plan is not None and seen is not None:
        series.take_plan(plan)
        seen.own_edits = False  # what it is now holds for all
    series.changed()
    await session.flush()
    change = Change(wanted.overwrite, wanted.tell, wanted.reason)
    await arrange(session, series, change)
    return series, change.outcome


async def preview_series_change(session: AsyncSession, series: Series, wanted: SeriesChange) -> Outcome:
    """What `change_series` would do: done and taken back."""
    async with session.begin_nested() as trial:
        _, outcome = await change_series(session, series, wanted)
        await trial.rollback()
    return outcome


def rhythm_from(first: date, wanted: RhythmInput) -> Rhythm:
    """The rhythm that begins with this date. Raises `RuleMissesStart`."""
    return Rhythm(first, wanted.rule, tuple(wanted.left_out), tuple(wanted.extra))


async def _plan_on_its_day(session: AsyncSession, meeting: Meeting, change: MeetingChange) -> Plan:
    if change.revision not in (None, meeting.revision):
        raise ChangedMeanwhile
    plan = await read_plan(session, change)
    if day_of(plan.starts_at) not in (day_of(meeting.starts_at), meeting.series_day):
        raise SeriesDayFixed
    return plan


async def _split(session: AsyncSession, series: Series, dates: list[Meeting], first: Meeting) -> Series:
    """The series of a date and those that follow; it is the same if there is none before. Raises `CourseNotSplit`."""
    days = [one.series_day for one in dates if one.series_day is not None]
    if first.series_day is None or first.series_day <= min(days):
        return series
    later = series.split(first.series_day)
    session.add(later)
    await session.flush()
    for meeting in dates:
        if meeting.series_day is not None and meeting.series_day >= first.series_day:
            meeting.series_id = later.id
    await session.flush()
    return later


def _plan_with_topics(meeting: Meeting) -> Plan:
    """A meeting's plan as it stands; what the platform put on its agenda belongs to it alone."""
    topics = (item for item in meeting.agenda if item.purpose is AgendaPurpose.TOPIC)
    return replace(meeting.plan(), agenda=tuple(AgendaPoint(one.title, one.minutes) for one in topics))
