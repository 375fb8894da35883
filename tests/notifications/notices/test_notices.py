"""Notices: one for each cause, however often it arrives; what the office sees of them."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from fastapi import FastAPI
from shared.contracts.envelope import create_event
from shared.contracts.events import Answer, InvitationTried, MeetingFacts, PersonAnswered, PersonInvited
from testkit.clients import Clients
from testkit.tokens import district_officer, network_coordinator, volunteer


@pytest.fixture
async def coordinator(client_for: Clients, app: FastAPI, token_for: Callable[..., str]) -> httpx2.AsyncClient:
    return await client_for(app, token_for(network_coordinator(slug="heidedoerfer")))


@pytest.fixture
async def stranger(client_for: Clients, app: FastAPI, token_for: Callable[..., str]) -> httpx2.AsyncClient:
    return await client_for(app, token_for(network_coordinator(slug="elbdoerfer")))


async def test_the_same_event_many_times_is_one_notice(world: Any) -> None:
    event = await world.invite(await world.contact())
    await asyncio.gather(*(world.deliver(event) for _ in range(5)))
    again = create_event(event.data, subject=event.data.invitation_id, sequence=1)  # recorded twice: another id
    await world.deliver(again)
    assert len(await world.notices()) == 1


async def test_who_speaks_for_nobody_is_invited_and_confirmed(
    world: Any, meeting_facts: Callable[..., MeetingFacts], smtp_sink: Any
) -> None:
    """A volunteer; also where the directory hears of the person after the invitation."""
    person, invitation = uuid4(), uuid4()
    told = PersonInvited(invitation_id=invitation, person_id=person, reply_token="geheim-1", meeting=meeting_facts())
    await world.tell(told, subject=invitation)
    await world.send()
    assert smtp_sink.messages == []
    await world.describe_person("Horst Wiesental", "horst@helfer.example", person=person)
    await world.send()
    answered = PersonAnswered(
        invitation_id=invitation, person_id=person, answer=Answer.ACCEPTED, meeting=meeting_facts()
    )
    await world.tell(answered, subject=invitation, sequence=2)
    await world.send()
    assert [(mail["To"], mail["Subject"].split(":")[0]) for mail in smtp_sink.messages] == [
        ("Horst Wiesental <horst@helfer.example>", "Einladung"),
        ("Horst Wiesental <horst@helfer.example>", "Ihre Zusage"),
    ]


async def test_a_trial_goes_to_the_planner(
    world: Any, meeting_facts: Callable[..., MeetingFacts], smtp_sink: Any
) -> None:
    planner = await world.describe_person("Karla Planer", "karla@gemeinde.example")
    await world.tell(InvitationTried(person_id=planner, meeting=meeting_facts()), subject=uuid4())
    await world.send()
    (mail,) = smtp_sink.messages
    assert mail["Subject"].strip().startswith("[Probe] Einladung")


async def test_each_answer_has_its_own_confirmation(world: Any, smtp_sink: Any) -> None:
    invitation = await world.invite(await world.contact())
    await world.send()
    await world.answer(invitation, Answer.ACCEPTED, 2)
    await world.send()
    await world.answer(invitation, Answer.DECLINED, 3)
    await world.answer(invitation, Answer.DECLINED, 3)
    await world.send()
    assert [message["Subject"].split(":")[0] for message in smtp_sink.messages] == [
        "Einladung",
        "Ihre Zusage",
        "Ihre Absage",
    ]
    assert len({message["Message-ID"] for message in smtp_sink.messages}) == 3


async def test_the_office_sees_status_and_no_person(
    world: Any, coordinator: httpx2.AsyncClient, smtp_sink: Any
) -> None:
    sent = await world.invite(await world.contact())
    await world.send()
    waiting = await world.invite(uuid4())
    answer = (await coordinator.get("/notices")).raise_for_status()
    shown = {item["cause"]: item for item in answer.json()["items"]}
    assert shown[str(sent.data.invitation_id)]["status"] == "sent"
    assert shown[str(waiting.data.invitation_id)]["status"] == "waiting"
    for secret in ("Hannelore", "verein.example", *world.tokens):
        assert secret not in answer.text
    for status, number in (("waiting", 1), ("sent", 1), ("pending", 0), ("failed", 0)):
        assert len((await coordinator.get("/notices", params={"status": status})).json()["items"]) == number


async def test_scope(
    world: Any,
    coordinator: httpx2.AsyncClient,
    stranger: httpx2.AsyncClient,
    client_for: Clients,
    app: FastAPI,
    token_for: Callable[..., str],
) -> None:
    await world.invite(await world.contact())
    (notice,) = await world.notices()
    officer = await client_for(app, token_for(district_officer()))
    resident = await client_for(app, token_for(volunteer()))
    anybody = await client_for(app)
    assert len((await coordinator.get("/notices")).json()["items"]) == 1
    assert len((await officer.get("/notices")).json()["items"]) == 1
    assert (await stranger.get("/notices", params={"network": "heidedoerfer"})).json()["items"] == []
    assert (await stranger.post(f"/notices/{notice.id}/retry")).status_code == 404
    assert (await resident.get("/notices")).status_code == 403
    assert (await anybody.get("/notices")).status_code == 401
    assert (await anybody.post(f"/notices/{notice.id}/retry")).status_code == 401


async def test_the_list_is_paged(world: Any, coordinator: httpx2.AsyncClient) -> None:
    contact = await world.contact()
    for _ in range(5):
        await world.invite(contact)
    seen: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = (await coordinator.get("/notices", params={"limit": "2"} | cursor)).raise_for_status().json()
        seen += [item["id"] for item in page["items"]]
        if page["next"] is None:
            break
        cursor = {"cursor": page["next"]}
    assert seen == [str(notice.id) for notice in reversed(await world.notices())]


async def test_what_failed_can_be_sent_again(world: Any, coordinator: httpx2.AsyncClient, smtp_sink: Any) -> None:
    smtp_sink.refuse = "550 No such mailbox"
    await world.invite(await world.contact())
    (notice,) = await world.notices()
    too_early = await coordinator.post(f"/notices/{notice.id}/retry")
    assert (too_early.status_code, too_early.json()["code"]) == (409, "notice_not_failed")
    await world.send()
    (item,) = (await coordinator.get("/notices", params={"status": "failed"})).json()["items"]
    assert item["reason"] == "refused"
    smtp_sink.refuse = None
    await world.send()
    assert smtp_sink.messages == []
    retried = (await coordinator.post(f"/notices/{notice.id}/retry")).raise_for_status().json()
    assert (retried["status"], retried["reason"]) == ("pending", None)
    await world.send()
    (message,) = smtp_sink.messages
    assert world.tokens[0] in message.get_body(("plain",)).get_content()


async def test_not_after_the_meeting(world: Any, coordinator: httpx2.AsyncClient, meeting_facts: Any) -> None:
    facts = meeting_facts()
    past = facts.model_copy(
        update={"starts_at": facts.starts_at - timedelta(days=60), "ends_at": facts.ends_at - timedelta(days=60)}
    )
    await world.invite(await world.contact(), past)
    await world.send()
    (notice,) = await world.notices()
    answer = await coordinator.post(f"/notices/{notice.id}/retry")
    assert (answer.status_code, answer.json()["code"]) == (409, "notice_too_late")
