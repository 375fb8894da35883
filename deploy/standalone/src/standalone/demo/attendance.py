"""Who was at a meeting, with a certificate; and a meeting whose door is open."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from standalone.demo.api import Api
from standalone.demo.example_people import read_data

_EVENTS = "/api/events"
_BERLIN = ZoneInfo("Europe/Berlin")


async def note_past(api: Api, title: str, meeting: str) -> None:
    """The guests of a meeting that is over, if this is the one; the list is closed, one of them has a certificate."""
    past = read_data("attendance")["past"]
    if title != past["meeting"]:
        return
    path, certified = f"{_EVENTS}/meetings/{meeting}", ""
    for guest in past["guests"]:
        came = await api.add(f"{path}/attendance/guests", guest, name=f"guest:{guest['name']}")
        certified = came["id"] if guest["name"] == past["certified"] else certified
    await api.add(f"{path}/attendance/closing", {}, name="attendance")
    items = [{"entry_id": certified, "name": past["certified"]}]
    await api.add(f"{path}/certificates", {"items": items}, name="certificate")


async def open_door(api: Api, network: str, village: str, began_on: date) -> None:
    """A meeting that is on from the day of the first start; some of those who registered are there."""
    today = read_data("attendance")["today"]
    starts_at = datetime.combine(began_on, time(), _BERLIN)
    plan: dict[str, Any] = {
        **{name: today[name] for name in ("kind", "title", "place", "description")},
        "network": network,
        "village_id": village,
        "starts_at": starts_at.isoformat(),
        "ends_at": datetime.combine(began_on + timedelta(days=today["days"]), time(), _BERLIN).isoformat(),
    }
    draft = await api.add(f"{_EVENTS}/meetings", plan, name=today["title"], wait_for=("unknown_village",))
    path = f"{_EVENTS}/meetings/{draft['id']}"
    await api.add(f"{path}/publication", {}, name=today["title"])
    for person in today["people"]:
        told = {name: value for name, value in person.items() if name != "there"}
        name = f"registration:{person['name']}"
        entered = await api.add(f"{path}/registrations/for-somebody", told, name=name)
        if person.get("there"):
            there = {"state": "attended", "version": 0}
            await api.put(f"{path}/attendance/{entered['id']}", there, done=("changed_meanwhile",))


def village_of_today() -> str:
    """Where the meeting is on."""
    return str(read_data("attendance")["today"]["village"])


def count_attendance() -> int:
    """How many calls `note_past` and `open_door` make."""
    data = read_data("attendance")
    people = data["today"]["people"]
    there = sum(1 for person in people if person.get("there"))
    return len(data["past"]["guests"]) + 2 + 2 + len(people) + there
