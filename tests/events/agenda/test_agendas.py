"""The agenda: arranged by planners, proposed to by lead associations, carried on from meeting to meeting."""

import asyncio
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from events.agenda.standing import complete_agendas
from fastapi import FastAPI
from shared.contracts.events import MeetingChanged
from shared.database import transaction
from sqlalchemy import text
from testkit.clients import Clients
from testkit.tokens import association_contact
from writing_minutes import Meeting, agenda, clock, submit, titles, write


async def held(published: Callable[..., Any], **changes: Any) -> Meeting:
    """A meeting that ended yesterday."""
    meeting: Meeting = await published(starts_at=clock(-1.1), ends_at=clock(-1), **changes)
    return meeting


async def test_items_have_owners_and_an_order_and_public_pages_hear_of_them(
    coordinator: httpx2.AsyncClient, published: Callable[..., Any], registry: Any, outbox: Any
) -> None:
    meeting = await published()
    organisation = uuid4()
    speaker = await registry.appoint(organisation)
    body = {
        "title": "Spielplatz",
        "minutes": 15,
        "details": "Angebot liegt vor",
        "responsible": {"contact_id": str(speaker)},
    }
    added = await coordinator.post(f"/meetings/{meeting['id']}/agenda", json=body)
    assert added.status_code == 201
    assert added.json()["responsible"] == {
        "organisation_id": str(organisation), "contact_id": str(speaker), "person_id": None, "former": False,
    }  # fmt: skip
    ids = [item["id"] for item in (await agenda(coordinator, meeting))["items"]]
    ordered = await coordinator.put(f"/meetings/{meeting['id']}/agenda/order", json={"item_ids": [ids[2], *ids[:2]]})
    assert [item["title"] for item in ordered.json()["items"]] == ["Spielplatz", "Begrüßung", "Dorffest"]
    told = (await outbox.of(MeetingChanged))[-1].data.meeting
    assert [(item.position, item.title) for item in told.agenda] == [
        (1, "Spielplatz"),
        (2, "Begrüßung"),
        (3, "Dorffest"),
    ]
    assert "Angebot" not in told.model_dump_json()
    incomplete = await coordinator.put(f"/meetings/{meeting['id']}/agenda/order", json={"item_ids": ids[:2]})
    assert incomplete.json()["code"] == "changed_meanwhile"


@pytest.mark.parametrize(
    ("responsible", "code"),
    [
        ({"contact_id": str(uuid4())}, "unknown_contact"),
        ({"person_id": str(uuid4())}, "unknown_contact"),
        ({"person_id": str(uuid4()), "organisation_id": str(uuid4())}, "too_many_responsible"),
    ],
)
async def test_nobody_is_made_responsible_who_is_not_known_or_not_asked(
    coordinator: httpx2.AsyncClient, published: Callable[..., Any], responsible: dict[str, str], code: str
) -> None:
    meeting = await published()
    body = {"title": "Spielplatz", "responsible": responsible}
    refused = await coordinator.post(f"/meetings/{meeting['id']}/agenda", json=body)
    assert (refused.status_code, refused.json()["code"]) == (422, code)
    assert refused.json()["errors"][0]["field"] == "responsible"
    assert await titles(coordinator, meeting) == ["Begrüßung", "Dorffest"]


async def test_the_form_of_a_meeting_keeps_what_was_prepared(
    coordinator: httpx2.AsyncClient, published: Callable[..., Any], plan: dict[str, Any]
) -> None:
    meeting = await published()
    body = {"title": "Spielplatz", "details": "Angebot liegt vor"}
    item = (await coordinator.post(f"/meetings/{meeting['id']}/agenda", json=body)).json()
    change = {name: value for name, value in plan.items() if name != "network"}
    del change["agenda"]
    assert (await coordinator.put(f"/meetings/{meeting['id']}", json=change)).status_code == 200
    assert await titles(coordinator, meeting) == ["Begrüßung", "Dorffest", "Spielplatz"]
    change["agenda"] = [{"title": "spielplatz", "minutes": 20}, {"title": "Neues"}]
    assert (await coordinator.put(f"/meetings/{meeting['id']}", json=change)).status_code == 200
    items = (await agenda(coordinator, meeting))["items"]
    assert [(each["title"], each["minutes"]) for each in items] == [("spielplatz", 20), ("Neues", None)]
    assert (items[0]["id"], items[0]["details"]) == (item["id"], "Angebot liegt vor")


async def test_an_item_with_words_under_it_is_not_struck_off(
    coordinator: httpx2.AsyncClient, registry: Any, published: Callable[..., Any]
) -> None:
    meeting = await held(published)
    item = await write(coordinator, meeting, "Dorffest", "Wir planen.")
    refused = await coordinator.delete(f"/agenda-items/{item}")
    assert (refused.status_code, refused.json()["code"]) == (409, "agenda_item_in_use")
    welcome = (await agenda(coordinator, meeting))["items"][0]["id"]
    assert (await coordinator.delete(f"/agenda-items/{welcome}")).status_code == 204
    assert await titles(coordinator, meeting) == ["Dorffest"]


