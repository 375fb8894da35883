"""The volunteers of the demo: when they have time, how far they come, who takes a break."""

from datetime import date, timedelta
from typing import Any

from standalone.demo.example_people import read_data

_DAYS = ("Mo", "Di", "Mi", "Do", "Fr", "Sa", "So")


def offer(volunteer: dict[str, Any], areas: list[dict[str, Any]]) -> dict[str, Any]:
    """What somebody wrote on the paper, as the registry takes it. `km` holds for each of their villages."""
    written = {name: value for name, value in volunteer.items() if name not in ("km", "pause_weeks", "times", "agrees")}
    times = [_time(text) for text in volunteer.get("times", ())]
    around = {"km": volunteer["km"]} if "km" in volunteer else {}
    return {**written, "areas": [{**area, **around} for area in areas], "times": times}


def pause(volunteer: dict[str, Any], began_on: date) -> dict[str, str] | None:
    """Until when somebody takes a break; None for who does not."""
    weeks = volunteer.get("pause_weeks")
    return {"until": (began_on + timedelta(weeks=weeks)).isoformat()} if weeks else None


def count_pauses() -> int:
    """How many calls their breaks take."""
    return sum(1 for volunteer in read_data("people")["volunteers"] if "pause_weeks" in volunteer)


def _time(text: str) -> dict[str, Any]:
    day, daytime = text.split()
    return {"weekday": _DAYS.index(day) + 1, "daytime": daytime}
