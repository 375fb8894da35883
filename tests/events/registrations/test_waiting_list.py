"""Places, the waiting list in order of arrival, and the time in which a free place has to be taken."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx2
import pytest
import sqlalchemy as sa
from events.meetings.model import Meeting
from events.registrations.model import Registration
from events.registrations.places import settle_all
from fastapi import FastAPI
from shared.contracts.events import RegistrationsCounted, RegistrationState, RegistrationTold, RegistrationWithdrawn
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from testkit.clients import Clients
from testkit.tokens import volunteer

Sessions = async_sessionmaker[AsyncSession]


@pytest.fixture
def people(client_for: Clients, app: FastAPI, token_for: Callable[..., str]) -> Callable[..., Any]:
    """`await people(3)`: as many people with accounts."""

    async def make(number: int) -> list[httpx2.AsyncClient]:
        return [await client_for(app, token_for(volunteer(), person=uuid4())) for _ in range(number)]

    return make


async def _register(client: httpx2.AsyncClient, meeting: dict[str, Any], **body: Any) -> dict[str, Any]:
    answer = await client.post(f"/meetings/{meeting['id']}/registrations", json=body)
    assert answer.status_code == 201, answer.text
    result: dict[str, Any] = answer.json()
    return result


async def _mine(client: httpx2.AsyncClient, meeting: dict[str, Any]) -> dict[str, Any]:
    answer = await client.get(f"/meetings/{meeting['id']}/registrations/mine")
    result: dict[str, Any] = answer.raise_for_status().json()
    return result


async def test_never_more_than_there_are_places(
    people: Any, published: Any, sessions: Sessions, coordinator: httpx2.AsyncClient
) -> None:
    meeting = await published(capacity=5)
    clients = await people(20)
    found = await asyncio.gather(*(_register(client, meeting) for client in clients))
    states = [one["state"] for one in found]
    assert (states.count("coming"), states.count("waiting")) == (5, 15)
    listed = (await coordinator.get(f"/meetings/{meeting['id']}/registrations")).json()
    assert [one["state"] for one in listed["items"]] == ["coming"] * 5 + ["waiting"] * 15
    assert listed["people"] == {"coming": 5, "waiting": 15}
    async with sessions() as session:
        arrivals = list(await session.scalars(sa.select(Registration.arrival).order_by(Registration.arrival)))
    assert arrivals == list(range(1, 21))


async def test_an_accepted_invitation_takes_a_place(
    registry: Any, people: Any, anybody: httpx2.AsyncClient, published: Any, outbox: Any
) -> None:
    (contact, other) = await registry.lead(registry.gossa, contacts=2)
    meeting = await published(capacity=1)
    tokens = await outbox.reply_tokens()
    accepted = {"reply_token": tokens[contact], "answer": "accepted"}
    assert (await anybody.post("/invitations/answer", json=accepted)).status_code == 200
    (client,) = await people(1)
    assert (await _register(client, meeting))["state"] == "waiting"
    full = await anybody.post("/invitations/answer", json={"reply_token": tokens[other], "answer": "accepted"})
    assert (full.status_code, full.json()["code"]) == (409, "meeting_full")
    declined = {"reply_token": tokens[contact], "answer": "declined"}
    assert (await anybody.post("/invitations/answer", json=declined)).status_code == 200
    assert (await _mine(client, meeting))["state"] == "offered"


async def test_a_free_place_goes_down_the_line(people: Any, published: Any, sessions: Sessions, outbox: Any) -> None:
    meeting = await published(capacity=1)
    first, second, third = await people(3)
    for client in (first, second, third):
        await _register(client, meeting)
    assert (await _mine(third, meeting))["ahead"] == 1
    withdrawn = await first.post(f"/meetings/{meeting['id']}/registrations/mine/withdrawal")
    assert (withdrawn.status_code, withdrawn.json()["state"]) == (200, "withdrawn")
    assert [(await _mine(client, meeting))["state"] for client in (second, third)] == ["offered", "waiting"]
    (gone,) = await outbox.of(RegistrationWithdrawn)
    assert (gone.data.people, gone.data.coming) == (1, 0)

    await _let_offers_lapse(sessions)
    late = await second.post(f"/meetings/{meeting['id']}/registrations/mine/confirmation")
    assert (late.status_code, late.json()["code"]) == (409, "offer_lapsed")
    await settle_all(sessions)
    assert (await second.get(f"/meetings/{meeting['id']}/registrations/mine")).status_code == 404
    taken = await third.post(f"/meetings/{meeting['id']}/registrations/mine/confirmation")
    assert (taken.status_code, taken.json()["state"]) == (200, "coming")
    assert (await outbox.of(RegistrationsCounted))[-1].data.registered == 1
    told = [event.data.state for event in await outbox.of(RegistrationTold)]
    assert told == ["coming", "waiting", "waiting", "withdrawn", "offered", "lapsed", "offered", "coming"]


async def test_settling_twice_offers_once(people: Any, published: Any, sessions: Sessions, outbox: Any) -> None:
    """As after a crash, or by two workers at the same time."""
    meeting = await published(capacity=1)
    first, second = await people(2)
    for client in (first, second):
        await _register(client, meeting)
    async with sessions.begin() as session:
        await session.execute(sa.update(Meeting).values(capacity=2))
    await asyncio.gather(*(settle_all(sessions) for _ in range(3)))
    offers = [one for one in await outbox.of(RegistrationTold) if one.data.state is RegistrationState.OFFERED]
    assert len(offers) == 1


async def test_more_places_reach_those_who_wait(
    people: Any, published: Any, coordinator: httpx2.AsyncClient, body_of: Any
) -> None:
    meeting = await published(capacity=1)
    clients = await people(3)
    for client in clients:
        await _register(client, meeting)
    changed = await coordinator.put(f"/meetings/{meeting['id']}", json=body_of(meeting, capacity=2))
    assert changed.status_code == 200
    assert [(await _mine(client, meeting))["state"] for client in clients] == ["coming", "offered", "waiting"]


async def test_a_group_keeps_its_turn(people: Any, published: Any) -> None:
    meeting = await published(capacity=3)
    first, group, single = await people(3)
    await _register(first, meeting, people=2)
    assert (await _register(group, meeting, people=2))["state"] == "waiting"
    assert (await _register(single, meeting))["state"] == "waiting"
    too_many = await single.post(f"/meetings/{meeting['id']}/registrations", json={"people": 51})
    assert too_many.status_code == 422
    assert (await first.post(f"/meetings/{meeting['id']}/registrations/mine/withdrawal")).status_code == 200
    assert [(await _mine(client, meeting))["state"] for client in (group, single)] == ["offered", "offered"]


async def test_more_people_than_places_are_refused(people: Any, published: Any) -> None:
    meeting = await published(capacity=3)
    (client,) = await people(1)
    answer = await client.post(f"/meetings/{meeting['id']}/registrations", json={"people": 4})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "people")


async def test_the_time_to_confirm_is_the_planners_and_shorter_when_the_meeting_is_near(
    people: Any, published: Any, coordinator: httpx2.AsyncClient
) -> None:
    far = await published(capacity=1)
    await coordinator.put(f"/meetings/{far['id']}/registration-form", json={"confirm_hours": 48})
    soon = datetime.now(UTC) + timedelta(hours=3)
    near = await published(capacity=1, starts_at=soon.isoformat(), ends_at=(soon + timedelta(hours=2)).isoformat())
    for meeting, hours in ((far, 48), (near, 1)):
        first, second = await people(2)
        for client in (first, second):
            await _register(client, meeting)
        await first.post(f"/meetings/{meeting['id']}/registrations/mine/withdrawal")
        until = datetime.fromisoformat((await _mine(second, meeting))["offered_until"])
        assert abs(until - datetime.now(UTC) - timedelta(hours=hours)) < timedelta(minutes=5)


async def test_who_withdrew_may_register_again_at_the_end_of_the_line(people: Any, published: Any) -> None:
    meeting = await published(capacity=1)
    first, second = await people(2)
    await _register(first, meeting)
    await _register(second, meeting)
    await first.post(f"/meetings/{meeting['id']}/registrations/mine/withdrawal")
    assert (await _register(first, meeting))["state"] == "waiting"


async def _let_offers_lapse(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        past = datetime.now(UTC) - timedelta(minutes=1)
        offered = Registration.state == RegistrationState.OFFERED
        await session.execute(sa.update(Registration).where(offered).values(offered_until=past))
