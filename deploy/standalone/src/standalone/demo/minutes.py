"""A year of the network's monthly meetings: agendas, notes, decisions, tasks, and minutes as far as they are."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from standalone.demo.api import Api
from standalone.demo.example_people import read_data

_EVENTS = "/api/events"

Ids = dict[str, str]


class History:
    """Enters the meetings one after the other, as a year would have: each approves the minutes of the one before.

    `ids` are those of associations and villages, `plan` makes the body of a meeting. The minutes of the last meeting
    wait for their approval.
    """

    def __init__(self, api: Api, ids: Ids, plan: Callable[..., dict[str, Any]], began_on: date) -> None:
        self._api = api
        self._ids = ids
        self._plan = plan
        self._began_on = began_on
        self.meetings: list[str] = []  # ids of those that are entered

    async def enter(self) -> None:
        """Everything in `minutes.toml`."""
        before: str | None = None
        for held in read_data("minutes")["meetings"]:
            meeting = await self._meet(held)
            if before is not None:
                votes = {"votes_for": held["people"] - 2, "votes_against": 0, "votes_abstained": 1}
                await self._add(f"/meetings/{before}/minutes/approval", votes, f"approval:{held['title']}")
                await self._publish(before, held["title"])
            await self._write(meeting, held)
            self.meetings.append(meeting)
            before = meeting

    async def _meet(self, held: dict[str, Any]) -> str:
        """The meeting with its agenda, published: its id."""
        agenda = [{"title": item["title"], "minutes": item["planned"]} for item in held["items"]]
        place = f"{held['place']} {held['village']}"
        words = {name: held[name] for name in ("weeks", "weekday", "time", "title", "village")}
        item = self._plan(**words, minutes=120, kind="network_meeting", place=place, description="", agenda=agenda)
        draft = await self._add("/meetings", item, f"history:{held['title']}")
        await self._add(f"/meetings/{draft['id']}/publication", {}, f"history:{held['title']}")
        return str(draft["id"])

    async def _write(self, meeting: str, held: dict[str, Any]) -> None:
        agenda = await self._api.get(f"{_EVENTS}/meetings/{meeting}/agenda")
        items = {item["title"]: item["id"] for item in agenda["items"]}
        present = {"people": held["people"], "present": self._associations(held["present"])}
        await self._put(f"/meetings/{meeting}/minutes/attendance", present)
        for item in held["items"]:
            path, name = f"/agenda-items/{items[item['title']]}", f"{held['title']}:{item['title']}"
            if "text" in item:
                await self._put(f"{path}/note", {"text": item["text"].strip(), "version": 0})
            if "decision" in item:
                await self._add(f"{path}/decisions", item["decision"], f"decision:{name}")
            for task in item.get("tasks", ()):
                await self._give(path, task)
        carry = [items[item["title"]] for item in held["items"] if item.get("carried")]
        await self._add(f"/meetings/{meeting}/minutes/submission", {"carry": carry}, f"submission:{held['title']}")

    async def _give(self, path: str, task: dict[str, Any]) -> None:
        due_on = self._began_on + timedelta(weeks=task["due_in_weeks"])
        body = {
            "title": task["title"],
            "due_on": due_on.isoformat(),
            "responsible": {"organisation_id": self._ids[f"association:{task['association']}"]},
        }
        taken = await self._add(f"{path}/action-items", body, f"task:{task['title']}")
        if task.get("done"):
            await self._add(f"/action-items/{taken['id']}/state", {"state": "done"}, f"done:{task['title']}")

    async def _publish(self, meeting: str, name: str) -> None:
        """The version for everybody: these invented minutes name nobody."""
        minutes = await self._api.get(f"{_EVENTS}/meetings/{meeting}/minutes")
        items = [
            {
                "agenda_item_id": item["id"],
                "text": item["text"],
                "decisions": [{"decision_id": each["id"], "text": each["text"]} for each in item["decisions"]],
                "action_items": [
                    {"action_item_id": each["id"], "title": each["title"]} for each in item["action_items"]
                ],
            }
            for item in minutes["content"]["items"]
        ]
        body = {"items": items, "checked": True}
        await self._add(f"/meetings/{meeting}/minutes/publication", body, f"minutes published at:{name}")

    def _associations(self, names: list[str]) -> list[str]:
        return [self._ids[f"association:{name}"] for name in names]

    async def _add(self, path: str, item: dict[str, Any], name: str) -> dict[str, Any]:
        return await self._api.add(f"{_EVENTS}{path}", item, name=name, wait_for=("unknown_network", "unknown_village"))

    async def _put(self, path: str, item: dict[str, Any]) -> None:
        await self._api.put(f"{_EVENTS}{path}", item, done=("minutes_closed",))


def count_history() -> int:
    """How many calls `History.enter` makes."""
    meetings = read_data("minutes")["meetings"]
    items = [item for held in meetings for item in held["items"]]
    tasks = [task for item in items for task in item.get("tasks", ())]
    return (
        4 * len(meetings)  # planned, published, who was there, submitted
        + 2 * (len(meetings) - 1)  # approved and published by the next one
        + sum(("text" in item) + ("decision" in item) for item in items)
        + len(tasks) + sum(1 for task in tasks if task.get("done"))
    )  # fmt: skip
