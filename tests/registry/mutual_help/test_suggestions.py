"""Who is suggested for a need, in which order, for which reasons; and where nobody is."""

from typing import Any

import httpx2


async def suggested(client: httpx2.AsyncClient, need: Any) -> list[Any]:
    answer = await client.get(f"/help-entries/{need['id']}/suggestions")
    assert answer.status_code == 200, answer.text
    items: list[Any] = answer.json()["items"]
    return items


async def test_volunteers_are_ranked_by_field_and_way_and_stay_unnamed(
    world: Any, place: Any, enter: Any, volunteer: Any
) -> None:
    expected = [
        ("Im Ort", "village", world.gossa, ["same_field", "same_village"]),
        ("Im Netzwerk", "network", world.network, ["same_field", "same_network"]),
        ("In der Gemeinde", "municipality", world.muldestausee, ["same_field", "same_municipality"]),
        ("Im Landkreis", "district", world.district, ["same_field", "whole_district"]),
    ]
    entered = {}
    for name, kind, where, _ in reversed(expected):
        entered[name] = await volunteer(name=name, areas=[{"kind": kind, "id": where["id"]}])
    await volunteer(name="Im Nachbardorf", areas=[{"kind": "village", "id": world.krina["id"]}])
    await volunteer(name="Anderes Feld", fields=["umwelt"])
    found = await suggested(place.contact, await enter())
    assert [(one["id"], one["reasons"]) for one in found] == [
        (entered[name]["id"], reasons) for name, _, _, reasons in expected
    ]
    assert {one["source"] for one in found} == {"volunteer"}
    text = str(found)
    assert not any(word in text for one in entered.values() for word in (one["person"]["id"], one["person"]["name"]))


async def test_who_may_not_be_asked_is_not_suggested(world: Any, place: Any, enter: Any, volunteer: Any) -> None:
    gone = await volunteer(name="Will Nicht")
    await world.officer.post(
        f"/persons/{gone['person']['id']}/consents/contact/withdrawal", json={"channel": "telephone"}
    )
    child = {"birth_date": "2015-05-05", "guardian": "Vera Vormund", "channel": "paper"}
    await volunteer(name="Noch Klein", **child)
    by_phone = await volunteer(name="Ohne Mail", email=None, phone="03493 4455")
    need = await enter()
    [found] = await suggested(place.contact, need)
    assert (found["id"], found["reachable"]) == (by_phone["id"], False)
    asked = await place.contact.post(f"/help-entries/{need['id']}/requests", json={"volunteer_id": by_phone["id"]})
    assert asked.json()["code"] == "not_reachable_by_mail"
    assert await suggested(place.contact, await enter(kind="rooms")) == []


async def test_free_time_and_breaks_of_volunteers(world: Any, place: Any, enter: Any, volunteer: Any) -> None:
    saturday, monday = {"weekday": 6, "daytime": "morning"}, {"weekday": 1, "daytime": "morning"}
    free = await volunteer(name="Am Samstag", times=[saturday, monday])
    silent = await volunteer(name="Ohne Angabe")
    await volunteer(name="Nur montags", times=[monday])
    await volunteer(name="Samstagabend", times=[{"weekday": 6, "daytime": "evening"}])
    await volunteer(name="Erst später", times=[saturday], available_from="2099-10-01")
    ends = await volunteer(name="Nur bis Herbst", times=[saturday], available_until="2099-09-30")
    paused = await volunteer(name="Macht Pause", times=[saturday])
    await world.officer.post(f"/volunteers/{paused['id']}/pause", json={})
    days = {"starts_on": "2099-09-01", "ends_on": "2099-09-30"}
    need = await enter(weekdays=[6], daytimes=["morning"], **days)
    found = {one["id"]: (one["reasons"], one["weekdays"]) for one in await suggested(place.contact, need)}
    fits = ["same_field", "same_village", "same_weekday", "same_time"]
    assert found == {
        free["id"]: (fits, [6]),
        ends["id"]: ([*fits, "in_time"], [6]),
        silent["id"]: (["same_field", "same_village"], []),
    }
    assert [*found][-1] == silent["id"], "who has said when comes first"
    asked = await place.contact.post(f"/help-entries/{need['id']}/requests", json={"volunteer_id": paused["id"]})
    assert asked.json()["code"] == "not_suggested"


