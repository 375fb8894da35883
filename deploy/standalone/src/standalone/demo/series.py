"""The network's monthly meeting as a series, to which its year of history belongs."""

from collections.abc import Callable
from datetime import date
from typing import Any

from standalone.demo.api import Api
from standalone.demo.example_people import read_data

_SERIES = "/api/events/series"
_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


async def enter_series(api: Api, plan: Callable[..., dict[str, Any]], history: list[str]) -> None:
    """`plan` makes the body of a meeting, `history` are ids of meetings that were. The series is published."""
    meeting = plan(**read_data("series")["meeting"])
    name = f"series:{meeting['title']}"
    first = await api.add("/api/events/meetings", meeting, name=name, wait_for=("unknown_network", "unknown_village"))
    rule = monthly(date.fromisoformat(meeting["starts_at"][:10]))
    series = await api.add(_SERIES, {"meeting_id": first["id"], "rule": rule}, name=name)
    path = f"{_SERIES}/{series['id']}"
    for held in history:
        await api.add(f"{path}/meetings", {"meeting_id": held}, name=held)
    await api.add(f"{path}/publication", {}, name=name)


def monthly(day: date) -> str:
    """Every month on the same weekday as this day; after the 28th on the last one, which every month has."""
    which = (day.day - 1) // 7 + 1 if day.day <= 28 else -1
    return f"FREQ=MONTHLY;BYDAY={which}{_DAYS[day.weekday()]}"


def count_series() -> int:
    """How many calls `enter_series` makes."""
    return 3 + len(read_data("minutes")["meetings"])
