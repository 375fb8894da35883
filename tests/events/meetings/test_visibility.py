"""Who may know of a meeting that is not for everybody, and that public events keep quiet about it."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
from fastapi import FastAPI
from shared.contracts.envelope import Exchange
from shared.contracts.events import InvitationIssued, MeetingPublished, MeetingWithdrawn
from shared.contracts.registry import ContactIdentified, OrganisationKind, OrganisationRegistered
from shared.messaging import tables
from testkit.clients import Clients
from testkit.tokens import association_contact, volunteer

LINK = "https://treffen.example/raum-7"

Log_in = Callable[..., Awaitable[httpx2.AsyncClient]]


@pytest.fixture
def log_in(client_for: Clients, app: FastAPI, token_for: Callable[..., str]) -> Log_in:
    """`await log_in(person, grant)`"""

    async def login(person: UUID, grant: Any = None) -> httpx2.AsyncClient:
        return await client_for(app, token_for(grant or volunteer(), person=person))

    return login


async def register_organisation(registry: Any, village: UUID) -> UUID:
    organisation = uuid4()
    data = OrganisationRegistered(
        organisation_id=organisation,
        kind=OrganisationKind.ASSOCIATION,
        slug=f"verein-{organisation.hex[:6]}",
        name="Heimatverein",
        village_id=village,
        legal_form="e. V.",
        goals="",
        strengths="",
        fields=[],
        areas=[],
        support_kinds=[],
        founded=None,
        website=None,
    )
    await registry.tell(data, subject=organisation)
    return organisation


async def identify(registry: Any, contact: UUID, organisation: UUID) -> UUID:
    person = uuid4()
    data = ContactIdentified(contact_id=contact, person_id=person, organisation_id=organisation)
    await registry.tell(data, subject=contact)
    return person


async def public_types(outbox: Any) -> list[str]:
    async with outbox.sessions() as session:
        query = tables.outbox.select().where(tables.outbox.c.exchange == Exchange.EVENTS.value)
        return [row.type for row in await session.execute(query)]


async def test_the_network_knows_what_is_for_the_network(
    anybody: httpx2.AsyncClient, stranger: httpx2.AsyncClient, log_in: Log_in, published: Any, registry: Any
) -> None:
    organisation = await register_organisation(registry, registry.gossa)
    elsewhere = await register_organisation(registry, uuid4())
    contact = await identify(registry, await registry.appoint(organisation), organisation)
    outsider = await identify(registry, await registry.appoint(elsewhere), elsewhere)
    meeting = await published(visibility="network")
    address = f"/meetings/{meeting['id']}"
    insiders = [await log_in(contact), await log_in(uuid4(), association_contact(organisation))]
    outsiders = [anybody, stranger, await log_in(outsider), await log_in(uuid4(), association_contact(elsewhere))]
    assert [(await client.get(address)).status_code for client in insiders] == [200, 200]
    assert [(await client.get(address)).status_code for client in outsiders] == [404] * 4
    assert [len((await client.get("/meetings")).json()["items"]) for client in insiders] == [1, 1]
    assert [len((await client.get("/meetings")).json()["items"]) for client in outsiders] == [0] * 4
    assert (await anybody.get(f"{address}/calendar.ics")).status_code == 404


async def test_who_is_invited_knows_what_is_for_the_invited(log_in: Log_in, published: Any, registry: Any) -> None:
    organisation = await register_organisation(registry, registry.gossa)
    await registry.grant_mandate(organisation, registry.gossa)
    contact = await registry.appoint(organisation)
    invited = await identify(registry, contact, organisation)
    meeting = await published(visibility="invited", online_link=LINK)
    address = f"/meetings/{meeting['id']}"
    seen = await (await log_in(invited)).get(address)
    assert (seen.status_code, seen.json()["online_link"]) == (200, LINK)
    assert (await (await log_in(uuid4(), association_contact(organisation))).get(address)).status_code == 404
    assert (await (await log_in(uuid4())).post(f"{address}/registrations")).status_code == 404


async def test_public_events_keep_quiet(
    coordinator: httpx2.AsyncClient, published: Any, registry: Any, outbox: Any
) -> None:
    await registry.lead(registry.gossa)
    meeting = await published(visibility="invited")
    token = (await outbox.of(InvitationIssued))[0].data.reply_token
    answer = {"reply_token": token, "answer": "accepted"}
    (await coordinator.post("/invitations/answer", json=answer)).raise_for_status()
    (await coordinator.post(f"/meetings/{meeting['id']}/cancellation", json={})).raise_for_status()
    assert await public_types(outbox) == []


async def test_what_becomes_restricted_is_withdrawn_and_may_come_back(
    anybody: httpx2.AsyncClient, coordinator: httpx2.AsyncClient, published: Any, body_of: Any, outbox: Any
) -> None:
    meeting = await published()
    address = f"/meetings/{meeting['id']}"
    hidden = await coordinator.put(address, json=body_of(meeting, visibility="invited"))
    assert (await anybody.get(address)).status_code == 404
    (withdrawn,) = await outbox.of(MeetingWithdrawn)
    (first,) = await outbox.of(MeetingPublished)
    assert withdrawn.sequence > first.sequence
    (await coordinator.put(address, json=body_of(hidden.json(), visibility="public"))).raise_for_status()
    assert (await anybody.get(address)).status_code == 200
    assert (await outbox.of(MeetingPublished))[-1].sequence > withdrawn.sequence


async def test_the_online_address_is_for_those_who_come(
    anybody: httpx2.AsyncClient, log_in: Log_in, published: Any, outbox: Any
) -> None:
    meeting = await published(place="", online_link=LINK)
    address = f"/meetings/{meeting['id']}"
    person = await log_in(uuid4())
    assert (meeting["place"], meeting["attendance"], meeting["online_link"]) == ("Online", "online", LINK)
    for reader in (anybody, person):
        assert (await reader.get(address)).json()["online_link"] is None
        assert LINK not in (await reader.get("/meetings")).text
        assert LINK not in (await reader.get(f"{address}/calendar.ics")).text
    (await person.post(f"{address}/registrations")).raise_for_status()
    assert (await person.get(address)).json()["online_link"] == LINK
    async with outbox.sessions() as session:
        query = tables.outbox.select().where(tables.outbox.c.exchange == Exchange.EVENTS.value)
        assert all(LINK.encode() not in row.body for row in await session.execute(query))
