"""The process that reads one calendar and ends: `python -I -m events.imported_calendars.extraction`.

A rule of a few characters can stand for millions of dates, or for none after a search of years. So calendars of others
are read in a process of their own, with limits of memory and time, that writes nothing and knows no secret: see
`docs/decisions/0030`. Its standard input is JSON with the calendar and the window of time, its standard output a list
of entries as JSON, or `{"refused": code}`.
"""

import json
import resource
import sys
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any

import recurring_ical_events
from icalendar import Calendar, Event
from shared.dates import BERLIN

MEMORY, SECONDS = 400_000_000, 10  # bytes of address space, seconds of processor time
MOST_EVENTS, MOST_DATES = 5_000, 1_000  # components in the file; dates of the window
NO_END = timedelta(hours=1)  # of a date that says only when it begins
PRIVATE = ("PRIVATE", "CONFIDENTIAL")  # RFC 5545 section 3.8.1.3


BROKEN = (ValueError, IndexError, KeyError, TypeError, AttributeError, OverflowError)  # what parsers raise for nonsense


def extract(body: bytes, since: datetime, until: datetime) -> dict[str, Any]:
    """The entries of a calendar that lie between two moments, in order of time; or why there are none.

    `unreadable` counts what makes no sense by itself and is left out.
    """
    try:
        calendar: Any = Calendar.from_ical(body)
    except BROKEN:
        return {"refused": "no_calendar"}
    if not isinstance(calendar, Calendar) or calendar.name != "VCALENDAR":
        return {"refused": "no_calendar"}
    if len(calendar.events) > MOST_EVENTS:
        return {"refused": "too_many"}
    found: list[dict[str, Any]] = []
    unreadable = 0
    for series in _series(calendar):
        try:
            found += islice(_expand(series, since, until), MOST_DATES + 1)
        except BROKEN:
            unreadable += 1
        if len(found) > MOST_DATES:
            return {"refused": "too_many"}
    return {"entries": sorted(found, key=lambda one: one["starts_at"]), "unreadable": unreadable}


def _series(calendar: Calendar) -> Iterator[Calendar]:
    """A calendar for each UID with all that is told of it: so one that makes no sense harms no other."""
    events = [one for one in calendar.events if _text(one, "CLASS").upper() not in PRIVATE]
    zones = [one for one in calendar.subcomponents if not isinstance(one, Event)]
    by_uid: dict[str, list[Event]] = {}
    for event in events:
        by_uid.setdefault(_text(event, "UID"), []).append(event)
    for told in by_uid.values():
        series: Any = calendar.copy()
        series.subcomponents = [*zones, *told]
        yield series


def _expand(series: Calendar, since: datetime, until: datetime) -> Iterator[dict[str, Any]]:
    for one in recurring_ical_events.of(series, keep_recurrence_attributes=True).after(since):
        starts_at, ends_at = _span(one)
        if starts_at >= until:
            return
        if not _text(one, "UID"):
            raise ValueError
        if ends_at > since:
            yield {
                "uid": _text(one, "UID"),
                "recurrence": _recurrence(one, series),
                "sequence": _number(one, "SEQUENCE"),
                "cancelled": _text(one, "STATUS").upper() == "CANCELLED",
                "title": _text(one, "SUMMARY"),
                "description": _text(one, "DESCRIPTION"),
                "place": _text(one, "LOCATION"),
                "url": _text(one, "URL"),
                "starts_at": starts_at.isoformat(),
                "ends_at": ends_at.isoformat(),
            }


def _span(event: Event) -> tuple[datetime, datetime]:
    """Beginning and end; whole days are days in Europe/Berlin, and so is a time that names no zone."""
    start, end = event.start, event.end
    whole_days = not isinstance(start, datetime)
    starts_at, ends_at = _moment(start), _moment(end)
    if ends_at <= starts_at:
        ends_at = starts_at + (timedelta(days=1) if whole_days else NO_END)
    return starts_at, ends_at


def _moment(value: date) -> datetime:
    moment = value if isinstance(value, datetime) else datetime.combine(value, time())
    return moment.replace(tzinfo=BERLIN) if moment.tzinfo is None else moment


def _recurrence(event: Event, series: Calendar) -> str:
    """Which date of a series it is: the one that was planned, also where this date was moved. Empty: of no series."""
    if not any("RRULE" in one or "RDATE" in one or "RECURRENCE-ID" in one for one in series.events):
        return ""
    planned: Any = event.get("RECURRENCE-ID")
    return "" if planned is None else _moment(planned.dt).astimezone(BERLIN).isoformat()


def _text(event: Event, name: str) -> str:
    value: Any = event.get(name, "")
    return str(value[0] if isinstance(value, list) else value)


def _number(event: Event, name: str) -> int:
    try:
        return min(max(int(event.get(name, 0)), 0), 2**31 - 1)
    except (TypeError, ValueError):
        return 0


def main() -> None:
    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))
    asked = json.load(sys.stdin)
    since, until = (datetime.fromisoformat(asked[name]) for name in ("since", "until"))
    answer = extract(asked["calendar"].encode(), since, until)
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
