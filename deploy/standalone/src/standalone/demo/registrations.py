"""Who registered for a workshop with few places: some come, some stand on the waiting list."""

from typing import Any

from standalone.demo.api import Api
from standalone.demo.example_people import read_data

_EVENTS = "/api/events"


async def register_people(api: Api, title: str, meeting: str) -> None:
    """The questions and the people of `registrations.toml`, if this is the meeting that they are for."""
    data = read_data("registrations")
    if title != data["meeting"]:
        return
    path = f"{_EVENTS}/meetings/{meeting}"
    form = {"questions": data["questions"], "confirm_hours": data["confirm_hours"], "version": 0}
    await api.put(f"{path}/registration-form", form, done=("changed_meanwhile",))
    asked = (await api.get(f"{path}/registration-form"))["questions"]
    for person in data["people"]:
        item: dict[str, Any] = {**person}
        item["answers"] = {
            question["id"]: answer for question, answer in zip(asked, person["answers"], strict=False) if answer
        }
        name = f"registration:{person['name']}"
        await api.add(f"{path}/registrations/for-somebody", item, name=name)


def count_registrations() -> int:
    """How many calls `register_people` makes that are counted."""
    return 1 + len(read_data("registrations")["people"])
