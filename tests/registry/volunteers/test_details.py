"""What volunteers say beside fields and areas: when, how far, with what, and how they are reached."""

from typing import Any

import pytest
from shared.contracts.registry import VolunteerChanged, VolunteerSignedUp

SATURDAY_MORNING = {"weekday": 6, "daytime": "morning"}
DETAILS: dict[str, Any] = {
    "times": [{"weekday": 6, "daytime": "evening"}, SATURDAY_MORNING],
    "rhythm": "regular",
    "hours_per_month": 8,
    "available_from": "2026-12-01",
    "available_until": "2027-03-31",
    "skills": ["crafts", "driving"],
    "own_skills": ["Imkern"],
    "languages": ["de", "pl"],
    "preferred_channel": "letter",
    "best_time": "nach dem Melken",
    "street": "Dorfstraße 7",
    "postcode": "06774",
    "town": "Muldestausee",
}


async def place(world: Any, village: Any, latitude: float, longitude: float) -> None:
    answer = await world.officer.patch(
        f"/villages/{village['id']}", json={"latitude": latitude, "longitude": longitude}
    )
    assert answer.status_code == 200, answer.text


async def test_details_are_kept_and_told_to_nobody(world: Any, volunteer: Any, outbox: Any) -> None:
    entered = await volunteer(**DETAILS)
    seen = (await world.officer.get(f"/volunteers/{entered['id']}")).json()
    assert {name: seen[name] for name in DETAILS} == DETAILS | {"times": [SATURDAY_MORNING, DETAILS["times"][0]]}
    [told] = await outbox.of(VolunteerSignedUp)
    assert told.data.rhythm == "regular"
    public = await outbox.public_text()
    assert not any(word in public for word in ("Imkern", "Melken", "Dorfstraße", "crafts", "evening", "2027-03-31"))


async def test_entering_again_keeps_what_is_not_said(world: Any, volunteer: Any) -> None:
    first = await volunteer(**DETAILS)
    again = await volunteer(best_time="mittags")
    assert again["id"] == first["id"]
    assert {name: again[name] for name in DETAILS} == {name: first[name] for name in DETAILS} | {"best_time": "mittags"}


async def test_changes_replace_what_they_name(world: Any, volunteer: Any, outbox: Any) -> None:
    entered = await volunteer(**DETAILS)
    coordinator = await world.coordinator()
    path, krina = f"/volunteers/{entered['id']}", {"kind": "village", "id": world.krina["id"], "km": None}
    changed = (await coordinator.patch(path, json={"skills": [], "areas": [krina], "preferred_channel": None})).json()
    assert (changed["skills"], changed["areas"], changed["preferred_channel"]) == ([], [krina], None)
    assert (changed["own_skills"], changed["version"]) == (["Imkern"], entered["version"] + 1)
    [told] = await outbox.of(VolunteerChanged)
    assert (str(told.data.areas[0].id), told.sequence) == (world.krina["id"], changed["version"])
    assert (await coordinator.patch(path, json={"best_time": "mittags"})).json()["version"] == changed["version"] + 1
    assert len(await outbox.of(VolunteerChanged)) == 1, "what is not public was told"
    outdated = await coordinator.patch(path, json={"rhythm": None}, headers={"if-match": f'"{entered["version"]}"'})
    assert outdated.status_code == 412
    far = {"areas": [{"kind": "village", "id": world.pouch["id"]}]}
    assert (await coordinator.patch(path, json=far)).status_code == 403
    assert (await (await world.foreign_officer()).patch(path, json={"rhythm": None})).status_code == 404


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"times": [{"weekday": 8, "daytime": "morning"}]}, "times", None),
        ({"hours_per_month": 0}, "hours_per_month", None),
        ({"available_from": "2026-05-02", "available_until": "2026-05-01"}, "available_until", "Ende"),
        ({"available_from": "2026-02-31"}, "available_from", "Kalender"),
        ({"skills": ["zaubern"]}, "skills", None),
        ({"own_skills": ["x" * 61]}, "own_skills", None),
        ({"languages": ["tlh"]}, "languages", None),
        ({"preferred_channel": "letter"}, "preferred_channel", "Straße"),
        ({"preferred_channel": "telephone"}, "preferred_channel", "fehlt"),
        ({"postcode": "0677"}, "postcode", "5 Ziffern"),
    ],
)
async def test_bad_details_change_nothing(
    world: Any, volunteer: Any, outbox: Any, changes: dict[str, Any], field: str, words: str | None
) -> None:
    before = await outbox.size()
    answer = await volunteer(raw=True, **changes)
    [error] = answer.json()["errors"]
    assert (answer.status_code, error["field"].partition(".")[0]) == (422, field)
    assert words is None or words in error["message"]
    assert await outbox.size() == before
    entered = await volunteer()
    assert (await world.officer.patch(f"/volunteers/{entered['id']}", json=changes)).status_code == 422
    assert (await world.officer.get(f"/volunteers/{entered['id']}")).json()["version"] == entered["version"]


