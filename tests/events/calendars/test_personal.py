"""Somebody's own calendar: a secret address, and everything that is theirs behind it."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
import sqlalchemy as sa
from fastapi import FastAPI
from shared.access.grants import Role, ScopeKind
from shared.contracts.registry import ContactIdentified, GrantGiven, GrantTakenBack
from testkit.clients import Clients
from testkit.tokens import volunteer

ME = uuid4()
LINK = "https://meet.example/geheim"


@pytest.fixture
async def me(client_for: Clients, app: FastAPI, token_for: Callable[..., str]) -> httpx2.AsyncClient:
    return await client_for(app, token_for(volunteer(), person=ME))


@pytest.fixture
async def address(me: httpx2.AsyncClient) -> str:
    token = (await me.post("/me/calendar/address")).raise_for_status().json()["token"]
    return f"/feeds/personal/{token}.ics"


async def grant(registry: Any, *, network: UUID | None, grant_id: UUID, until: date | None = None) -> None:
    """The registry tells that I look after a network (None: after the district)."""
    role, scope = (
        (Role.NETWORK_COORDINATOR, ScopeKind.NETWORK) if network else (Role.DISTRICT_OFFICER, ScopeKind.DISTRICT)
    )
    data = GrantGiven(
        grant_id=grant_id,
        person_id=ME,
        role=role,
        scope=scope,
        scope_id=network,
        starts_on=date(2024, 1, 1),
        ends_on=until,
    )
    await registry.tell(data, subject=grant_id)


async def test_it_shows_what_i_go_to_with_the_online_address(
    me: httpx2.AsyncClient, address: str, published: Any, registry: Any, feed: Any, coordinator: httpx2.AsyncClient
) -> None:
    (contact,) = await registry.lead(registry.gossa)
    known = ContactIdentified(contact_id=contact, person_id=ME, organisation_id=uuid4())
    await registry.tell(known, subject=contact)
    await published(title="Eingeladen", visibility="invited", online_link=LINK)
    found = await feed(address)
    assert [entry.summary for entry in found.values()] == ["Eingeladen"]
    assert LINK in next(iter(found.values())).description


async def test_a_registration_brings_a_meeting_into_it(
    me: httpx2.AsyncClient, address: str, published: Any, feed: Any, anybody: httpx2.AsyncClient
) -> None:
    meeting = await published(title="Fest", online_link=LINK)
    assert await feed(address) == {}
    before = (await anybody.get(address)).headers["etag"]
    (await me.post(f"/meetings/{meeting['id']}/registrations")).raise_for_status()
    (entry,) = (await feed(address)).values()
    assert LINK in entry.description
    assert (await anybody.get(address, headers={"if-none-match": before})).status_code == 200


async def test_who_waits_or_withdrew_does_not_have_it(
    me: httpx2.AsyncClient, address: str, published: Any, feed: Any, coordinator: httpx2.AsyncClient
) -> None:
    meeting = await published(title="Fest", capacity=1, online_link=LINK)
    path = f"/meetings/{meeting['id']}/registrations"
    first = (await coordinator.post(f"{path}/for-somebody", json={"name": "Kuno Elster"})).json()
    assert (await me.post(path)).json()["state"] == "waiting"
    assert await feed(address) == {}
    (await coordinator.post(f"/registrations/{first['id']}/withdrawal")).raise_for_status()
    assert await feed(address) == {}  # offered, not taken
    (await me.post(f"{path}/mine/confirmation")).raise_for_status()
    assert len(await feed(address)) == 1
    (await me.post(f"{path}/mine/withdrawal")).raise_for_status()
    assert await feed(address) == {}


async def test_who_declined_has_it_no_longer(
    address: str, published: Any, registry: Any, feed: Any, outbox: Any, anybody: httpx2.AsyncClient
) -> None:
    (contact,) = await registry.lead(registry.gossa)
    known = ContactIdentified(contact_id=contact, person_id=ME, organisation_id=uuid4())
    await registry.tell(known, subject=contact)
    await published()
    assert len(await feed(address)) == 1
    token = (await outbox.reply_tokens())[contact]
    await anybody.post("/invitations/answer", json={"reply_token": token, "answer": "declined"})
    assert await feed(address) == {}


@pytest.mark.parametrize("district", [False, True], ids=["network", "district"])
async def test_staff_see_their_networks_until_the_role_ends(
    address: str, published: Any, registry: Any, feed: Any, district: bool
) -> None:
    await published(title="Intern", visibility="network", online_link=LINK)
    network = None if district else registry.network_id
    over, held = uuid4(), uuid4()
    await grant(registry, network=network, grant_id=over, until=date.today() - timedelta(days=2))  # noqa: DTZ011
    assert await feed(address) == {}
    await grant(registry, network=network, grant_id=held)
    (entry,) = (await feed(address)).values()
    assert LINK not in entry.description  # I look after the network, but do not go there
    taken = GrantTakenBack(
        grant_id=held,
        person_id=ME,
        role=Role.DISTRICT_OFFICER if district else Role.NETWORK_COORDINATOR,
        scope=ScopeKind.DISTRICT if district else ScopeKind.NETWORK,
        scope_id=network,
        starts_on=date(2024, 1, 1),
    )
    await registry.tell(taken, subject=held, sequence=2)
    assert await feed(address) == {}


async def test_other_roles_show_no_network(address: str, published: Any, registry: Any, feed: Any) -> None:
    await published(title="Intern", visibility="network")
    data = GrantGiven(
        grant_id=uuid4(),
        person_id=ME,
        role=Role.VOLUNTEER,
        scope=ScopeKind.ONESELF,
        scope_id=None,
        starts_on=date(2024, 1, 1),
    )
    await registry.tell(data, subject=data.grant_id)
    assert await feed(address) == {}


async def test_a_renewed_address_closes_the_old_one(
    me: httpx2.AsyncClient, address: str, anybody: httpx2.AsyncClient
) -> None:
    token = (await me.post("/me/calendar/address")).raise_for_status().json()["token"]
    assert (await anybody.get(address)).status_code == 404
    assert (await anybody.get(f"/feeds/personal/{token}.ics")).status_code == 200
    assert (await me.get("/me/calendar")).json()["made_at"] is not None
    await me.delete("/me/calendar/address")
    assert (await anybody.get(f"/feeds/personal/{token}.ics")).status_code == 404
    assert (await me.get("/me/calendar")).json() == {"made_at": None}


async def test_the_secret_is_not_in_the_database(address: str, sessions: Any) -> None:
    secret = address.removeprefix("/feeds/personal/").removesuffix(".ics")
    async with sessions() as session:
        rows = (await session.execute(sa.text("SELECT c::text FROM personal_calendar c"))).scalars().all()
    assert len(rows) == 1
    assert secret not in rows[0]
    assert secret.encode().hex() not in rows[0]


async def test_it_is_nobody_elses_to_keep_and_unchanged_it_costs_nothing(
    address: str, anybody: httpx2.AsyncClient, statements: Any, published: Any
) -> None:
    await published()
    first = await anybody.get(address)
    assert first.headers["cache-control"] == "private, no-cache"
    with statements() as told:
        again = await anybody.get(address, headers={"if-none-match": first.headers["etag"]})
    assert again.status_code == 304
    assert not [statement for statement in told if "FROM meeting" in statement or "agenda_item" in statement]