async def test_a_lead_association_proposes_and_the_planner_decides(
    coordinator: httpx2.AsyncClient,
    stranger: httpx2.AsyncClient,
    published: Callable[..., Any],
    registry: Any,
    client_for: Clients,
    app: FastAPI,
    token_for: Callable[..., str],
) -> None:
    meeting, organisation = await published(), uuid4()
    await registry.grant_mandate(organisation, registry.krina)
    contact = await client_for(app, token_for(association_contact(organisation)))
    other = await client_for(app, token_for(association_contact(uuid4())))
    path, body = f"/meetings/{meeting['id']}/agenda/proposals", {"title": "Bus am Samstag", "details": "Viele fragen."}
    made = await contact.post(path, json=body)
    assert (made.status_code, made.json()["organisation_id"]) == (201, str(organisation))
    for outsider in (stranger, other):
        assert (await outsider.post(path, json=body)).status_code == 404
    proposal = (await agenda(coordinator, meeting))["proposals"][0]
    answer = f"/agenda-proposals/{proposal['id']}/answer"
    assert (await contact.post(answer, json={"accept": True})).status_code == 403
    assert (await coordinator.post(answer, json={"accept": True})).json()["state"] == "accepted"
    last = (await agenda(contact, meeting))["items"][-1]
    assert (last["title"], last["responsible"]["organisation_id"]) == ("Bus am Samstag", str(organisation))
    assert (await coordinator.post(answer, json={"accept": False})).json()["code"] == "proposal_decided"


async def test_what_was_not_reached_stands_on_the_next_agenda_once(
    coordinator: httpx2.AsyncClient, registry: Any, published: Callable[..., Any], sessions: Any
) -> None:
    meeting = await held(published)
    await write(coordinator, meeting, "Begrüßung", "Alle sind da.")
    await submit(coordinator, meeting)
    following = await published(title="Nächstes", agenda=[{"title": "Begrüßung"}])
    for _ in range(2):
        await complete_agendas(sessions)
    waiting = ["Genehmigung des Protokolls", "Dorffest"]
    shown = await titles(coordinator, following)
    assert shown[0] == "Begrüßung"
    assert shown[1].startswith(waiting[0])
    assert shown[2:] == ["Dorffest"]
    carried = (await agenda(coordinator, following))["items"][-1]
    assert carried["carried"]


async def test_a_cancelled_meeting_hands_on_what_waited_for_it(
    coordinator: httpx2.AsyncClient, registry: Any, published: Callable[..., Any], sessions: Any
) -> None:
    meeting = await held(published)
    await write(coordinator, meeting, "Begrüßung", "Alle sind da.")
    following = await published(title="Nächstes", agenda=[])
    later = await published(title="Übernächstes", agenda=[], starts_at=clock(60), ends_at=clock(60.1))
    await submit(coordinator, meeting)
    assert len(await titles(coordinator, following)) == 2
    assert await titles(coordinator, later) == []
    cancelled = await coordinator.post(f"/meetings/{following['id']}/cancellation", json={"reason": "Sturm"})
    assert cancelled.status_code == 200, cancelled.text
    await complete_agendas(sessions)
    assert len(await titles(coordinator, later)) == 2


async def test_only_the_chosen_items_are_carried_and_one_comes_back_that_was_talked_about(
    coordinator: httpx2.AsyncClient, registry: Any, published: Callable[..., Any]
) -> None:
    meeting = await held(published, agenda=[{"title": "Begrüßung"}, {"title": "Dorffest"}, {"title": "Wege"}])
    following = await published(title="Nächstes", agenda=[])
    items = {item["title"]: item["id"] for item in (await agenda(coordinator, meeting))["items"]}
    await write(coordinator, meeting, "Begrüßung", "Alle sind da.")
    moved = await coordinator.post(f"/agenda-items/{items['Wege']}/status", json={"status": "carried"})
    assert moved.json()["status"] == "carried"
    assert await titles(coordinator, following) == ["Wege"]
    await coordinator.post(f"/agenda-items/{items['Wege']}/status", json={"status": "reached"})
    assert await titles(coordinator, following) == []
    await submit(coordinator, meeting, carry=[])
    assert {item["status"] for item in (await agenda(coordinator, meeting))["items"]} == {"reached"}
    closed = await coordinator.post(f"/meetings/{meeting['id']}/agenda", json={"title": "Zu spät"})
    assert closed.json()["code"] == "minutes_closed"


async def test_open_action_items_stand_on_the_next_agenda_until_they_are_done(
    coordinator: httpx2.AsyncClient, registry: Any, published: Callable[..., Any], sessions: Any
) -> None:
    meeting = await held(published)
    item = await write(coordinator, meeting, "Dorffest", "Wir planen.")
    task = {"title": "Zelt bestellen", "due_on": "2099-05-01"}
    taken = (await coordinator.post(f"/agenda-items/{item}/action-items", json=task)).json()
    following = await published(title="Nächstes", agenda=[{"title": "Begrüßung"}])
    await complete_agendas(sessions)
    assert await titles(coordinator, following) == ["Begrüßung", "Offene Aufgaben"]
    listed = (await coordinator.get(f"/meetings/{following['id']}/minutes")).json()["content"]["items"][1]["open_items"]
    assert [each["title"] for each in listed] == ["Zelt bestellen"]
    await coordinator.post(f"/action-items/{taken['id']}/state", json={"state": "done"})
    await complete_agendas(sessions)
    assert await titles(coordinator, following) == ["Begrüßung"]


async def test_two_workers_that_complete_agendas_at_once_put_everything_there_once(
    coordinator: httpx2.AsyncClient, registry: Any, published: Callable[..., Any], sessions: Any
) -> None:
    meeting = await held(published)
    await write(coordinator, meeting, "Begrüßung", "Alle sind da.")
    await submit(coordinator, meeting)
    following = await published(title="Nächstes", agenda=[])
    await asyncio.gather(*(complete_agendas(sessions) for _ in range(4)))
    assert len(await titles(coordinator, following)) == 2
    async with transaction(sessions) as session:
        assert await session.scalar(text("SELECT count(*) FROM agenda_item WHERE carried_from IS NOT NULL")) == 1
