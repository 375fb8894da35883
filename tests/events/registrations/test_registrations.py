"""Registering for a meeting by account."""

import asyncio
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import httpx2
from fastapi import FastAPI
from shared.access.grants import Grant, Role, ScopeKind
from shared.contracts.events import RegistrationsCounted, RegistrationTold
from testkit.clients import Clients
from testkit.tokens import volunteer


async def test_a_person_registers_once(
    client_for: Clients, app: FastAPI, token_for: Callable[..., str], published: Any, outbox: Any
) -> None:
    person = uuid4()
    client = await client_for(app, token_for(volunteer(), person=person))
    meeting = await published()
    address = f"/meetings/{meeting['id']}/registrations"
    assert (await client.get(f"{address}/mine")).status_code == 404
    answer = await client.post(address)
    assert answer.status_code == 201
    assert (await client.get(f"{address}/mine")).json() == answer.json()
    again = await client.post(address)
    assert (again.status_code, again.json()["code"]) == (409, "registered_already")
    assert again.json()["detail"] == "Sie sind für dieses Treffen schon angemeldet."
    (told,) = await outbox.of(RegistrationTold)
    assert (told.data.person_id, str(told.data.meeting.meeting_id)) == (person, meeting["id"])
    assert (await outbox.of(RegistrationsCounted))[-1].data.registered == 1


async def test_at_once_is_once(resident: httpx2.AsyncClient, published: Any, outbox: Any) -> None:
    meeting = await published()
    posts = (resident.post(f"/meetings/{meeting['id']}/registrations") for _ in range(10))
    assert sorted(answer.status_code for answer in await asyncio.gather(*posts)) == [201] + [409] * 9
    assert len(await outbox.of(RegistrationTold)) == 1


async def test_not_for_a_draft_nor_after_the_meeting(
    resident: httpx2.AsyncClient, coordinator: httpx2.AsyncClient, published: Any, plan: dict[str, Any]
) -> None:
    draft = (await coordinator.post("/meetings", json=plan)).json()
    assert (await resident.post(f"/meetings/{draft['id']}/registrations")).status_code == 404
    past = await published(starts_at="2024-09-11T13:30", ends_at="2024-09-11T15:00")
    answer = await resident.post(f"/meetings/{past['id']}/registrations")
    assert (answer.status_code, answer.json()["code"]) == (409, "meeting_over")


async def test_only_people_register(
    anybody: httpx2.AsyncClient,
    client_for: Clients,
    app: FastAPI,
    token_for: Callable[..., str],
    published: Any,
) -> None:
    meeting = await published()
    program = await client_for(app, token_for(Grant(role=Role.API_CLIENT, scope=ScopeKind.DISTRICT)))
    assert (await anybody.post(f"/meetings/{meeting['id']}/registrations")).status_code == 401
    assert (await program.post(f"/meetings/{meeting['id']}/registrations")).status_code == 403
