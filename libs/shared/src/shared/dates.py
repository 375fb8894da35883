"""Dates as people in the district read and write them: the clock on the wall in Europe/Berlin, in German."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

TIME_ZONE = "Europe/Berlin"
BERLIN = ZoneInfo(TIME_ZONE)

_WEEKDAYS = ("Mo.", "Di.", "Mi.", "Do.", "Fr.", "Sa.", "So.")
_MONTHS = (
    "Januar",
    "Februar",
    "März",
    "April",
    "Mai",
    "Juni",
    "Juli",
    "August",
    "September",
    "Oktober",
    "November",
    "Dezember",
)


def in_berlin(moment: datetime) -> datetime:
    """The same moment (aware) with the offset that holds in Europe/Berlin then."""
    return moment.astimezone(BERLIN)


def day_of(moment: datetime) -> date:
    """The day of the calendar, in Europe/Berlin, that an aware moment falls on."""
    return in_berlin(moment).date()


def start_of_day(day: date) -> datetime:
    """Midnight in Europe/Berlin, in UTC. Summer time never begins or ends at midnight there."""
    return datetime.combine(day, time(), BERLIN).astimezone(UTC)


def is_whole_days(start: datetime, end: datetime) -> bool:
    """Whether something lasts from midnight to midnight in Europe/Berlin."""
    return start < end and all(in_berlin(one).time() == time() for one in (start, end))


def format_day(moment: datetime) -> str:
    """`Mi., 11. September 2024`"""
    local = in_berlin(moment)
    return f"{_WEEKDAYS[local.weekday()]}, {local.day}. {_MONTHS[local.month - 1]} {local.year}"


def format_date(day: date) -> str:
    """`11. September 2024`"""
    return f"{day.day}. {_MONTHS[day.month - 1]} {day.year}"


def format_moment(moment: datetime) -> str:
    """`Mi., 11. September 2024, 13:30 Uhr`"""
    return f"{format_day(moment)}, {in_berlin(moment):%H:%M} Uhr"


def format_start(start: datetime, end: datetime) -> str:
    """When something begins that lasts until `end`: a moment, or only the day if it lasts whole days."""
    return format_day(start) if is_whole_days(start, end) else format_moment(start)


def format_span(start: datetime, end: datetime) -> str:
    """`Mi., 11. September 2024, 13:30 bis 15:00 Uhr`, two full moments when they lie on two days, or whole days."""
    if is_whole_days(start, end):
        last = end - timedelta(hours=1)
        until = "" if day_of(last) == day_of(start) else f" bis {format_day(last)}"
        return f"{format_day(start)}{until}, ganztägig"
    if day_of(start) == day_of(end):
        return f"{format_day(start)}, {in_berlin(start):%H:%M} bis {in_berlin(end):%H:%M} Uhr"
    return f"{format_moment(start)} bis {format_moment(end)}"
