"""Giving grants and taking them back."""

from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
from testkit.tokens import association_contact, network_coordinator


async def enter_person(world: Any, name: str = "Paula Neu") -> str:
    answer = await world.officer.post("/persons", json={"name": name, "email": f"{uuid4()}@post.example"})
    return str(answer.json()["id"])


async def test_nobody_gives_more_than_they_hold(
    world: Any, anybody: httpx2.AsyncClient, subtests: pytest.Subtests
) -> None:
    person = await enter_person(world)
    in_gossa = await world.enter("In Gossa")
    in_loeberitz = await world.enter("In Löberitz", village=world.loeberitz)
    givable = [
        ("district_officer", None, {"officer"}),
        ("municipality_officer", world.muldestausee["id"], {"officer", "municipality"}),
        ("municipality_officer", world.zoerbig["id"], {"officer", "foreign"}),
        ("network_coordinator", world.network["id"], {"officer", "coordinator"}),
        ("association_contact", in_gossa["id"], {"officer", "municipality", "coordinator"}),
        ("association_contact", in_loeberitz["id"], {"officer", "foreign"}),
    ]
    clients = {
        "coordinator": await world.coordinator(),
        "municipality": await world.municipality_officer(),
        "foreign": await world.foreign_officer(),
        "contact": await world.log_in(association_contact(UUID(in_gossa["id"]))),
        "officer": world.officer,
    }
    for role, scope_id, givers in givable:
        for giver, client in clients.items():
            with subtests.test(f"{giver} gives {role}"):
                body = {"person_id": person, "role": role, "scope_id": scope_id}
                answer = await client.post("/grants", json=body)
                assert answer.status_code == (201 if giver in givers else 403)
                if answer.is_success:
                    assert (await client.delete(f"/grants/{answer.json()['id']}")).status_code == 204
    assert (await anybody.post("/grants", json={})).status_code == 401


async def test_a_grant_is_held_once(world: Any) -> None:
    body = {"person_id": await enter_person(world), "role": "district_officer"}
    first = await world.officer.post("/grants", json=body)
    again = await world.officer.post("/grants", json=body)
    assert (first.status_code, again.status_code, again.json()["code"]) == (201, 409, "already_granted")
    await world.officer.delete(f"/grants/{first.json()['id']}")
    assert (await world.officer.post("/grants", json=body)).status_code == 201


async def test_grants_are_seen_and_taken_back_in_ones_scope(world: Any) -> None:
    person, in_zoerbig = await enter_person(world), world.zoerbig["id"]
    body = {"person_id": person, "role": "municipality_officer", "scope_id": in_zoerbig}
    grant = (await world.officer.post("/grants", json=body)).json()
    coordinator = await world.coordinator()
    assert (await coordinator.get("/grants", params={"person_id": person})).json()["items"] == []
    foreign = await coordinator.delete(f"/grants/{grant['id']}")
    missing = await coordinator.delete(f"/grants/{uuid4()}")
    assert (foreign.status_code, foreign.content) == (missing.status_code, missing.content)
    assert foreign.status_code == 404
    assert (await (await world.foreign_officer()).get("/grants")).json()["items"] == [grant]


BAD: list[tuple[dict[str, Any], str]] = [
    ({"role": "district_officer", "scope_id": str(uuid4())}, "scope_id"),
    ({"role": "network_coordinator", "scope_id": None}, "scope_id"),
    ({"role": "network_coordinator", "scope_id": str(uuid4())}, "scope_id"),
    ({"role": "association_contact", "scope_id": str(uuid4())}, "scope_id"),
    ({"role": "volunteer"}, "role"),
    ({"role": "emperor"}, "role"),
    ({"person_id": str(uuid4())}, "person_id"),
]


async def test_bad_input(world: Any, subtests: pytest.Subtests) -> None:
    person = await enter_person(world)
    for change, field in BAD:
        with subtests.test(field, change=str(change)):
            body = {"person_id": person, "role": "district_officer", "scope_id": None} | change
            answer = await world.officer.post("/grants", json=body)
            assert (answer.status_code, [error["field"] for error in answer.json()["errors"]]) == (422, [field])


async def test_a_token_without_the_grants_scope_opens_nothing(world: Any) -> None:
    stranger = await world.log_in(network_coordinator(uuid4(), "elbdoerfer"))
    assert (await stranger.get("/persons")).json()["items"] == []
    assert (await stranger.get("/grants")).json()["items"] == []