async def test_a_neighbouring_village_is_near_for_who_comes_so_far(
    world: Any, place: Any, enter: Any, volunteer: Any
) -> None:
    """Krina lies 5.6 km from Gossa, Pouch 22 km; the seeker's need is in Gossa."""
    for village, latitude in ((world.gossa, 51.66), (world.krina, 51.71), (world.pouch, 51.46)):
        where = {"latitude": latitude, "longitude": 12.43}
        assert (await world.officer.patch(f"/villages/{village['id']}", json=where)).status_code == 200
    around = [
        ("Nachbarin", world.krina, 10),
        ("Zu nah", world.krina, 5),
        ("Von weiter", world.pouch, 25),
    ]
    entered = [
        await volunteer(name=name, areas=[{"kind": "village", "id": village["id"], "km": km}])
        for name, village, km in around
    ]
    found = [(one["id"], one["reasons"]) for one in await suggested(place.contact, await enter())]
    assert found == [
        (entered[0]["id"], ["same_field", "neighbouring_village"]),
        (entered[2]["id"], ["same_field", "within_radius"]),
    ]
    coordinator = await world.coordinator()
    gaps = (await coordinator.get("/help-gaps")).json()["items"]
    assert [(one["needs"], one["without_supply"]) for one in gaps] == [(1, 0)]


async def test_offers_fit_in_kind_place_and_time(world: Any, place: Any, enter: Any) -> None:
    near = {"kind": "rooms", "fields": ["kultur"]}
    saturdays = await enter("offer", title="Saal in Krina", weekdays=[6, 7], **near)
    dated = await enter("offer", title="Zelt im Herbst", starts_on="2099-09-01", ends_on="2099-09-30", **near)
    other_field = await enter("offer", title="Scheune", kind="rooms", fields=[])
    district = {"kind": "district", "id": world.district["id"]}
    far = await world.enter("Betrieb Löberitz", village=world.loeberitz)
    wide = await enter("offer", title="Halle", organisation_id=far["id"], area=district, **near)
    await enter("offer", title="Zu weit", organisation_id=far["id"], **near)
    await enter("offer", title="Nur montags", weekdays=[1], **near)
    await enter("offer", title="Im Winter", starts_on="2099-12-01", **near)
    await enter("offer", title="Vorbei", ends_on="2020-01-01", **near)
    await enter("offer", title="Vom selben Verein", organisation_id=place.seeker["id"], **near)
    need = await enter(starts_on="2099-09-05", ends_on="2099-09-05", weekdays=[6], **near)
    found = {one["title"]: one for one in await suggested(place.contact, need)}
    assert {title: one["reasons"] for title, one in found.items()} == {
        "Saal in Krina": ["same_field", "same_network", "same_weekday"],
        "Zelt im Herbst": ["same_field", "same_network", "in_time"],
        "Halle": ["same_field", "whole_district"],
        "Scheune": ["same_network"],
    }
    assert [one["id"] for one in found.values()] == [saturdays["id"], dated["id"], wide["id"], other_field["id"]]
    assert (found["Saal in Krina"]["weekdays"], found["Saal in Krina"]["reachable"]) == ([6], True)
    assert found["Halle"]["reachable"] is False  # nobody speaks for it


async def test_the_gaps_are_needs_that_nothing_could_meet(
    world: Any, place: Any, enter: Any, volunteer: Any, anybody: Any
) -> None:
    await enter(fields=["sport", "umwelt"])
    await enter(fields=["umwelt"], kind="equipment", title="Häcksler")
    await enter(fields=[], kind="rooms", title="Ein Raum", village_id=world.krina["id"])
    await volunteer(fields=["sport"])
    coordinator = await world.coordinator()
    gaps = (await coordinator.get("/help-gaps", params={"network": "heidedoerfer"})).json()["items"]
    cells = {(one["village_id"], one["field"]): (one["needs"], one["without_supply"]) for one in gaps}
    gossa, krina = world.gossa["id"], world.krina["id"]
    assert cells == {(gossa, "sport"): (1, 0), (gossa, "umwelt"): (2, 2), (krina, None): (1, 1)}
    await enter("offer", kind="equipment", fields=["umwelt"], title="Häcksler zu leihen")
    gaps = (await coordinator.get("/help-gaps")).json()["items"]
    assert (gossa, "umwelt", 2, 1) in {tuple(one.values()) for one in gaps}
    assert (await (await world.foreign_officer()).get("/help-gaps")).json()["items"] == []
    assert (await place.contact.get("/help-gaps")).status_code == 403
    assert (await anybody.get("/help-gaps")).status_code == 401
