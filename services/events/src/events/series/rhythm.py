"""When a series comes again: a rule of RFC 5545 over days, days that are left out and days that come on top.

Days, not moments: the clock on the wall in Europe/Berlin is set on each day by itself, so that summer time moves no
date. The rule is expanded by `recurring_ical_events`.
"""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from http import HTTPStatus
from typing import Any

import recurring_ical_events
from icalendar import Calendar, Event, vRecur
from shared.dates import BERLIN, day_of
from shared.errors import DomainError
from shared.i18n import N_
from shared.web.problems import FieldError

MOST_EXCEPTIONS = 200  # days left out, and as many on top
_KNOWN = {"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "BYMONTHDAY"}
_FREQUENCIES = {"DAILY", "WEEKLY", "MONTHLY", "YEARLY"}
_WEEKDAYS = {"MO", "TU", "WE", "TH", "FR", "SA", "SU"}
_LONGEST_RULE = 200
_MOST_DATES = 400
_LONGEST_INTERVAL = 99
_CENTURY = timedelta(days=36_500)


class RuleMissesStart(DomainError):
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "rule_misses_start"
    message = N_("The first date does not fit the rhythm.")
    field = "rule"


@dataclass(frozen=True)
class Rhythm:
    """`rule` is an RRULE as `read_rule` returns it; it counts from `starts_on`, which is its first date."""

    starts_on: date
    rule: str
    left_out: tuple[date, ...] = ()
    extra: tuple[date, ...] = ()

    def __post_init__(self) -> None:
        """Raises `RuleMissesStart` where the rule does not hold on its first day: RFC 5545 section 3.8.5.3 leaves
        open what that would mean."""
        once = replace_parts(self.rule, COUNT=1, UNTIL=None)
        if _expand(self.starts_on, once, self.starts_on, self.starts_on + _CENTURY) != [self.starts_on]:
            raise RuleMissesStart

    def days(self, first: date, last: date) -> list[date]:
        """The dates from `first` to `last`, both included, in order, each once."""
        return _expand(self.starts_on, self.rule, first, last, self.left_out, self.extra)

    def before(self, day: date) -> "Rhythm":
        """The part that is over before a day after the first."""
        until = f"{day - timedelta(days=1):%Y%m%d}"
        return replace(
            self,
            rule=replace_parts(self.rule, COUNT=None, UNTIL=until),
            left_out=tuple(one for one in self.left_out if one < day),
            extra=tuple(one for one in self.extra if one < day),
        )

    def since(self, day: date) -> "Rhythm":
        """The part that begins on a date of the series. A number of dates counts on."""
        regular = _expand(self.starts_on, self.rule, day, day + _CENTURY) if "COUNT=" in self.rule else self._next(day)
        rule = replace_parts(self.rule, COUNT=len(regular)) if "COUNT=" in self.rule and regular else self.rule
        return Rhythm(
            regular[0] if regular else day,
            rule if regular else "FREQ=DAILY;COUNT=1",  # nothing but dates on top are to come
            tuple(one for one in self.left_out if one >= day),
            tuple(one for one in self.extra if one >= day),
        )

    def _next(self, day: date) -> list[date]:
        """The first date by the rule from a day on, if there is one: a rule misses no more than a leap year's wait."""
        return _expand(self.starts_on, self.rule, day, day + timedelta(days=8 * 366 * _LONGEST_INTERVAL))[:1]


def read_rule(text: str) -> str:
    """A rule that the platform understands, in one way of writing. Raises `FieldError`.

    Of RFC 5545 section 3.3.10: every so many days, weeks, months or years; on weekdays, in months also on the n-th or
    the last one; on days of the month; at most 400 dates. UNTIL is the last day, in Europe/Berlin.
    """
    try:
        parts = _parts(text)
        return _write({name: _checked(parts, name) for name in ("FREQ", "INTERVAL", *_ordered(parts))})
    except (ValueError, KeyError, TypeError) as error:
        raise FieldError(
            "rule", N_("This rhythm is not understood. Please choose one of those that are offered.")
        ) from error


def replace_parts(rule: str, **changes: Any) -> str:
    """A rule with other parts; None takes one away."""
    parts = dict(part.split("=", 1) for part in rule.split(";"))
    return _write({**parts, **changes})


def moment(day: date, clock: time, minutes: int = 0) -> datetime:
    """The moment, in UTC, of a clock on the wall in Europe/Berlin, so many minutes of that clock later.

    A time that exists twice is the first of the two, one that does not exist lies an hour later: RFC 5545
    section 3.3.5.
    """
    return (datetime.combine(day, clock) + timedelta(minutes=minutes)).replace(tzinfo=BERLIN).astimezone(UTC)


def _expand(
    start: date, rule: str, first: date, last: date, left_out: tuple[date, ...] = (), extra: tuple[date, ...] = ()
) -> list[date]:
    event = Event()
    event.add("uid", "series")
    event.add("dtstart", start)
    event.add("dtend", start + timedelta(days=1))
    event.add("rrule", vRecur.from_ical(rule))
    for name, days in (("exdate", left_out), ("rdate", extra)):
        if days:
            event.add(name, list(days), parameters={"VALUE": "DATE"})
    calendar = Calendar()
    calendar.add_component(event)
    found = recurring_ical_events.of(calendar).between(first, last + timedelta(days=1))
    return sorted({one["DTSTART"].dt for one in found if first <= one["DTSTART"].dt <= last})


def _parts(text: str) -> dict[str, str]:
    pairs = [part.split("=", 1) for part in text.upper().removeprefix("RRULE:").split(";")]
    parts = {name: value for name, value in pairs}  # noqa: C416 - a part without a value is refused here
    if len(text) > _LONGEST_RULE or len(parts) != len(pairs) or not parts.keys() <= _KNOWN:
        raise ValueError(text)
    if (
        parts["FREQ"] not in _FREQUENCIES
        or {"COUNT", "UNTIL"} <= parts.keys()
        or {"BYDAY", "BYMONTHDAY"} <= parts.keys()
    ):
        raise ValueError(text)
    return {"INTERVAL": "1", **parts}


def _ordered(parts: dict[str, str]) -> list[str]:
    return [name for name in ("BYDAY", "BYMONTHDAY", "COUNT", "UNTIL") if name in parts]


def _checked(parts: dict[str, str], name: str) -> str:
    value, frequency = parts[name], parts["FREQ"]
    if name in ("INTERVAL", "COUNT"):
        most = _LONGEST_INTERVAL if name == "INTERVAL" else _MOST_DATES
        if not 1 <= _whole(value) <= most:
            raise ValueError(value)
        return str(int(value))
    if name == "UNTIL":
        last = vRecur.from_ical(f"FREQ=DAILY;UNTIL={value}")["UNTIL"][0]
        last = day_of(last if last.tzinfo else last.replace(tzinfo=BERLIN)) if isinstance(last, datetime) else last
        return f"{last:%Y%m%d}"
    if name in ("BYDAY", "BYMONTHDAY"):
        for one in value.split(","):
            _require_part_of(frequency, name, one)
    return value


def _require_part_of(frequency: str, name: str, value: str) -> None:
    """Whether a weekday, an n-th weekday or a day of the month makes sense there. Raises `ValueError`."""
    number, weekday = (value[:-2], value[-2:]) if name == "BYDAY" else (value, "")
    if name == "BYDAY" and weekday not in _WEEKDAYS:
        raise ValueError(value)
    if frequency != "MONTHLY" and (number or frequency != "WEEKLY"):
        raise ValueError(value)
    if (number or name == "BYMONTHDAY") and not 1 <= abs(_whole(number)) <= (5 if weekday else 31):
        raise ValueError(value)


def _whole(text: str) -> int:
    if not text.removeprefix("-").isdecimal() or not text.isascii():
        raise ValueError(text)
    return int(text)


def _write(parts: dict[str, Any]) -> str:
    return ";".join(f"{name}={value}" for name, value in parts.items() if value is not None)
