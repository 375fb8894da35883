"""Minutes on their way: submitted, approved at the next meeting, corrected, published without names."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from shared.contracts.events import MinutesPublished
from writing_minutes import Meeting, agenda, clock, item_id, minutes, submit, titles, write


@pytest.fixture
async def january(published: Callable[..., Any], registry: Any) -> Meeting:
    """A meeting of the month before the last one."""
    agenda = [{"title": "Begrüßung"}, {"title": "Dorffest"}]
    meeting: Meeting = await published(title="Januartreffen", starts_at=clock(-31.1), ends_at=clock(-31), agenda=agenda)
    return meeting


async def approve(client: httpx2.AsyncClient, meeting: Meeting, **votes: int) -> httpx2.Response:
    return await client.post(f"/meetings/{meeting['id']}/minutes/approval", json=votes)


async def test_attendance_begins_with_the_answers_and_is_kept(
    coordinator: httpx2.AsyncClient,
    published: Callable[..., Any],
    registry: Any,
    outbox: Any,
    anybody: httpx2.AsyncClient,
) -> None:
    await registry.lead(registry.gossa)
    meeting = await published(starts_at=clock(0.0001), ends_at=clock(0.1))
    (token,) = (await outbox.reply_tokens()).values()
    await anybody.post("/invitations/answer", json={"reply_token": token, "answer": "declined"})
    begun = await minutes(coordinator, meeting)
    (excused,) = begun["expected_excused"]
    here = str(uuid4())
    body = {"people": 14, "present": [here, here], "excused": [excused, here]}
    saved = await coordinator.put(f"/meetings/{meeting['id']}/minutes/attendance", json=body)
    content = saved.json()["content"]
    assert (content["people"], content["present"], content["excused"]) == (14, [here], [excused])


async def test_the_next_meeting_approves_and_it_is_its_decision(
    coordinator: httpx2.AsyncClient, january: Meeting, last: Meeting
) -> None:
    await write(coordinator, january, "Dorffest", "Wir feiern im Juni.")
    assert (await approve(coordinator, january)).json()["code"] == "minutes_not_submitted"
    await submit(coordinator, january)
    approved = await approve(coordinator, january, votes_for=11, votes_against=0, votes_abstained=1)
    assert (approved.json()["status"], approved.json()["approved_in"]) == ("approved", last["id"])
    assert [version["number"] for version in approved.json()["versions"]] == [1]
    place = next(item for item in (await minutes(coordinator, last))["content"]["items"] if item["minutes_of"])
    assert place["minutes_of"] == january["id"]
    assert place["title"].startswith("Genehmigung des Protokolls vom ")
    (decision,) = place["decisions"]
    assert decision["text"].startswith("Das Protokoll vom ")
    assert (decision["votes_for"], decision["votes_against"], decision["votes_abstained"]) == (11, 0, 1)
    assert (await approve(coordinator, january)).json()["code"] == "minutes_not_submitted"


async def test_nobody_approves_before_the_next_meeting_has_begun(
    coordinator: httpx2.AsyncClient, last: Meeting, coming: Meeting
) -> None:
    await write(coordinator, last, "Dorffest", "Wir feiern.")
    await submit(coordinator, last)
    assert (await titles(coordinator, coming))[1].startswith("Genehmigung des Protokolls")
    early = await approve(coordinator, last)
    assert (early.status_code, early.json()["code"]) == (409, "minutes_approved_later")


async def test_submitted_minutes_are_closed_until_they_are_taken_back(
    coordinator: httpx2.AsyncClient, last: Meeting, coming: Meeting
) -> None:
    festival = await write(coordinator, last, "Dorffest", "Wir feiern.")
    await submit(coordinator, last)
    late = await coordinator.put(f"/agenda-items/{festival}/note", json={"text": "Doch nicht.", "version": 1})
    assert (late.status_code, late.json()["code"]) == (409, "minutes_closed")
    decision = await coordinator.post(f"/agenda-items/{festival}/decisions", json={"text": "x"})
    assert decision.json()["code"] == "minutes_closed"
    assert (await coordinator.post(f"/meetings/{last['id']}/minutes/reopening")).json()["status"] == "draft"
    assert not any(title.startswith("Genehmigung") for title in await titles(coordinator, coming))
    again = await coordinator.put(f"/agenda-items/{festival}/note", json={"text": "Doch nicht.", "version": 1})
    assert again.status_code == 200


async def test_a_correction_is_a_new_version_and_the_approved_one_stays(
    coordinator: httpx2.AsyncClient, january: Meeting, last: Meeting
) -> None:
    festival = await write(coordinator, january, "Dorffest", "Wir feiern im Juni.")
    path = f"/agenda-items/{festival}/decisions"
    decision = (await coordinator.post(path, json={"text": "Das Fest ist am 7. Juni."})).json()
    await submit(coordinator, january)
    corrections = f"/meetings/{january['id']}/minutes/corrections"
    body: dict[str, Any] = {
        "reason": "Falscher Monat",
        "notes": [{"agenda_item_id": festival, "text": "Wir feiern im Juli."}],
        "decisions": [{"decision_id": decision["id"], "text": "Das Fest ist am 7. Juli."}],
    }
    assert (await coordinator.post(corrections, json=body)).json()["code"] == "minutes_not_approved"
    await approve(coordinator, january)
    assert (await coordinator.post(corrections, json=body)).json()["number"] == 2
    assert (await coordinator.post(corrections, json=body)).json()["code"] == "nothing_corrected"
    playground = await item_id(coordinator, last, "Spielplatz")
    foreign = {"reason": "x", "notes": [{"agenda_item_id": playground, "text": "x"}]}
    assert (await coordinator.post(corrections, json=foreign)).json()["code"] == "unknown_agenda_item"
    versions = f"/meetings/{january['id']}/minutes/versions"
    texts = [
        [item["text"] for item in (await coordinator.get(f"{versions}/{number}")).json()["content"]["items"]]
        for number in (1, 2)
    ]
    assert texts == [["", "Wir feiern im Juni."], ["", "Wir feiern im Juli."]]


async def test_everybody_gets_a_version_in_which_nobody_is_named(
    coordinator: httpx2.AsyncClient, january: Meeting, last: Meeting, registry: Any, outbox: Any
) -> None:
    organisation = uuid4()
    speaker = await registry.appoint(organisation)
    festival = await write(coordinator, january, "Dorffest", f"{{contact:{speaker}}} bringt das Zelt mit.")
    decision = (
        await coordinator.post(f"/agenda-items/{festival}/decisions", json={"text": "Wir feiern.", "votes_for": 9})
    ).json()
    task = {"title": "Zelt holen", "due_on": "2099-05-01", "responsible": {"contact_id": str(speaker)}}
    taken = (await coordinator.post(f"/agenda-items/{festival}/action-items", json=task)).json()
    await submit(coordinator, january)
    path = f"/meetings/{january['id']}/minutes/publication"
    item: dict[str, Any] = {
        "agenda_item_id": festival,
        "text": f"{{contact:{speaker}}} bringt das Zelt mit.",
        "decisions": [{"decision_id": decision["id"], "text": "Wir feiern."}],
        "action_items": [{"action_item_id": taken["id"], "title": "Zelt holen"}],
    }
    assert (await coordinator.post(path, json={"items": [item], "checked": True})).json()[
        "code"
    ] == "minutes_not_approved"
    await approve(coordinator, january)
    unread = await coordinator.post(path, json={"items": [item], "checked": False})
    assert (unread.status_code, unread.json()["code"]) == (422, "not_checked")
    named = await coordinator.post(path, json={"items": [item], "checked": True})
    assert (named.status_code, named.json()["code"]) == (422, "somebody_named")
    item["text"] = "Der Vorsitz bringt das Zelt mit."
    done = await coordinator.post(path, json={"items": [item], "checked": True})
    assert done.json()["status"] == "published"
    (event,) = await outbox.of(MinutesPublished)
    assert str(speaker) not in event.model_dump_json()
    (shown,) = event.data.items
    assert (shown.position, shown.text) == (2, "Der Vorsitz bringt das Zelt mit.")
    assert [(each.text, each.votes_for) for each in shown.decisions] == [("Wir feiern.", 9)]
    assert [(each.title, each.organisation_id, each.function) for each in shown.action_items] == [
        ("Zelt holen", organisation, "Vorsitz")
    ]


async def test_minutes_of_a_meeting_that_is_not_for_everybody_stay_in_the_network(
    coordinator: httpx2.AsyncClient, published: Callable[..., Any], registry: Any, last: Meeting, outbox: Any
) -> None:
    meeting = await published(starts_at=clock(-31.1), ends_at=clock(-31), visibility="network")
    await write(coordinator, meeting, "Dorffest", "Unter uns.")
    await submit(coordinator, meeting)
    await approve(coordinator, meeting)
    refused = await coordinator.post(
        f"/meetings/{meeting['id']}/minutes/publication", json={"items": [], "checked": True}
    )
    assert (refused.status_code, refused.json().get("code")) == (409, "meeting_not_public"), refused.text
    assert await outbox.of(MinutesPublished) == []


async def test_a_network_lists_how_far_its_minutes_are(
    coordinator: httpx2.AsyncClient,
    stranger: httpx2.AsyncClient,
    contact: httpx2.AsyncClient,
    january: Meeting,
    last: Meeting,
) -> None:
    await write(coordinator, january, "Dorffest", "Wir feiern.")
    await submit(coordinator, january)
    await write(coordinator, last, "Dorffest", "Wir feiern.")
    for reader in (coordinator, contact):
        listed = (await reader.get("/minutes", params={"network": last["network"]})).json()["items"]
        assert [(each["title"], each["status"]) for each in listed] == [
            ("Februartreffen", "draft"), ("Januartreffen", "submitted"),
        ]  # fmt: skip
    assert (await stranger.get("/minutes", params={"network": last["network"]})).status_code == 404
    assert (await agenda(contact, last))["items"]
