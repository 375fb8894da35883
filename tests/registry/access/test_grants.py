"""Giving grants and taking them back."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
import sqlalchemy as sa
import time_machine
from registry.access.queries import principal_of
from registry.clock import today
from shared.access.grants import Grant, Role, ScopeKind
from shared.audit.tables import audit_entry
from shared.database import transaction
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from testkit.tokens import association_contact, district_officer, municipality_officer, network_coordinator


async def enter_person(world: Any, name: str = "Paula Neu", *, by: httpx2.AsyncClient | None = None) -> str:
    """Somebody whom the one who entered them can see."""
    entering = by or world.officer
    answer = await entering.post("/persons", json={"name": name, "email": f"{uuid4()}@post.example"})
    return str(answer.json()["id"])


async def test_nobody_gives_more_than_they_hold(
    world: Any, anybody: httpx2.AsyncClient, subtests: pytest.Subtests
) -> None:
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
    persons = {giver: await enter_person(world, by=client) for giver, client in clients.items() if giver != "contact"}
    persons["contact"] = persons["officer"]
    for role, scope_id, givers in givable:
        for giver, client in clients.items():
            with subtests.test(f"{giver} gives {role}"):
                body = {"person_id": persons[giver], "role": role, "scope_id": scope_id}
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


def in_days(days: int) -> str:
    return (today() + timedelta(days=days)).isoformat()


async def test_nobody_gives_for_longer_than_they_hold(world: Any, subtests: pytest.Subtests) -> None:
    until = today() + timedelta(days=30)
    for_a_time = await world.log_in(
        Grant(role=Role.DISTRICT_OFFICER, scope=ScopeKind.DISTRICT, ends_on=until), person=uuid4()
    )
    both = await world.log_in(
        Grant(role=Role.DISTRICT_OFFICER, scope=ScopeKind.DISTRICT, ends_on=until),
        municipality_officer(UUID(world.zoerbig["id"])),
    )
    officer, in_zoerbig = ("district_officer", None), ("municipality_officer", world.zoerbig["id"])
    for giver, (role, scope_id), ends_on, status in (
        (for_a_time, officer, None, 403),
        (for_a_time, officer, in_days(31), 403),
        (for_a_time, officer, in_days(30), 201),
        (for_a_time, in_zoerbig, None, 403),
        (both, officer, None, 403),
        (both, in_zoerbig, None, 201),  # the other grant has no end, and reaches that far
        (world.officer, officer, None, 201),
    ):
        with subtests.test(role=role, ends_on=ends_on, status=status):
            body = {"person_id": await enter_person(world), "role": role, "scope_id": scope_id, "ends_on": ends_on}
            answer = await giver.post("/grants", json=body)
            assert answer.status_code == status, answer.text
            if status == 403:
                assert (answer.json()["code"], answer.json()["errors"][0]["field"]) == ("longer_than_held", "ends_on")
                assert str(until.year) in answer.json()["detail"]


async def test_a_grant_holds_from_its_first_day_to_its_last(
    world: Any, sessions: async_sessionmaker[AsyncSession]
) -> None:
    person = await enter_person(world)
    body = {"person_id": person, "role": "district_officer", "starts_on": in_days(2), "ends_on": in_days(3)}
    given = (await world.officer.post("/grants", json=body)).json()
    assert (given["starts_on"], given["ends_on"]) == (in_days(2), in_days(3))
    held = []
    for day in range(6):
        with time_machine.travel(datetime.now(UTC) + timedelta(days=day), tick=True):
            async with transaction(sessions) as session:
                held.append([grant.ends_on for grant in (await principal_of(session, UUID(person))).grants])
    last = today() + timedelta(days=3)
    assert held == [[], [], [last], [last], [], []]
    shown = (await world.officer.get("/grants", params={"person_id": person})).json()["items"]
    assert shown == [given]  # also before it begins


async def test_times_of_a_grant_do_not_overlap(world: Any, subtests: pytest.Subtests) -> None:
    person = await enter_person(world)
    body = {"person_id": person, "role": "district_officer"}
    first = await world.officer.post("/grants", json=body | {"starts_on": in_days(10), "ends_on": in_days(20)})
    assert first.status_code == 201
    for starts_on, ends_on, status in (
        (in_days(0), None, 409),
        (in_days(20), None, 409),
        (in_days(0), in_days(10), 409),
        (in_days(0), in_days(9), 201),
        (in_days(21), None, 201),
        (in_days(-1), None, 422),
        (in_days(5), in_days(4), 422),
    ):
        with subtests.test(starts_on=starts_on, ends_on=ends_on):
            answer = await world.officer.post("/grants", json=body | {"starts_on": starts_on, "ends_on": ends_on})
            assert answer.status_code == status, answer.text


async def test_of_many_at_once_one_is_given(world: Any) -> None:
    body = {"person_id": await enter_person(world), "role": "district_officer"}
    answers = await asyncio.gather(*(world.officer.post("/grants", json=body) for _ in range(8)))
    assert sorted(answer.status_code for answer in answers) == [201, *[409] * 7]


async def test_giving_and_taking_back_is_in_the_audit_log(
    world: Any, sessions: async_sessionmaker[AsyncSession]
) -> None:
    person, giver = await enter_person(world), uuid4()
    officer = await world.log_in(district_officer(), person=giver)
    body = {"person_id": person, "role": "network_coordinator", "scope_id": world.network["id"]}
    grant = (await officer.post("/grants", json=body)).json()
    assert grant["given_by"] == str(giver)
    for _ in range(2):  # the second time changes nothing
        await officer.delete(f"/grants/{grant['id']}")
    await (await world.coordinator()).post("/grants", json=body | {"role": "district_officer", "scope_id": None})
    async with sessions() as session:
        logged = sa.select(audit_entry).where(audit_entry.c.kind == "grant").order_by(audit_entry.c.position)
        entries = (await session.execute(logged)).all()
    assert [(entry.action, entry.actor, str(entry.subject)) for entry in entries] == [
        ("grant.given", giver, grant["id"]),
        ("grant.taken_back", giver, grant["id"]),
    ]
    assert entries[0].persons == [UUID(person)]
    assert world.network["id"] in entries[0].scopes
    assert entries[0].details == {"role": "network_coordinator"}
