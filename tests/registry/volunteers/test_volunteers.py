"""Volunteers that staff enters, and who sees them."""

from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
from shared.contracts.registry import VolunteerSignedUp, VolunteerWithdrawn
from testkit.tokens import association_contact, network_coordinator


async def names_seen_by(client: httpx2.AsyncClient) -> set[str]:
    return {volunteer["person"]["name"] for volunteer in (await client.get("/volunteers")).json()["items"]}


async def test_staff_enters_what_somebody_said(world: Any, volunteer: Any, outbox: Any) -> None:
    coordinator = await world.coordinator()
    entered = await volunteer(channel="paper", given_on="2026-10-03", by=coordinator)
    assert (entered["fields"], entered["consents"]) == (["sport"], ["contact"])
    [told] = await outbox.of(VolunteerSignedUp)
    assert (told.data.fields, told.networkid) == (["sport"], "heidedoerfer")
    consents = (await coordinator.get(f"/persons/{entered['person']['id']}/consents")).json()
    [contact] = consents["history"]
    assert (contact["channel"], contact["given_on"], contact["recorded_by"] is None) == ("paper", "2026-10-03", False)
    assert "Kurt" not in await outbox.public_text()


async def test_staff_enters_for_its_own_places_only(world: Any, volunteer: Any, outbox: Any) -> None:
    before = await outbox.size()
    for client, kind, place in (
        (await world.foreign_officer(), "village", world.gossa),
        (await world.foreign_officer(), "network", world.network),
        (await world.coordinator(), "village", world.pouch),
        (await world.coordinator(), "district", world.district),
    ):
        areas = [{"kind": kind, "id": place["id"]}]
        answer = await volunteer(areas=areas, by=client, raw=True)
        assert answer.status_code == 403
    assert await outbox.size() == before


async def test_a_volunteer_entered_again_also_helps_there(world: Any, volunteer: Any, outbox: Any) -> None:
    first = await volunteer()
    again = await volunteer(fields=["umwelt"], areas=[{"kind": "village", "id": world.krina["id"]}])
    assert again["id"] == first["id"]
    assert (again["fields"], len(again["areas"])) == (["sport", "umwelt"], 2)
    told = await outbox.of(VolunteerSignedUp)
    assert [len(event.data.areas) for event in told] == [1, 2]
    assert told[0].sequence < told[1].sequence


async def test_who_sees_volunteers_where(world: Any, volunteer: Any) -> None:
    """The network lies in Muldestausee as a whole; the district is nobody's own municipality."""
    for name, kind, place in (
        ("In Gossa", "village", world.gossa),
        ("In Pouch", "village", world.pouch),
        ("In Zörbig", "municipality", world.zoerbig),
        ("Im Netzwerk", "network", world.network),
        ("Im Landkreis", "district", world.district),
    ):
        await volunteer(name=name, areas=[{"kind": kind, "id": place["id"]}])
    for client, seen in (
        (world.officer, {"In Gossa", "In Pouch", "In Zörbig", "Im Netzwerk", "Im Landkreis"}),
        (await world.coordinator(), {"In Gossa", "Im Netzwerk", "Im Landkreis"}),
        (await world.municipality_officer(), {"In Gossa", "In Pouch", "Im Netzwerk"}),
        (await world.foreign_officer(), {"In Zörbig"}),
    ):
        assert await names_seen_by(client) == seen
        for one in (await world.officer.get("/volunteers")).json()["items"]:
            expected = 200 if one["person"]["name"] in seen else 404
            assert (await client.get(f"/volunteers/{one['id']}")).status_code == expected
    contact = await world.log_in(association_contact(uuid4()))
    assert (await contact.get("/volunteers")).status_code == 403


