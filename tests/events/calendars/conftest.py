"""Feeds as calendar programs read them, by two parsers that share no code."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx2
import pytest
import sqlalchemy as sa
from fastapi import FastAPI
from ical.calendar_stream import IcsCalendarStream
from icalendar import Calendar


@dataclass(frozen=True)
class Entry:
    """What a program shows of one meeting; both parsers must see the same."""

    uid: str
    sequence: int
    starts_at: datetime
    ends_at: datetime
    summary: str
    location: str
    description: str
    status: str
    url: str


def read_feed(body: bytes) -> dict[str, Entry]:
    """The meetings of a feed by UID. Fails where the parsers disagree, and for lines that RFC 5545 does not allow."""
    assert all(len(line) <= 75 and b"\n" not in line for line in body.split(b"\r\n"))  # octets (section 3.1)
    first, second = by_icalendar(body), by_ical(body)
    assert first == second
    return first


def by_icalendar(body: bytes) -> dict[str, Entry]:
    calendar: Any = Calendar.from_ical(body)
    assert not calendar.errors
    found = {}
    for event in calendar.events:
        assert not event.errors
        assert event["DTSTART"].params["TZID"] == "Europe/Berlin"
        found[str(event["UID"])] = Entry(
            str(event["UID"]),
            int(event["SEQUENCE"]),
            event.start.astimezone(UTC),
            event.end.astimezone(UTC),
            str(event["SUMMARY"]),
            str(event["LOCATION"]),
            str(event.get("DESCRIPTION", "")),
            str(event["STATUS"]),
            str(event["URL"]),
        )
    assert len(found) == len(calendar.events)
    return found


def by_ical(body: bytes) -> dict[str, Entry]:
    calendar: Any = IcsCalendarStream.calendar_from_ics(body.decode())
    (zone,) = calendar.timezones
    assert zone.tz_id == "Europe/Berlin"
    return {
        str(event.uid): Entry(
            str(event.uid),
            int(event.sequence or 0),
            event.dtstart.astimezone(UTC),
            event.dtend.astimezone(UTC),
            event.summary,
            event.location or "",
            event.description or "",
            event.status.value,
            str(event.url),
        )
        for event in calendar.events
    }


@pytest.fixture
def statements(app: FastAPI) -> Any:
    """`with statements() as told:` lists the SQL that the application runs meanwhile."""

    @contextmanager
    def listen() -> Iterator[list[str]]:
        told: list[str] = []
        engine = app.state.engine.sync_engine

        def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
            told.append(statement)

        sa.event.listen(engine, "before_cursor_execute", note)
        yield told
        sa.event.remove(engine, "before_cursor_execute", note)

    return listen


@pytest.fixture
def feed(anybody: httpx2.AsyncClient) -> Any:
    """`await feed()`: the network's feed, read by both parsers."""

    async def fetch(path: str = "/feeds/networks/heidedoerfer.ics") -> dict[str, Entry]:
        answer = (await anybody.get(path)).raise_for_status()
        assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
        return read_feed(answer.content)

    return fetch
