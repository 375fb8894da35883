"""Several people write at the same time, and nobody loses a word."""

import asyncio
from typing import Any

import httpx2

Meeting = dict[str, Any]


async def items_of(client: httpx2.AsyncClient, meeting: Meeting) -> dict[str, Any]:
    """The items of the minutes by their titles."""
    answer = (await client.get(f"/meetings/{meeting['id']}/minutes")).raise_for_status()
    return {item["title"]: item for item in answer.json()["content"]["items"]}


async def write(client: httpx2.AsyncClient, item: dict[str, Any], text: str, seen: int) -> httpx2.Response:
    return await client.put(f"/agenda-items/{item['id']}/note", json={"text": text, "version": seen})


async def test_the_second_of_two_writers_is_refused_and_nothing_is_overwritten(
    coordinator: httpx2.AsyncClient, officer: httpx2.AsyncClient, last: Meeting
) -> None:
    festival = (await items_of(coordinator, last))["Dorffest"]
    assert festival["version"] == 0
    first = await write(coordinator, festival, "Das Zelt kommt am Freitag.", 0)
    assert (first.status_code, first.json()["version"]) == (200, 1)
    second = await write(officer, festival, "Das Zelt kommt am Samstag.", 0)
    assert (second.status_code, second.json()["code"]) == (409, "note_changed")
    assert second.json()["errors"][0]["field"] == "text"
    now = (await items_of(officer, last))["Dorffest"]
    assert (now["text"], now["version"]) == ("Das Zelt kommt am Freitag.", 1)
    both = await write(officer, festival, "Das Zelt kommt am Freitag, die Bänke am Samstag.", now["version"])
    assert both.json()["version"] == 2


async def test_saving_the_same_text_again_is_no_conflict(coordinator: httpx2.AsyncClient, last: Meeting) -> None:
    festival = (await items_of(coordinator, last))["Dorffest"]
    for _ in range(2):  # the answer to the first was lost
        saved = await write(coordinator, festival, "Wir treffen uns um acht.", 0)
        assert (saved.status_code, saved.json()["version"]) == (200, 1)


async def test_of_many_who_begin_at_once_one_wins_and_the_others_are_told(
    coordinator: httpx2.AsyncClient, last: Meeting
) -> None:
    festival = (await items_of(coordinator, last))["Dorffest"]
    answers = await asyncio.gather(*(write(coordinator, festival, f"Text {number}", 0) for number in range(8)))
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 7
    winner = next(answer.json()["text"] for answer in answers if answer.status_code == 200)
    assert (await items_of(coordinator, last))["Dorffest"]["text"] == winner


async def test_different_items_are_written_at_the_same_time(coordinator: httpx2.AsyncClient, last: Meeting) -> None:
    items = (await items_of(coordinator, last)).values()
    answers = await asyncio.gather(*(write(coordinator, item, f"Zu {item['title']}", 0) for item in items))
    assert {answer.status_code for answer in answers} == {200}
    assert [item["text"] for item in (await items_of(coordinator, last)).values()] == [
        "Zu Begrüßung", "Zu Dorffest", "Zu Spielplatz",
    ]  # fmt: skip


async def test_writing_makes_the_meeting_held_and_the_item_talked_about(
    coordinator: httpx2.AsyncClient, last: Meeting
) -> None:
    items = await items_of(coordinator, last)
    await write(coordinator, items["Dorffest"], "Wir planen.", 0)
    items = await items_of(coordinator, last)
    assert [item["status"] for item in items.values()] == ["planned", "reached", "planned"]
    assert (await coordinator.get(f"/meetings/{last['id']}")).json()["status"] == "held"


async def test_nobody_writes_before_the_day_of_the_meeting(coordinator: httpx2.AsyncClient, coming: Meeting) -> None:
    welcome = (await items_of(coordinator, coming))["Begrüßung"]
    early = await write(coordinator, welcome, "Alle sind da.", 0)
    assert (early.status_code, early.json()["code"]) == (409, "meeting_not_begun")


async def test_contacts_of_lead_associations_read_and_write_notes_and_strangers_find_nothing(
    contact: httpx2.AsyncClient, stranger: httpx2.AsyncClient, resident: httpx2.AsyncClient, last: Meeting
) -> None:
    festival = (await items_of(contact, last))["Dorffest"]
    assert (await write(contact, festival, "Wir bringen Kuchen mit.", 0)).status_code == 200
    assert (await items_of(contact, last))["Dorffest"]["status"] == "reached"
    decision = await contact.post(f"/agenda-items/{festival['id']}/decisions", json={"text": "Es gibt Kuchen."})
    assert decision.status_code == 403
    assert (await stranger.get(f"/meetings/{last['id']}/minutes")).status_code == 404
    assert (await write(stranger, festival, "x", 1)).status_code == 404
    assert (await resident.get(f"/meetings/{last['id']}/minutes")).status_code == 403