async def test_other_municipalities_see_only_who_agreed_to_sharing(world: Any, volunteer: Any, consent_to: Any) -> None:
    """A network across two municipalities, and the district, name neither of them."""
    villages = [world.gossa["id"], world.krina["id"], world.loeberitz["id"]]
    await world.officer.patch(f"/networks/{world.network['id']}", json={"village_ids": villages})
    wide = await volunteer(name="Im Netzwerk", areas=[{"kind": "network", "id": world.network["id"]}])
    everywhere = await volunteer(name="Im Landkreis", areas=[{"kind": "district", "id": world.district["id"]}])
    near = await volunteer(name="In Gossa", areas=[{"kind": "village", "id": world.gossa["id"]}])
    officer, foreign = await world.municipality_officer(), await world.foreign_officer()
    assert (await names_seen_by(officer), await names_seen_by(foreign)) == ({"In Gossa"}, set())
    for one in (wide, everywhere, near):
        await consent_to(one["person"]["id"], "sharing")
    assert await names_seen_by(officer) == {"In Gossa", "Im Netzwerk", "Im Landkreis"}
    assert await names_seen_by(foreign) == {"Im Netzwerk", "Im Landkreis"}, "sharing reached beyond the area"
    elsewhere = {"name": "Seenland", "village_ids": [world.pouch["id"]]}
    network = (await world.officer.post("/networks", json=elsewhere)).json()
    other = await world.log_in(network_coordinator(UUID(network["id"]), network["slug"]))
    assert await names_seen_by(other) == {"Im Landkreis"}


async def test_without_contact_nobody_finds_them(world: Any, volunteer: Any, outbox: Any) -> None:
    entered = await volunteer()
    path = f"/persons/{entered['person']['id']}/consents/contact/withdrawal"
    coordinator = await world.coordinator()
    assert (await coordinator.post(path, json={"channel": "telephone"})).status_code == 200
    for client in (world.officer, coordinator, await world.municipality_officer()):
        assert await names_seen_by(client) == set()
        assert (await client.get(f"/volunteers/{entered['id']}")).status_code == 404
        assert (await client.get("/persons")).json()["items"] == []
    [withdrawn] = await outbox.of(VolunteerWithdrawn)
    assert withdrawn.data.volunteer_id == UUID(entered["id"])
    assert withdrawn.sequence > (await outbox.of(VolunteerSignedUp))[0].sequence
    await volunteer()
    assert await names_seen_by(coordinator) == {"Kurt Helfer"}
    assert (await outbox.of(VolunteerSignedUp))[-1].sequence > withdrawn.sequence


async def test_a_contact_who_withdraws_stays_a_contact(world: Any, volunteer: Any) -> None:
    contact = await world.appoint(await world.enter(), "Erna Beispiel")
    entered = await volunteer(name="Erna Beispiel", email="erna@verein.example")
    assert entered["person"] == contact["person"]
    path = f"/persons/{entered['person']['id']}/consents/contact/withdrawal"
    await world.officer.post(path, json={"channel": "telephone"})
    assert [one["name"] for one in (await world.officer.get("/persons")).json()["items"]] == ["Erna Beispiel"]


async def test_lists_are_filtered_and_go_on(world: Any, volunteer: Any) -> None:
    for name, field in (("Anna", "sport"), ("Berta", "umwelt"), ("Clara", "sport")):
        await volunteer(name=name, fields=[field])
    first = (await world.officer.get("/volunteers?field=sport&limit=1")).json()
    second = (await world.officer.get(f"/volunteers?field=sport&limit=1&after={first['next']}")).json()
    assert [page["items"][0]["person"]["name"] for page in (first, second)] == ["Anna", "Clara"]
    assert second["next"] is None


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"consents": []}, "consents"),
        ({"consents": [{"purpose": "photos", "text_version": "2026-11"}]}, "consents"),
        ({"consents": [{"purpose": "contact", "text_version": "2020-01"}]}, "text_version"),
        ({"channel": "web"}, "channel"),
        ({"given_on": "2190-01-01"}, "given_on"),
        ({"birth_date": "2020-01-01"}, "guardian"),
        ({"fields": ["zaubern"]}, "fields"),
    ],
)
async def test_bad_input(world: Any, volunteer: Any, outbox: Any, change: dict[str, Any], field: str) -> None:
    before = await outbox.size()
    answer = await volunteer(raw=True, **change)
    assert (answer.status_code, [error["field"] for error in answer.json()["errors"]]) == (422, [field])
    assert await outbox.size() == before
