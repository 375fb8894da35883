"""Who speaks for a network; names are public only with consent."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx2
from registry.clock import today
from registry.consents.texts import current_version
from shared.contracts.registry import ConsentPurpose, NetworkContactAppointed, NetworkContactDismissed

KARLA = {"name": "Karla Netz", "email": "karla@netz.example"}


async def _appoint(client: httpx2.AsyncClient, world: Any, **facts: Any) -> Any:
    body = {"network_id": world.network["id"], "function": "coordinator", "person": KARLA}
    return await client.post("/network-contacts", json={**body, **facts})


async def test_somebody_speaks_for_a_network_for_a_time(world: Any, outbox: Any) -> None:
    coordinator = await world.coordinator()
    appointed = await _appoint(coordinator, world, starts_on="2024-01-01")
    assert appointed.status_code == 201, appointed.text
    contact = appointed.json()
    listed = (await coordinator.get("/network-contacts")).json()["items"]
    assert [(one["person"]["name"], one["function"], one["starts_on"]) for one in listed] == [
        ("Karla Netz", "coordinator", "2024-01-01")
    ]
    yesterday = (today() - timedelta(days=1)).isoformat()
    path = f"/network-contacts/{contact['id']}"
    assert (await coordinator.patch(path, json={"until": yesterday})).json()["until"] == yesterday
    assert (await coordinator.get("/network-contacts")).json()["items"] == []
    assert len((await coordinator.get("/network-contacts?past=true")).json()["items"]) == 1
    assert len(await outbox.of(NetworkContactAppointed)) == len(await outbox.of(NetworkContactDismissed)) == 1
    assert "Karla" not in await outbox.public_text()


async def test_the_name_is_public_with_consent_alone(world: Any, anybody: httpx2.AsyncClient) -> None:
    contact = (await _appoint(world.officer, world)).json()
    assert (await anybody.get("/profiles?network=heidedoerfer")).json()["items"] == []
    consent = {"purpose": "publication", "text_version": current_version(ConsentPurpose.PUBLICATION)}
    given = {**consent, "channel": "paper"}
    coordinator = await world.coordinator()  # sees the people of the network, and may write down what they sign
    answer = await coordinator.post(f"/persons/{contact['person']['id']}/consents", json=given)
    assert answer.is_success, answer.text
    (shown,) = (await anybody.get("/profiles?network=heidedoerfer")).json()["items"]
    assert (shown["kind"], shown["name"], shown["function"]) == ("network_contact", "Karla Netz", "coordinator")
    assert "karla@netz.example" not in str(shown)
    ending = {"until": (today() - timedelta(days=1)).isoformat()}
    await world.officer.patch(f"/network-contacts/{contact['id']}", json=ending)
    assert (await anybody.get("/profiles?network=heidedoerfer")).json()["items"] == []


async def test_the_same_function_twice_at_the_same_moment_is_held_once(world: Any) -> None:
    person = (await world.officer.post("/persons", json=KARLA)).json()["id"]
    body = {"person": None, "person_id": person}
    answers = await asyncio.gather(*(_appoint(world.officer, world, **body) for _ in range(3)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409]
    assert (await _appoint(world.officer, world, **body, function="spokesperson")).status_code == 201


async def test_bad_appointments_are_refused(world: Any) -> None:
    backwards = await _appoint(world.officer, world, starts_on="2024-05-01", until="2024-04-01")
    assert backwards.json()["errors"][0]["field"] == "until"
    nobody = await _appoint(world.officer, world, person=None)
    assert nobody.status_code == 422
    unknown = await _appoint(world.officer, world, function="king")
    assert unknown.json()["errors"][0]["field"] == "function"
    assert (await world.officer.get("/network-contacts")).json()["items"] == []


async def test_another_networks_people_are_not_there(world: Any) -> None:
    other = (await world.officer.post("/networks", json={"name": "Elbdörfer"})).json()
    foreign = (await _appoint(world.officer, world, network_id=other["id"])).json()
    coordinator = await world.coordinator()
    assert (await coordinator.get("/network-contacts")).json()["items"] == []
    ending = {"until": today().isoformat()}
    assert (await coordinator.patch(f"/network-contacts/{foreign['id']}", json=ending)).status_code == 404
    assert (await _appoint(coordinator, world, network_id=other["id"])).status_code == 403
    assert (await (await world.municipality_officer()).get("/network-contacts")).status_code == 403
