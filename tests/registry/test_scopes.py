"""One municipality in several networks, and a network across municipalities: everybody sees their own part."""

from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
from testkit.tokens import municipality_officer, network_coordinator


@pytest.fixture
async def elsewhere(world: Any) -> dict[str, Any]:
    """A second network: Pouch in Muldestausee, which so belongs to two networks, and Löberitz in Zörbig."""
    body = {"name": "Muldedörfer", "village_ids": [world.pouch["id"], world.loeberitz["id"]]}
    network: dict[str, Any] = (await world.officer.post("/networks", json=body)).raise_for_status().json()
    return network


@pytest.fixture
async def callers(world: Any, elsewhere: dict[str, Any]) -> dict[str, httpx2.AsyncClient]:
    of_both = (
        network_coordinator(UUID(world.network["id"]), world.network["slug"]),
        network_coordinator(UUID(elsewhere["id"]), elsewhere["slug"]),
    )
    return {
        "heidedörfer": await world.coordinator(),
        "muldedörfer": await world.log_in(of_both[1]),
        "both": await world.log_in(*of_both),
        "muldestausee": await world.municipality_officer(),
        "zörbig": await world.foreign_officer(),
        "zörbig and heidedörfer": await world.log_in(
            municipality_officer(UUID(world.zoerbig["id"])), network_coordinator(UUID(world.network["id"]))
        ),
    }


SEEN = {
    "heidedörfer": {"Gossa", "Krina"},
    "muldedörfer": {"Pouch", "Löberitz"},
    "both": {"Gossa", "Krina", "Pouch", "Löberitz"},
    "muldestausee": {"Gossa", "Krina", "Pouch"},
    "zörbig": {"Löberitz"},
    "zörbig and heidedörfer": {"Gossa", "Krina", "Löberitz"},
}


async def test_drafts_and_contacts_are_seen_in_every_network_and_municipality_they_lie_in(
    world: Any, callers: dict[str, httpx2.AsyncClient]
) -> None:
    for village in (world.gossa, world.krina, world.pouch, world.loeberitz):
        draft = await world.enter(village["name"], village=village, publication="draft")
        await world.appoint(draft, name=f"{village['name']} Beispiel")
    for name, client in callers.items():
        drafts = (await client.get("/organisations", params={"publication": "draft"})).json()["items"]
        persons = (await client.get("/persons")).json()["items"]
        assert {draft["name"] for draft in drafts} == SEEN[name], name
        assert {person["name"].split()[0] for person in persons} == SEEN[name], name


async def test_a_village_that_changes_sides_takes_its_entries_along(
    world: Any, elsewhere: dict[str, Any], callers: dict[str, httpx2.AsyncClient]
) -> None:
    draft = await world.enter("In Pouch", village=world.pouch, publication="draft")
    path = f"/organisations/{draft['id']}"
    assert (await callers["muldedörfer"].get(path)).status_code == 200
    assert (await callers["heidedörfer"].get(path)).status_code == 404
    covered = {"village_ids": [world.loeberitz["id"]]}
    (await world.officer.patch(f"/networks/{elsewhere['id']}", json=covered)).raise_for_status()
    covered = {"village_ids": [world.gossa["id"], world.krina["id"], world.pouch["id"]]}
    (await world.officer.patch(f"/networks/{world.network['id']}", json=covered)).raise_for_status()
    assert (await callers["muldedörfer"].get(path)).status_code == 404
    assert (await callers["heidedörfer"].patch(path, json={"goals": "Dorffest"})).status_code == 200


async def test_the_public_sees_the_villages_of_each_network(
    elsewhere: dict[str, Any], anybody: httpx2.AsyncClient
) -> None:
    for network, villages in (("heidedoerfer", ["Gossa", "Krina"]), (elsewhere["slug"], ["Löberitz", "Pouch"])):
        shown = (await anybody.get("/villages", params={"network": network})).json()["items"]
        assert [village["name"] for village in shown] == villages


async def test_what_is_foreign_is_answered_like_what_is_missing(
    world: Any, callers: dict[str, httpx2.AsyncClient], outbox: Any
) -> None:
    """Reading and writing, also of what everybody may read: an answer never tells foreign from missing."""
    draft = await world.enter("Entwurf", publication="draft")
    published = await world.enter("Heimatverein")
    mandate = await world.lead(published)
    contact = await world.appoint(published)
    grant = {"person_id": contact["person"]["id"], "role": "association_contact", "scope_id": published["id"]}
    given = (await world.officer.post("/grants", json=grant)).raise_for_status().json()
    told = await outbox.size()
    change = {"name": "Fremd"}
    for method, path, thing, body in (
        ("GET", "/organisations/{}", draft, None),
        ("PATCH", "/organisations/{}", draft, change),
        ("PATCH", "/organisations/{}", published, change),
        ("PATCH", "/villages/{}", world.gossa, change),
        ("PATCH", "/municipalities/{}", world.muldestausee, change),
        ("PATCH", "/lead-mandates/{}", mandate, {"until": "2030-01-01"}),
        ("GET", "/persons/{}", contact["person"], None),
        ("PATCH", "/persons/{}", contact["person"], change),
        ("DELETE", "/contacts/{}", contact, None),
        ("DELETE", "/grants/{}", given, None),
    ):
        foreign = await callers["zörbig"].request(method, path.format(thing["id"]), json=body)
        missing = await callers["zörbig"].request(method, path.format(uuid4()), json=body)
        assert (foreign.status_code, missing.status_code) == (404, 404), (method, path)
        assert _without_trace(foreign) == _without_trace(missing), (method, path)
    foreign = await callers["muldedörfer"].patch(f"/networks/{world.network['id']}", json=change)
    missing = await callers["muldedörfer"].patch(f"/networks/{uuid4()}", json=change)
    assert (foreign.status_code, _without_trace(foreign)) == (404, _without_trace(missing))
    assert await outbox.size() == told


def _without_trace(answer: httpx2.Response) -> dict[str, Any]:
    """The problem without what differs between any two requests."""
    problem: dict[str, Any] = answer.json()
    return {name: value for name, value in problem.items() if name not in ("instance", "trace_id")}
