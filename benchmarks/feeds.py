"""Row: a calendar feed with 2,000 meetings over HTTP, made anew, against what icalendar takes to write it."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import httpx2
from events.audience.model import Network
from events.calendars.answers import FeedCache
from events.meetings.model import Meeting
from events.meetings.plan import AgendaPoint, Plan
from fastapi import FastAPI
from icalendar import Calendar
from shared.access.tenancy import EVERYTHING
from shared.contracts.events import MeetingKind
from shared.database import create_engine, create_sessions, transaction
from testkit.services import create_service, settings_of
from testkit.tokens import Issuer

from benchmarks.district import analyse
from benchmarks.servers import Place

MEETINGS, REPEATED = 2_000, 3
NETWORK = "heidedoerfer"
PATH = f"/feeds/networks/{NETWORK}.ics"

_url: str | None = None
_calendar: Calendar | None = None


async def measure_feed(place: Place) -> float:
    """Meetings a second, when nothing of the feed is kept: version, rows, calendar, text."""
    return await _serve(await _database(place))


async def measure_icalendar(place: Place) -> float:
    """Meetings a second: `to_ical` of the same calendar, which is already there as objects."""
    global _calendar
    if _calendar is None:
        _calendar = Calendar.from_ical(await _body(await _database(place)))
        assert len(_calendar.events) == MEETINGS
    start = time.perf_counter()
    for _ in range(REPEATED):
        _calendar.to_ical()
    return REPEATED * MEETINGS / (time.perf_counter() - start)


async def _serve(url: str) -> float:
    async with _client(url) as (app, client):
        await client.get(PATH)  # connects
        start = time.perf_counter()
        for _ in range(REPEATED):
            app.state.feeds = FeedCache()
            (await client.get(PATH)).raise_for_status()
        return REPEATED * MEETINGS / (time.perf_counter() - start)


async def _body(url: str) -> bytes:
    async with _client(url) as (_, client):
        return (await client.get(PATH)).raise_for_status().content


@asynccontextmanager
async def _client(url: str) -> AsyncIterator[tuple[FastAPI, httpx2.AsyncClient]]:
    issuer = Issuer()
    app = create_service("events", issuer, database_url=url)
    transport = httpx2.ASGITransport(app=app)
    async with app.router.lifespan_context(app), httpx2.AsyncClient(transport=transport, base_url="http://x") as client:
        yield app, client
    issuer.close()


async def _database(place: Place) -> str:
    """The address of a database with a network that has met, and is going to meet, a lot."""
    global _url
    if _url is None:
        url = place.databases.new_service("events")
        engine = create_engine(settings_of("events", database_url=url), scopes=EVERYTHING)
        async with transaction(create_sessions(engine)) as session:
            session.add(Network(id=uuid4(), sequence=1, slug=NETWORK, name="Heidedörfer", village_ids=[]))
            session.add_all(_meeting(number) for number in range(MEETINGS))
        await engine.dispose()
        await analyse(place, url)
        _url = url
    return _url


def _meeting(number: int) -> Meeting:
    starts_at = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=3 * number)
    plan = Plan(
        kind=MeetingKind.NETWORK_MEETING,
        title=f"Netzwerktreffen Nummer {number}",
        description="Wir sprechen über das Dorffest, den Bus am Samstag und die Bänke am See. " * 3,
        village_id=None,
        place="Dorfgemeinschaftshaus Gossa",
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=2),
        agenda=tuple(AgendaPoint(title, 15) for title in ("Begrüßung", "Dorffest", "Bus", "Verschiedenes")),
    )
    meeting = Meeting.draft(NETWORK, plan, uuid4())
    meeting.publish()
    return meeting
