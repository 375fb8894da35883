"""Several networks side by side: everybody sees and changes what is their own, whatever municipality it lies in."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from fastapi import FastAPI
from shared.contracts.events import MeetingChanged
from shared.contracts.registry import NetworkFounded
from testkit.clients import Clients
from testkit.tokens import network_coordinator

ELSEWHERE = ("muldedoerfer", "elbdoerfer")


@pytest.fixture
async def networks(registry: Any) -> None:
    """Two more networks; the first has a village of the same municipality as Heidedörfer and one of another."""
    for slug in ELSEWHERE:
        network = NetworkFounded(
            network_id=uuid4(), slug=slug, name=slug.title(), programme="", description="", goals=[], village_ids=[]
        )
        await registry.tell(network, subject=network.network_id)


@pytest.fixture
async def of_two(client_for: Clients, app: FastAPI, token_for: Callable[..., str]) -> httpx2.AsyncClient:
    """Somebody who coordinates two networks."""
    return await client_for(
        app, token_for(network_coordinator(slug="heidedoerfer"), network_coordinator(slug="muldedoerfer"))
    )


async def _draft(client: httpx2.AsyncClient, plan: dict[str, Any], network: str) -> dict[str, Any]:
    body = plan | {"network": network, "title": network}
    meeting: dict[str, Any] = (await client.post("/meetings", json=body)).raise_for_status().json()
    return meeting


@pytest.mark.usefixtures("networks")
async def test_who_coordinates_two_networks_sees_the_drafts_of_both(
    officer: httpx2.AsyncClient,
    coordinator: httpx2.AsyncClient,
    of_two: httpx2.AsyncClient,
    stranger: httpx2.AsyncClient,
    plan: dict[str, Any],
) -> None:
    for network in ("heidedoerfer", *ELSEWHERE):
        await _draft(officer, plan, network)
    for client, expected in (
        (of_two, {"heidedoerfer", "muldedoerfer"}),
        (coordinator, {"heidedoerfer"}),
        (stranger, {"elbdoerfer"}),
        (officer, {"heidedoerfer", "muldedoerfer", "elbdoerfer"}),
    ):
        items = (await client.get("/meetings")).json()["items"]
        assert {meeting["title"] for meeting in items} == expected


async def test_what_is_foreign_is_answered_like_what_is_missing(
    stranger: httpx2.AsyncClient, coordinator: httpx2.AsyncClient, published: Any, plan: dict[str, Any], outbox: Any
) -> None:
    draft, meeting = await _draft(coordinator, plan, "heidedoerfer"), await published()
    told = await outbox.types()
    change = {name: plan[name] for name in ("kind", "title", "place", "starts_at", "ends_at")}
    for thing in (draft, meeting):
        for method, path, body in (
            ("PUT", "/meetings/{}", change),
            ("POST", "/meetings/{}/publication", None),
            ("GET", "/meetings/{}/invitations", None),
        ):
            foreign = await stranger.request(method, path.format(thing["id"]), json=body)
            missing = await stranger.request(method, path.format(uuid4()), json=body)
            assert (foreign.status_code, missing.status_code) == (404, 404), (method, path)
            assert _without_trace(foreign) == _without_trace(missing)
    assert (await stranger.post("/meetings", json=plan)).status_code == 403  # in a foreign network nothing is begun
    assert await outbox.types() == told
    assert await outbox.of(MeetingChanged) == []


def _without_trace(answer: httpx2.Response) -> dict[str, Any]:
    """The problem without what differs between any two requests."""
    problem: dict[str, Any] = answer.json()
    return {name: value for name, value in problem.items() if name not in ("instance", "trace_id")}


async def test_the_numbers_are_public_and_whom_they_count_is_not(
    anybody: httpx2.AsyncClient, resident: httpx2.AsyncClient, registry: Any, published: Any
) -> None:
    await registry.lead(registry.gossa, contacts=2)
    meeting = await published()
    assert (await resident.post(f"/meetings/{meeting['id']}/registrations")).status_code == 201
    shown = (await anybody.get(f"/meetings/{meeting['id']}")).json()
    assert (shown["counts"]["invited"], shown["counts"]["registered"]) == (2, 1)
    assert (await anybody.get(f"/meetings/{meeting['id']}/invitations")).status_code == 401
