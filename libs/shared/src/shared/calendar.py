"""Meetings as iCalendar (RFC 5545): a calendar file, a feed to subscribe to (RFC 7986), an invitation (RFC 5546)."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import Protocol

from icalendar import Calendar, Component, Event, vCalAddress, vDate, vDatetime, vDuration, vInt, vText, vUri

from shared.dates import TIME_ZONE, day_of, in_berlin, is_whole_days

PRODUCT = "-//Dorfnetz//Dorfnetz 1//DE"
FEED_INTERVAL = timedelta(hours=4)  # how often programs are asked to look for changes

# The rule of the European Union since 1996 (directive 2000/84/EC); meetings are not older.
_BERLIN = b"""\
BEGIN:VTIMEZONE
TZID:Europe/Berlin
BEGIN:DAYLIGHT
DTSTART:19960331T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
TZNAME:CEST
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
END:DAYLIGHT
BEGIN:STANDARD
DTSTART:19961027T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
TZNAME:CET
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
END:STANDARD
END:VTIMEZONE
"""


class AgendaLine(Protocol):
    """An item of the agenda; `minutes` is how long it may take."""

    @property
    def position(self) -> int: ...
    @property
    def title(self) -> str: ...
    @property
    def minutes(self) -> int | None: ...


class Occasion(Protocol):
    """What stands in a calendar, such as `shared.contracts.events.MeetingFacts`. Its moments are aware."""

    @property
    def calendar_uid(self) -> str: ...
    @property
    def calendar_sequence(self) -> int: ...
    @property
    def title(self) -> str: ...
    @property
    def description(self) -> str: ...
    @property
    def place(self) -> str: ...
    @property
    def starts_at(self) -> datetime: ...
    @property
    def ends_at(self) -> datetime: ...
    @property
    def agenda(self) -> Sequence[AgendaLine]: ...


class Method(StrEnum):
    """What the reader of a calendar shall do with it (RFC 5546 section 1.4)."""

    PUBLISH = "PUBLISH"
    REQUEST = "REQUEST"
    CANCEL = "CANCEL"


class Part(StrEnum):
    """How a participant answered (PARTSTAT)."""

    UNANSWERED = "NEEDS-ACTION"
    ACCEPTED = "ACCEPTED"


def create_calendar(method: Method, *events: Event) -> Calendar:
    """A calendar object with its time zone. `str(...to_ical(), "utf-8")` has CRLF and folded lines."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", method.value)
    calendar.add_component(_time_zone())
    for event in events:
        calendar.add_component(event)
    return calendar


def create_feed(name: str, description: str, url: str, events: Iterable[Event]) -> Calendar:
    """A calendar that programs subscribe to and fetch again by themselves. `url` is the page that is about it.

    Name and interval are given as in RFC 7986 and once more as programs older than 2016 read them.
    """
    calendar = create_calendar(Method.PUBLISH, *events)
    for older, newer, text in (("x-wr-calname", "name", name), ("x-wr-caldesc", "description", description)):
        calendar.add(newer, text)
        calendar.add(older, text)
    calendar.add("url", url)
    calendar.add("x-wr-timezone", TIME_ZONE)
    calendar.add("refresh-interval", FEED_INTERVAL, {"VALUE": "DURATION"})
    ttl = vDuration(FEED_INTERVAL).to_ical()  # type: ignore[no-untyped-call]
    calendar.add("x-published-ttl", ttl.decode())
    return calendar


def create_event(
    facts: Occasion,
    *,
    stamp: datetime,
    url: str | None = None,
    village: str | None = None,
    online_link: str | None = None,
    cancelled: bool = False,
) -> Event:
    """The meeting as VEVENT. `stamp` (aware) is when this version was made, `village` is added to the place.

    `online_link` stands in what only those who come get.
    """
    event = Event()
    # `add` finds out how each value is written, which takes three times as long as to write it: here that is known.
    event["UID"] = vText(facts.calendar_uid)
    event["SEQUENCE"] = vInt(facts.calendar_sequence)
    event["DTSTAMP"] = vDatetime(stamp.astimezone(UTC))
    write = _as_day if is_whole_days(facts.starts_at, facts.ends_at) else _on_the_wall
    event["DTSTART"], event["DTEND"] = write(facts.starts_at), write(facts.ends_at)
    event["SUMMARY"] = vText(facts.title)
    event["LOCATION"] = vText(f"{facts.place}, {village}" if village and village not in facts.place else facts.place)
    event["STATUS"] = vText("CANCELLED" if cancelled else "CONFIRMED")
    description = _describe(facts, online_link)
    if description:
        event["DESCRIPTION"] = vText(description)
    if url:
        event["URL"] = vUri(url)
    return event


def set_organizer(event: Event, address: str, name: str) -> None:
    """Who invites. Answers that a calendar program sends by itself go to this address."""
    organizer = vCalAddress(f"mailto:{address}")
    organizer.params["CN"] = _quotable(name)
    event.add("organizer", organizer)


def add_attendee(event: Event, address: str, name: str, part: Part) -> None:
    """Who is invited, and how they answered so far."""
    attendee = vCalAddress(f"mailto:{address}")
    attendee.params["CN"] = _quotable(name)
    attendee.params["CUTYPE"] = "INDIVIDUAL"
    attendee.params["ROLE"] = "REQ-PARTICIPANT"
    attendee.params["PARTSTAT"] = part.value
    attendee.params["RSVP"] = "TRUE" if part is Part.UNANSWERED else "FALSE"
    event.add("attendee", attendee)


def _on_the_wall(moment: datetime) -> vDatetime:
    return vDatetime(in_berlin(moment))  # with the TZID of its time zone


def _as_day(moment: datetime) -> vDate:
    day = vDate(day_of(moment))
    day.params["VALUE"] = "DATE"
    return day


def _describe(facts: Occasion, online_link: str | None) -> str:
    agenda = [
        f"{item.position}. {item.title}" + (f" ({item.minutes} Min.)" if item.minutes else "") for item in facts.agenda
    ]
    online = f"Online teilnehmen: {online_link}" if online_link else ""
    parts = [online, facts.description, "\n".join(["Tagesordnung:", *agenda]) if agenda else ""]
    return "\n\n".join(part for part in parts if part)


def _quotable(name: str) -> str:
    """A parameter's value cannot hold double quotes or control characters (RFC 5545 section 3.2)."""
    return "".join(" " if ord(char) < 32 or ord(char) == 127 else char for char in name).replace('"', "'")


@cache
def _time_zone() -> Component:
    return Component.from_ical(_BERLIN)