async def test_kilometres_need_to_know_where_the_village_lies(world: Any, volunteer: Any, outbox: Any) -> None:
    before = await outbox.size()
    around = [{"kind": "village", "id": world.gossa["id"], "km": 5}]
    unknown = await volunteer(raw=True, areas=around)
    assert (unknown.status_code, unknown.json()["code"]) == (422, "unknown_whereabouts")
    assert "Gossa" in unknown.json()["detail"]
    whole = await volunteer(raw=True, areas=[{"kind": "network", "id": world.network["id"], "km": 5}])
    assert (whole.status_code, whole.json()["errors"][0]["code"]) == (422, "radius_of_village")
    assert await outbox.size() == before
    await place(world, world.gossa, 51.66, 12.43)
    assert (await volunteer(areas=around))["areas"] == around


async def test_who_comes_so_far_is_found_and_seen_there(
    world: Any, volunteer: Any, consent_to: Any, outbox: Any
) -> None:
    """Krina lies 5.6 km north of Gossa, Löberitz 24.8 km west."""
    await place(world, world.gossa, 51.66, 12.43)
    await place(world, world.krina, 51.71, 12.43)
    await place(world, world.loeberitz, 51.66, 12.07)
    near = await volunteer(name="Kommt Nah", areas=[{"kind": "village", "id": world.gossa["id"], "km": 6}])
    far = await volunteer(name="Kommt Weit", areas=[{"kind": "village", "id": world.gossa["id"], "km": 25}])
    here = await volunteer(name="Bleibt Hier", areas=[{"kind": "village", "id": world.gossa["id"], "km": 5}])

    async def reaching(client: Any, place_id: str) -> set[str]:
        found = (await client.get("/volunteers", params={"area_id": place_id})).json()["items"]
        return {one["id"] for one in found}

    assert await reaching(world.officer, world.krina["id"]) == {near["id"], far["id"]}
    assert await reaching(world.officer, world.loeberitz["id"]) == {far["id"]}
    assert await reaching(world.officer, world.gossa["id"]) == {near["id"], far["id"], here["id"]}
    foreign = await world.foreign_officer()
    assert await reaching(foreign, world.loeberitz["id"]) == set(), "kilometres name no municipality"
    await consent_to(far["person"]["id"], "sharing")
    assert await reaching(foreign, world.loeberitz["id"]) == {far["id"]}
    assert (await foreign.get(f"/volunteers/{far['id']}")).status_code == 200
    assert (await foreign.get(f"/volunteers/{near['id']}")).status_code == 404
    assert {event.networkid for event in await outbox.of(VolunteerSignedUp)} == {None}


async def test_the_list_is_filtered(world: Any, volunteer: Any, consent_to: Any) -> None:
    saturday = await volunteer(name="Am Samstag", times=[SATURDAY_MORNING], skills=["crafts"])
    monday = await volunteer(name="Am Montag", times=[{"weekday": 1, "daytime": "evening"}])
    any_day = await volunteer(name="Immer", areas=[{"kind": "municipality", "id": world.zoerbig["id"]}])
    await world.officer.post(f"/volunteers/{monday['id']}/pause", json={})
    await consent_to(any_day["person"]["id"], "newsletter")

    async def found(**wanted: Any) -> list[str]:
        answer = await world.officer.get("/volunteers", params=wanted)
        assert answer.status_code == 200, answer.text
        return [one["id"] for one in answer.json()["items"]]

    assert await found(weekday=6) == [saturday["id"], any_day["id"]]
    assert await found(daytime="evening") == [monday["id"], any_day["id"]]
    assert await found(weekday=6, daytime="evening") == [any_day["id"]]
    assert await found(skill="crafts") == [saturday["id"]]
    assert await found(standing="paused") == [monday["id"]]
    assert await found(standing="active", area_id=world.network["id"]) == [saturday["id"]]
    assert await found(area_id=world.loeberitz["id"]) == [any_day["id"]]
    assert await found(area_id=world.district["id"]) == [monday["id"], saturday["id"], any_day["id"]]
    assert await found(consent="newsletter") == [any_day["id"]]
    for wrong in ({"weekday": 8}, {"daytime": "night"}, {"standing": "left"}, {"skill": "zaubern"}):
        assert (await world.officer.get("/volunteers", params=wrong)).status_code == 422
