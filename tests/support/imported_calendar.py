"""A municipality's calendar on a real web server."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from testkit.http_server import HttpServer

SOON = (datetime.now(UTC) + timedelta(days=40)).date()


def day(after: int = 0) -> str:
    """A day of the calendar in a month, as iCalendar writes it."""
    return f"{SOON + timedelta(days=after):%Y%m%d}"


def event(uid: str, title: str, **lines: str) -> str:
    """A VEVENT. `location="Halle"` replaces a line or adds one, an empty value takes it away.

    Names may have parameters: `**{"dtstart;VALUE=DATE": "20270101"}`. Whoever gives a beginning gives the end, too.
    """
    known = {"uid": uid, "dtstamp": "20260101T000000Z", "summary": title, "location": "Festplatz Gossa"}
    if not any(name.startswith("dtstart") for name in lines):
        known |= {"dtstart;TZID=Europe/Berlin": f"{day()}T180000", "dtend;TZID=Europe/Berlin": f"{day()}T200000"}
    known |= {name.replace("_", "-"): value for name, value in lines.items()}
    written = [f"{_capital(name)}:{value}" for name, value in known.items() if value]
    return "\r\n".join(["BEGIN:VEVENT", *written, "END:VEVENT", ""])


def _capital(name: str) -> str:
    name, semicolon, parameter = name.partition(";")
    return name.upper() + semicolon + parameter


class Municipality:
    """The web server of a municipality with its calendar."""

    def __init__(self) -> None:
        self.events: list[str] = []
        self.answer: Response | None = None  # instead of the calendar
        self.asked: list[dict[str, str]] = []
        self.url = ""

    @classmethod
    @contextmanager
    def running(cls) -> "Iterator[Municipality]":
        """With its server up; `url` is the address of the calendar."""
        municipality = cls()
        with HttpServer(Starlette(routes=[Route("/termine.ics", municipality.serve)])) as server:
            municipality.url = f"{server.url}/termine.ics"
            yield municipality

    async def serve(self, request: Request) -> Response:
        self.asked.append(dict(request.headers))
        if self.answer is not None:
            return self.answer
        body = "".join(["BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Muldestausee//DE\r\n", *self.events])
        tag = f'"{hash(body)}"'
        if request.headers.get("if-none-match") == tag:
            return Response(status_code=304)
        return Response(body + "END:VCALENDAR\r\n", media_type="text/calendar", headers={"etag": tag})
