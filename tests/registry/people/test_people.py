"""Persons and contacts: personal data, seen and changed in one's scope only."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
from shared.contracts.registry import ContactAppointed, ContactDismissed, ContactIdentified, PersonDescribed
from testkit.tokens import association_contact, district_officer, volunteer


async def test_a_contact_is_appointed_and_told_without_a_name(world: Any, outbox: Any) -> None:
    organisation = await world.enter()
    contact = await world.appoint(organisation, "Erna Beispiel")
    assert contact["person"]["email"] == "erna@verein.example"
    appointed = (await outbox.of(ContactAppointed))[0]
    assert (appointed.subject, appointed.networkid) == (contact["id"], "heidedoerfer")
    identified = (await outbox.of(ContactIdentified))[0]
    assert (str(identified.data.contact_id), str(identified.data.person_id)) == (contact["id"], contact["person"]["id"])
    described = (await outbox.of(PersonDescribed))[0]
    assert (described.data.name, described.data.email) == ("Erna Beispiel", "erna@verein.example")
    public = await outbox.public_text()
    assert not any(canary in public for canary in ("Erna", "erna@", contact["person"]["id"]))


async def test_a_person_with_two_functions_is_entered_once(world: Any, outbox: Any) -> None:
    organisation = await world.enter()
    first = await world.appoint(organisation, "Erna Beispiel")
    person = {"name": "ERNA beispiel", "email": "Erna@verein.example"}
    body = {"organisation_id": organisation["id"], "function": "treasurer", "person": person}
    second = (await world.officer.post("/contacts", json=body)).json()
    assert second["person"] == first["person"]
    again = await world.officer.post("/contacts", json=body)
    assert (again.status_code, again.json()["errors"][0]["field"]) == (409, "function")
    assert len(await outbox.of(PersonDescribed)) == 1


async def test_a_couple_shares_a_mailbox(world: Any) -> None:
    for name in ("Erna Beispiel", "Kurt Beispiel"):
        body = {"name": name, "email": "beispiel@post.example"}
        assert (await world.officer.post("/persons", json=body)).status_code == 201
    again = await world.officer.post("/persons", json={"name": "Kurt Beispiel", "email": "BEISPIEL@post.example"})
    assert (again.status_code, again.json()["code"]) == (409, "person_exists")


async def test_the_same_person_at_once_is_entered_once(world: Any) -> None:
    for body in ({"email": "a@post.example"}, {"phone": "034955 12345"}):
        answers = await asyncio.gather(
            *(world.officer.post("/persons", json={"name": "Änne Muster"} | body) for _ in range(5))
        )
        assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409, 409]


async def test_a_contact_is_dismissed_once(world: Any, outbox: Any) -> None:
    contact = await world.appoint(await world.enter())
    for _ in range(2):
        assert (await world.officer.delete(f"/contacts/{contact['id']}")).status_code == 204
    assert [event.sequence for event in await outbox.of(ContactDismissed)] == [2]
    assert (await world.officer.get("/contacts")).json()["items"] == []
    again = await world.appoint({"id": contact["organisation_id"]})
    assert again["id"] != contact["id"]


async def test_personal_data_is_seen_in_ones_scope_only(world: Any, anybody: httpx2.AsyncClient) -> None:
    in_gossa = await world.enter("In Gossa")
    in_loeberitz = await world.enter("In Löberitz", village=world.loeberitz)
    erna, kurt = await world.appoint(in_gossa, "Erna Nah"), await world.appoint(in_loeberitz, "Kurt Fern")
    own_contact = await world.log_in(association_contact(UUID(in_gossa["id"])))
    for client, seen in (
        (world.officer, ["Erna Nah", "Kurt Fern"]),
        (await world.coordinator(), ["Erna Nah"]),
        (await world.municipality_officer(), ["Erna Nah"]),
        (own_contact, ["Erna Nah"]),
        (await world.foreign_officer(), ["Kurt Fern"]),
    ):
        contacts = (await client.get("/contacts")).json()["items"]
        persons = (await client.get("/persons")).json()["items"]
        assert [contact["person"]["name"] for contact in contacts] == seen
        assert [person["name"] for person in persons] == seen
        for contact in (erna, kurt):
            expected = 200 if contact["person"]["name"] in seen else 404
            assert (await client.get(f"/persons/{contact['person']['id']}")).status_code == expected
    for path in ("/contacts", "/persons", f"/persons/{erna['person']['id']}"):
        assert (await anybody.get(path)).status_code == 401
        assert (await (await world.log_in(volunteer())).get(path)).status_code == 403


async def test_foreign_and_missing_look_the_same(world: Any) -> None:
    contact = await world.appoint(await world.enter("In Löberitz", village=world.loeberitz))
    coordinator = await world.coordinator()
    for method, foreign, missing in (
        ("GET", f"/persons/{contact['person']['id']}", f"/persons/{uuid4()}"),
        ("PATCH", f"/persons/{contact['person']['id']}", f"/persons/{uuid4()}"),
        ("DELETE", f"/contacts/{contact['id']}", f"/contacts/{uuid4()}"),
    ):
        body = {"json": {"name": "Anders"}} if method == "PATCH" else {}
        answers = [await coordinator.request(method, path, **body) for path in (foreign, missing)]
        assert [answer.status_code for answer in answers] == [404, 404]
        assert answers[0].content == answers[1].content


async def test_somebody_out_of_scope_is_not_drawn_into_it(world: Any) -> None:
    """Appointing a foreign person by id would be a way to read their data."""
    foreign = await world.appoint(await world.enter("In Löberitz", village=world.loeberitz))
    organisation = await world.enter()
    body = {"organisation_id": organisation["id"], "function": "chair", "person_id": foreign["person"]["id"]}
    answer = await (await world.coordinator()).post("/contacts", json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, "unknown_person")
    assert (await world.officer.post("/contacts", json=body)).status_code == 201


async def test_name_and_address_do_not_buy_a_telephone_number(world: Any, volunteer: Any) -> None:
    """Control run: with `ensure_person` in place of `person_for_staff` the number is in both answers."""
    person = {"name": "Erna Beispiel", "email": "erna@verein.example"}
    there = await world.enter("In Löberitz", village=world.loeberitz)
    known = await world.appoint(there, person=person | {"phone": "034955 12345"})
    coordinator = await world.coordinator()
    body = {"organisation_id": (await world.enter())["id"], "function": "chair"}
    answer = await coordinator.post("/contacts", json=body | {"person": person})
    assert (answer.status_code, answer.json()["code"]) == (409, "known_elsewhere")
    assert "12345" not in answer.text
    as_volunteer = await volunteer(by=coordinator, raw=True, **person)
    assert (as_volunteer.status_code, as_volunteer.json()["code"]) == (409, "known_elsewhere")
    assert (await coordinator.get(f"/persons/{known['person']['id']}")).status_code == 404
    knowing = await coordinator.post("/contacts", json=body | {"person": person | {"phone": "+49 34955 12345"}})
    assert (knowing.status_code, knowing.json()["person"]) == (201, known["person"])
    again = await coordinator.post("/contacts", json=body | {"function": "treasurer", "person": person})
    assert again.status_code == 201, "now the person is in the caller's scope"


async def test_nobody_appoints_contacts_elsewhere(world: Any) -> None:
    elsewhere = await world.enter("In Pouch", village=world.pouch)
    body = {"organisation_id": elsewhere["id"], "function": "chair", "person": {"name": "Neu", "email": "a@b.example"}}
    contact = await world.log_in(association_contact(uuid4()))
    for client in (await world.coordinator(), await world.foreign_officer(), contact):
        assert (await client.post("/contacts", json=body)).status_code == 403
    assert (await world.officer.get("/persons")).json()["items"] == []


async def test_a_changed_address_is_told(world: Any, outbox: Any) -> None:
    contact = await world.appoint(await world.enter())
    path = f"/persons/{contact['person']['id']}"
    coordinator = await world.coordinator()
    assert (await coordinator.patch(path, json={"email": "neu@verein.example"})).json()["email"] == "neu@verein.example"
    described = (await outbox.of(PersonDescribed))[-1]
    assert (described.sequence, described.data.email) == (2, "neu@verein.example")
    unreachable = await coordinator.patch(path, json={"email": None})
    assert (unreachable.status_code, unreachable.json()["code"]) == (422, "unreachable")


async def test_no_way_into_a_stronger_account_by_its_address(world: Any) -> None:
    """Control run: without the check the coordinator gets the officer's next login link."""
    organisation = await world.enter()
    officer = (await world.appoint(organisation, "Olga Amt"))["person"]
    await world.officer.post("/grants", json={"person_id": officer["id"], "role": "district_officer"})
    coordinator = await world.coordinator()
    path = f"/persons/{officer['id']}"
    assert (await coordinator.patch(path, json={"email": "mein@postfach.example"})).status_code == 403
    assert (await world.officer.get(path)).json()["email"] == "olga@verein.example"
    herself = await world.log_in(district_officer(), person=UUID(officer["id"]))
    assert (await herself.patch(path, json={"phone": "034955 12345"})).json()["phone"] == "+493495512345"


