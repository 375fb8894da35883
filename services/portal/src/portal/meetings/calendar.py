"""The list of a network's meetings and the picture of a month."""

import calendar
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from shared.contracts.events import MeetingKind
from shared.dates import BERLIN, day_of, start_of_day
from sqlalchemy import ColumnElement
from starlette.datastructures import QueryParams

from portal.meetings.queries import MeetingCard, cards
from portal.meetings.restricted import restricted_meetings
from portal.networks.queries import NetworkPage
from portal.read_model.model import Meeting
from portal.web.dates import today
from portal.web.view import View

PAGE = 20
MOST_IN_A_MONTH = 500
FIRST, LAST = date(2000, 1, 1), date(2098, 12, 31)


@dataclass(frozen=True)
class Wanted:
    """What the reader chose above the list. Anything that does not make sense counts as not chosen."""

    past: bool = False
    kind: MeetingKind | None = None
    village_id: UUID | None = None
    page: int = 1

    @classmethod
    def read(cls, network: NetworkPage, params: QueryParams) -> "Wanted":
        village = network.village_of_text(params.get("ort", ""))
        kind, page = params.get("art", ""), params.get("seite", "")
        return cls(
            past=params.get("zeit") == "vergangen",
            kind=MeetingKind(kind) if kind in set(MeetingKind) else None,
            village_id=village.id if village else None,
            page=int(page) if page.isascii() and page.isdecimal() and 0 < int(page[:6]) <= 1000 else 1,
        )

    def conditions(self) -> list[ColumnElement[bool]]:
        found: list[ColumnElement[bool]] = []
        if self.kind is not None:
            found.append(Meeting.kind == self.kind.value)
        if self.village_id is not None:
            found.append(Meeting.village_id == self.village_id)
        return found

    def address(self, **changes: str | int) -> dict[str, str]:
        """The parameters of the same list with changes."""
        values: dict[str, Any] = {
            "zeit": "vergangen" if self.past else "",
            "art": self.kind.value if self.kind else "",
            "ort": str(self.village_id) if self.village_id else "",
        }
        return {name: str(value) for name, value in (values | changes).items() if value}


@dataclass(frozen=True)
class Listed:
    """One page of the list."""

    meetings: list[MeetingCard]
    more: bool


async def list_meetings(view: View, network: NetworkPage, wanted: Wanted) -> Listed:
    """Public meetings: those to come, the next first; or those that are over, the last first."""
    now = datetime.now(BERLIN)
    when = Meeting.ends_at <= now if wanted.past else Meeting.ends_at > now
    async with view.reading() as session:
        found = await cards(
            session,
            network.slug,
            when,
            *wanted.conditions(),
            limit=PAGE + 1,
            offset=PAGE * (wanted.page - 1),
            newest=wanted.past,
        )
    return Listed(found[:PAGE], len(found) > PAGE)


@dataclass
class Day:
    """A day of the picture; `inside` of the month that is shown."""

    day: date
    inside: bool
    today: bool
    meetings: list[MeetingCard] = field(default_factory=list)


@dataclass(frozen=True)
class Month:
    """Weeks from Monday to Sunday. `before` and `after` are the neighbours as YYYY-MM, None at the end of time."""

    first: date
    weeks: list[list[Day]]
    before: str | None
    after: str | None

    @property
    def days(self) -> list[Day]:
        """The days on which something happens, for a narrow screen."""
        return [day for week in self.weeks for day in week if day.inside and day.meetings]


def month_of(text: str) -> date:
    """The first day of the month that an address names (YYYY-MM), else of this one."""
    try:
        chosen = datetime.strptime(text, "%Y-%m").date()  # noqa: DTZ007 - a month has no time zone
    except ValueError:
        chosen = today()
    return min(max(chosen, FIRST), LAST).replace(day=1)


async def month_picture(view: View, network: NetworkPage, first: date, wanted: Wanted) -> Month:
    """The month with all that the reader may know of; a meeting of several days stands on each of them."""
    weeks = [
        [Day(day, day.month == first.month, day == today()) for day in week]
        for week in calendar.Calendar().monthdatescalendar(first.year, first.month)
    ]
    days = {day.day: day for week in weeks for day in week}
    begin, end = weeks[0][0].day, weeks[-1][-1].day
    inside = Meeting.ends_at > start_of_day(begin), Meeting.starts_at < start_of_day(end + timedelta(days=1))
    async with view.reading() as session:
        found = await cards(session, network.slug, *inside, *wanted.conditions(), limit=MOST_IN_A_MONTH)
    chosen = {"kind": wanted.kind.value if wanted.kind else None, "village": wanted.village_id}
    params = {name: value for name, value in chosen.items() if value is not None}
    found += await restricted_meetings(view, network, **{"from": begin, "to": end, **params})
    for meeting in sorted(found, key=lambda one: one.starts_at):
        for day in _days_of(meeting, begin, end):
            days[day].meetings.append(meeting)
    return Month(first, weeks, _neighbour(first, -1), _neighbour(first, 1))


def _days_of(meeting: MeetingCard, begin: date, end: date) -> list[date]:
    first = max(day_of(meeting.starts_at), begin)
    last = min(day_of(meeting.ends_at - timedelta(microseconds=1)), end)  # until midnight is not on the next day
    return [first + timedelta(days=index) for index in range((last - first).days + 1)]


def _neighbour(first: date, step: int) -> str | None:
    other = (first + timedelta(days=31)) if step > 0 else (first - timedelta(days=1))
    return f"{other:%Y-%m}" if FIRST <= other <= LAST else None
