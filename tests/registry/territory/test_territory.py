"""District, municipalities and villages over HTTP."""

import asyncio
from typing import Any

import httpx2
import pytest
from shared.contracts.registry import MunicipalityRegistered, VillageChanged, VillageRegistered


async def test_a_deployment_has_one_district(officer: httpx2.AsyncClient) -> None:
    body = {"ags": "15082", "name": "Anhalt-Bitterfeld"}
    answers = await asyncio.gather(*(officer.post("/districts", json=body) for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409, 409]
    assert len((await officer.get("/districts")).json()["items"]) == 1


async def test_a_municipality_needs_its_district(officer: httpx2.AsyncClient) -> None:
    answer = await officer.post("/municipalities", json={"ags": "15082241", "name": "Muldestausee"})
    assert answer.status_code == 409
    assert answer.json()["code"] == "district_missing"


BAD_AGS = [
    ("15083241", "foreign_ags"),
    ("15082241", "ags_taken"),
    ("1508224", "ags"),
    ("150822411", "ags"),
    ("1508224A", "ags"),
    ("١٥٠٨٢٢٤١", "ags"),
]


async def test_the_ags_is_checked(world: Any, subtests: pytest.Subtests) -> None:
    for ags, code in BAD_AGS:
        with subtests.test(ags):
            answer = await world.officer.post("/municipalities", json={"ags": ags, "name": "Neustadt"})
            assert answer.status_code in {409, 422}
            assert [(error["field"], error["code"]) for error in answer.json()["errors"]] == [("ags", code)]


async def test_municipality_and_village_are_told(world: Any, outbox: Any) -> None:
    municipality = (await outbox.of(MunicipalityRegistered))[0]
    assert (municipality.data.ags, municipality.data.slug) == ("15082241", "muldestausee")
    village = (await outbox.of(VillageRegistered))[3]
    assert (village.data.name, village.data.slug, village.data.network) == ("Löberitz", "loeberitz", None)
    assert (village.subject, village.sequence, village.networkid) == (world.loeberitz["id"], 1, None)


async def test_villages_of_one_name_get_different_addresses(world: Any) -> None:
    first = await world.officer.post("/villages", json={"municipality_id": world.zoerbig["id"], "name": "Gossa"})
    assert first.json()["slug"] == "gossa-zoerbig"
    again = await world.officer.post("/villages", json={"municipality_id": world.zoerbig["id"], "name": "Gossa"})
    assert (again.status_code, again.json()["code"]) == (409, "village_exists")


async def test_slugs_at_the_same_moment_differ(world: Any) -> None:
    bodies = [{"kind": "association", "name": "Löschzug", "village_id": v["id"]} for v in (world.gossa, world.krina)]
    answers = await asyncio.gather(*(world.officer.post("/organisations", json=body) for body in bodies))
    slugs = sorted(answer.json()["slug"] for answer in answers)
    assert slugs[0] == "loeschzug"
    assert slugs[1] in {"loeschzug-gossa", "loeschzug-krina"}


async def test_a_renamed_village_is_still_found_under_its_former_address(world: Any, outbox: Any) -> None:
    path = f"/villages/{world.gossa['id']}"
    answer = await world.officer.patch(path, json={"name": "Gossa am See"})
    for slug in ("gossa", "gossa-am-see"):
        assert [answer.json()] == (await world.officer.get(f"/villages?slug={slug}")).json()["items"]
    told = (await outbox.of(VillageChanged))[-1]
    assert (told.data.name, told.data.slug, told.sequence, told.networkid) == (
        "Gossa am See",
        "gossa-am-see",
        3,
        "heidedoerfer",
    )
    assert told.data.former_slugs == ["gossa"]
    other = await world.officer.post("/villages", json={"municipality_id": world.zoerbig["id"], "name": "Gossa"})
    assert other.json()["slug"] == "gossa-zoerbig", "an address that leads somewhere is not given away"
    again = await world.officer.patch(path, json={"name": "Gossa"})
    assert (again.json()["slug"], again.json()["former_slugs"]) == ("gossa", ["gossa-am-see"])


async def test_a_renamed_municipality_is_still_found_under_its_former_address(world: Any) -> None:
    path = f"/municipalities/{world.zoerbig['id']}"
    answer = await world.officer.patch(path, json={"name": "Stadt Zörbig"})
    assert (answer.json()["slug"], answer.json()["former_slugs"]) == ("stadt-zoerbig", ["zoerbig"])
    assert [answer.json()] == (await world.officer.get("/municipalities?slug=zoerbig")).json()["items"]


async def test_a_change_without_a_difference_tells_nothing(world: Any, outbox: Any) -> None:
    before = await outbox.size()
    assert (await world.officer.patch(f"/villages/{world.gossa['id']}", json={"name": "Gossa"})).is_success
    assert (await world.officer.patch(f"/villages/{world.gossa['id']}", json={})).is_success
    assert await outbox.size() == before


async def test_who_changes_an_old_version_is_stopped(world: Any) -> None:
    path = f"/municipalities/{world.zoerbig['id']}"
    etag = (await world.officer.get(path)).headers["etag"]
    assert (await world.officer.get(path, headers={"if-none-match": etag})).status_code == 304
    first = await world.officer.patch(path, json={"name": "Stadt Zörbig"}, headers={"if-match": etag})
    second = await world.officer.patch(path, json={"name": "Zörbig (Stadt)"}, headers={"if-match": etag})
    assert (first.status_code, second.status_code) == (200, 412)
    assert (await world.officer.get(path)).json()["name"] == "Stadt Zörbig"


async def test_lists_go_on_page_by_page(world: Any, anybody: httpx2.AsyncClient) -> None:
    names, after = [], None
    while True:
        page = (await anybody.get("/villages", params={"limit": 1} | ({"after": after} if after else {}))).json()
        names += [village["name"] for village in page["items"]]
        after = page["next"]
        if after is None:
            break
    assert names == ["Gossa", "Krina", "Löberitz", "Pouch"]
    of_network = (await anybody.get("/villages?network=heidedoerfer")).json()["items"]
    assert [village["slug"] for village in of_network] == ["gossa", "krina"]
    of_municipality = (await anybody.get("/villages", params={"municipality_id": world.zoerbig["id"]})).json()["items"]
    assert [village["slug"] for village in of_municipality] == ["loeberitz"]


async def test_who_may_enter_what(world: Any, anybody: httpx2.AsyncClient) -> None:
    in_muldestausee = {"municipality_id": world.muldestausee["id"], "name": "Rösa"}
    expected = {
        anybody: (401, 401),
        await world.coordinator(): (403, 403),
        await world.foreign_officer(): (403, 403),
        await world.municipality_officer(): (403, 201),
    }
    for client, statuses in expected.items():
        municipality = await client.post("/municipalities", json={"ags": "15082005", "name": "Aken (Elbe)"})
        village = await client.post("/villages", json=in_muldestausee)
        assert (municipality.status_code, village.status_code) == statuses


async def test_the_place_of_a_village_is_told(world: Any, outbox: Any) -> None:
    path = f"/villages/{world.gossa['id']}"
    answer = await world.officer.patch(path, json={"latitude": 51.664, "longitude": 12.432})
    assert (answer.json()["latitude"], answer.json()["longitude"]) == (51.664, 12.432)
    told = (await outbox.of(VillageChanged))[-1].data
    assert (told.latitude, told.longitude) == (51.664, 12.432)
    await world.officer.patch(path, json={"latitude": None, "longitude": None})
    assert (await outbox.of(VillageChanged))[-1].data.latitude is None


BAD_PLACES: list[tuple[dict[str, Any], set[str]]] = [
    ({"latitude": 12.4, "longitude": 51.6}, {"latitude", "longitude"}),  # the wrong way round
    ({"latitude": 51.6}, {"latitude"}),
    ({"longitude": 12.4}, {"latitude"}),
    ({"latitude": "Gossa", "longitude": 12.4}, {"latitude"}),
]


async def test_a_place_outside_of_germany_or_half_of_one_is_refused(world: Any, subtests: pytest.Subtests) -> None:
    for place, fields in BAD_PLACES:
        with subtests.test(str(place)):
            body = {"municipality_id": world.muldestausee["id"], "name": "Rösa", **place}
            for answer in (
                await world.officer.post("/villages", json=body),
                await world.officer.patch(f"/villages/{world.gossa['id']}", json=place),
            ):
                assert answer.status_code == 422
                assert {error["field"] for error in answer.json()["errors"]} == fields
