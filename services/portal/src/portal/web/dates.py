"""Moments as pages show them, beyond `shared.dates`."""

from datetime import date, datetime
from functools import lru_cache

from babel.dates import format_date
from shared.dates import BERLIN, day_of, in_berlin

_LANGUAGE = "de"


def today() -> date:
    """The date in Germany."""
    return datetime.now(BERLIN).date()


@lru_cache(maxsize=2048)
def day(moment: date | datetime) -> str:
    """11. September 2024"""
    return str(format_date(_date(moment), "d. MMMM yyyy", locale=_LANGUAGE))


@lru_cache(maxsize=2048)
def month(moment: datetime) -> str:
    """Sep, for the leaf of a calendar."""
    return str(format_date(_date(moment), "MMM", locale=_LANGUAGE)).rstrip(".")


def month_name(first: date) -> str:
    """September 2024"""
    return str(format_date(first, "LLLL yyyy", locale=_LANGUAGE))


def weekday_name(day: date) -> str:
    """Mittwoch"""
    return str(format_date(day, "EEEE", locale=_LANGUAGE))


def exact(moment: datetime) -> str:
    """11.09.2024, 13:30:05"""
    return f"{in_berlin(moment):%d.%m.%Y, %H:%M:%S}"


def _date(moment: date | datetime) -> date:
    return day_of(moment) if isinstance(moment, datetime) else moment


def is_day(text: str) -> bool:
    """Whether a form's text is a day, as browsers send it: 2024-09-11."""
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
