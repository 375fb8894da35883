"""Networks that cover villages, also across municipalities."""

from typing import Any

from shared.contracts.registry import NetworkChanged, NetworkFounded, VillageChanged


async def test_a_founded_network_covers_its_villages(world: Any, outbox: Any) -> None:
    founded = (await outbox.of(NetworkFounded))[0]
    assert founded.data.slug == founded.networkid == "heidedoerfer"
    assert [str(village) for village in founded.data.village_ids] == [world.gossa["id"], world.krina["id"]]
    assert [(goal.number, goal.text) for goal in founded.data.goals] == [(1, "Ein Netzwerk")]
    told = {str(event.data.village_id): event.data.network for event in await outbox.of(VillageChanged)}
    assert told == {world.gossa["id"]: "heidedoerfer", world.krina["id"]: "heidedoerfer"}


async def test_a_network_crosses_municipalities_and_drops_villages(world: Any, outbox: Any) -> None:
    body = {"village_ids": [world.krina["id"], world.loeberitz["id"]]}
    answer = await world.officer.patch(f"/networks/{world.network['id']}", json=body)
    assert answer.json()["village_ids"] == [world.krina["id"], world.loeberitz["id"]]
    told = {str(event.data.village_id): event for event in (await outbox.of(VillageChanged))[2:]}
    assert told[world.gossa["id"]].data.network is None
    assert told[world.loeberitz["id"]].data.network == "heidedoerfer"
    changed = (await outbox.of(NetworkChanged))[-1]
    assert {str(village) for village in changed.data.village_ids} == set(body["village_ids"])


async def test_a_village_is_in_one_network_at_most(world: Any, outbox: Any) -> None:
    before = await outbox.size()
    body = {"name": "Muldedörfer", "village_ids": [world.pouch["id"], world.gossa["id"]]}
    answer = await world.officer.post("/networks", json=body)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (409, "village_ids")
    assert "Gossa" in answer.json()["detail"]
    assert await outbox.size() == before
    assert (await world.officer.get(f"/villages/{world.pouch['id']}")).json()["network"] is None


async def test_goals_keep_their_order_and_shrink(world: Any) -> None:
    path = f"/networks/{world.network['id']}"
    longer = await world.officer.patch(path, json={"goals": ["Eins", "Zwei", "Drei"]})
    assert [goal["text"] for goal in longer.json()["goals"]] == ["Eins", "Zwei", "Drei"]
    shorter = await world.officer.patch(path, json={"goals": ["Drei", "Eins"], "village_ids": [world.gossa["id"]]})
    assert shorter.json()["goals"] == [{"number": 1, "text": "Drei"}, {"number": 2, "text": "Eins"}]
    assert (await world.officer.get(path)).json() == shorter.json()


async def test_a_coordinator_describes_the_network_but_does_not_enlarge_it(world: Any) -> None:
    coordinator = await world.coordinator()
    path = f"/networks/{world.network['id']}"
    assert (await coordinator.patch(path, json={"description": "Neun Dörfer"})).json()["description"] == "Neun Dörfer"
    assert (await coordinator.patch(path, json={"village_ids": [world.pouch["id"]]})).status_code == 403
    other = await world.officer.post("/networks", json={"name": "Elbdörfer"})
    foreign = await coordinator.patch(f"/networks/{other.json()['id']}", json={"description": "Unsere"})
    assert foreign.status_code == 404


async def test_a_short_name_can_be_chosen_once(world: Any) -> None:
    answer = await world.officer.post("/networks", json={"name": "Andere", "slug": "heidedoerfer"})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (409, "slug")
    assert (await world.officer.post("/networks", json={"name": "Heidedörfer"})).json()["slug"] == "heidedoerfer-2"


async def test_unknown_villages_are_refused(world: Any) -> None:
    body = {"name": "Nirgendwo", "village_ids": [world.network["id"]]}
    answer = await world.officer.post("/networks", json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, "unknown_village")
