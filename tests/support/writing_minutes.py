"""What tests about agendas and minutes do over HTTP."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2

Meeting = dict[str, Any]


def clock(days: float) -> str:
    """The moment so many days from now."""
    return (datetime.now(UTC) + timedelta(days=days)).isoformat(timespec="minutes")


async def agenda(client: httpx2.AsyncClient, meeting: Meeting) -> dict[str, Any]:
    answer = await client.get(f"/meetings/{meeting['id']}/agenda")
    return dict(answer.raise_for_status().json())


async def titles(client: httpx2.AsyncClient, meeting: Meeting) -> list[str]:
    return [item["title"] for item in (await agenda(client, meeting))["items"]]


async def minutes(client: httpx2.AsyncClient, meeting: Meeting) -> dict[str, Any]:
    answer = await client.get(f"/meetings/{meeting['id']}/minutes")
    return dict(answer.raise_for_status().json())


async def item_id(client: httpx2.AsyncClient, meeting: Meeting, title: str) -> str:
    return next(str(item["id"]) for item in (await agenda(client, meeting))["items"] if item["title"] == title)


async def write(client: httpx2.AsyncClient, meeting: Meeting, title: str, words: str) -> str:
    """A first note under an item; returns the item's id."""
    item = await item_id(client, meeting, title)
    saved = await client.put(f"/agenda-items/{item}/note", json={"text": words, "version": 0})
    assert saved.status_code == 200, saved.text
    return item


async def submit(client: httpx2.AsyncClient, meeting: Meeting, **body: Any) -> None:
    answer = await client.post(f"/meetings/{meeting['id']}/minutes/submission", json=body)
    assert answer.status_code == 200, answer.text