BAD: list[tuple[dict[str, Any], str]] = [
    ({"name": "X"}, "name"),
    ({"name": "\u200b\u200b\u200b"}, "name"),
    ({"email": "keine-adresse"}, "email"),
    ({"email": "a@b.example\nBcc: c@d.example"}, "email"),
    ({"email": "a" * 300 + "@b.example"}, "email"),
    ({"phone": "abc"}, "phone"),
    ({"phone": "12"}, "phone"),
    ({"email": None, "phone": None}, "email"),
    ({"birthday": "1950-01-01"}, "birthday"),
]


async def test_bad_input(officer: httpx2.AsyncClient, outbox: Any, subtests: pytest.Subtests) -> None:
    before = await outbox.size()
    for change, field in BAD:
        with subtests.test(field, change=str(change)[:60]):
            body = {"name": "Erna Beispiel", "email": "erna@post.example"} | change
            answer = await officer.post("/persons", json=body)
            assert (answer.status_code, [error["field"] for error in answer.json()["errors"]]) == (422, [field])
    assert await outbox.size() == before


async def test_a_contact_names_one_person(world: Any) -> None:
    organisation = await world.enter()
    body = {"organisation_id": organisation["id"], "function": "chair"}
    both = {"person_id": str(uuid4()), "person": {"name": "Erna", "email": "a@b.example"}}
    for choice in ({}, both):
        assert (await world.officer.post("/contacts", json=body | choice)).status_code == 422
    named = body | {"person_id": str(uuid4())}
    assert (await world.officer.post("/contacts", json=named)).json()["errors"][0]["field"] == "person_id"
