"""What a calendar says of a date, as facts of a meeting, and which of them staff have changed since."""

import re
from collections.abc import Mapping
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict
from shared.contracts.events import MeetingKind
from shared.inputs import is_web_address, shown_text

from events.imported_calendars import wording
from events.imported_calendars.reading import Entry
from events.meetings.model import Meeting
from events.meetings.plan import Plan
from events.meetings.wall_clock import FIRST_YEAR, LAST_YEAR

LINE, PROSE = 200, 10_000  # characters, as in `shared.inputs`
_MARKUP = re.compile(r"<(?:br|p|div|span|a|b|i|strong|em|ul|ol|li|html|font)\b[^<>]*>", re.IGNORECASE)
# What staff change, they change as a whole: a place and its village, a beginning and its end.
PARTS: Mapping[str, tuple[str, ...]] = {
    "title": ("title",),
    "description": ("description",),
    "place": ("place", "village_id"),
    "time": ("starts_at", "ends_at"),
}


class Facts(BaseModel):
    """What of a meeting comes from a calendar. Times are aware."""

    model_config = ConfigDict(frozen=True)
    title: str
    description: str
    place: str
    village_id: UUID | None
    starts_at: AwareDatetime
    ends_at: AwareDatetime

    @classmethod
    def of(cls, entry: Entry, villages: Mapping[str, UUID]) -> "Facts":
        """`villages` are those of the network, by name: one that the place names is the meeting's."""
        place = shown_text(entry.place, LINE)
        return cls(
            title=shown_text(entry.title, LINE) or wording.UNTITLED,
            description=_describe(entry),
            place=place or wording.SOMEWHERE,
            village_id=_village_in(place, villages),
            starts_at=entry.starts_at.replace(microsecond=0),
            ends_at=entry.ends_at.replace(microsecond=0),
        )

    @property
    def makes_sense(self) -> bool:
        """Whether it can be a meeting."""
        return self.starts_at < self.ends_at and self.starts_at.year >= FIRST_YEAR and self.ends_at.year <= LAST_YEAR

    def edited(self, meeting: Meeting) -> list[str]:
        """The parts that staff have changed in the meeting."""
        return [part for part, names in PARTS.items() if any(getattr(self, n) != getattr(meeting, n) for n in names)]

    def over(self, plan: Plan, kept: list[str]) -> Plan:
        """The plan with these facts, but for the parts that are kept."""
        names = [name for part, names in PARTS.items() if part not in kept for name in names]
        return replace(plan, **{name: getattr(self, name) for name in names})


def new_plan(facts: Facts, kind: MeetingKind) -> Plan:
    """The plan of a date that was not known so far."""
    return Plan(kind=kind, agenda=(), **dict(facts))


def _describe(entry: Entry) -> str:
    text = entry.description
    if _MARKUP.search(text):
        text = _PlainText.of(text)
    text = shown_text(text, PROSE - 600, lines=True)
    url = entry.url.strip()
    if is_web_address(url) and url not in text:
        text = f"{text}\n\n{wording.more(url)}".strip()
    return text


def _village_in(place: str, villages: Mapping[str, UUID]) -> UUID | None:
    named = {
        one for name, one in villages.items() if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", place, re.IGNORECASE)
    }
    return named.pop() if len(named) == 1 else None


class _PlainText(HTMLParser):
    """Calendar programs write HTML into descriptions although RFC 5545 (section 3.8.1.5) has text there."""

    _BREAKS = ("br", "p", "div", "li", "tr")

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self._silent = False

    @classmethod
    def of(cls, markup: str) -> str:
        parser = cls()
        parser.feed(markup)
        parser.close()
        return re.sub(r"\n{3,}", "\n\n", "".join(parser.parts))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        if tag in self._BREAKS:
            self.parts.append("\n")
        self._silent = tag in ("script", "style")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("p", "div"):
            self.parts.append("\n")
        self._silent = False

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.parts.append(data)


def stored(facts: Facts) -> dict[str, Any]:
    """As the database keeps it."""
    return facts.model_dump(mode="json")
