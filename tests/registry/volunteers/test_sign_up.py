"""Signing up as a volunteer, and who sees it."""

import asyncio
from typing import Any
from uuid import uuid4

import httpx2
import pytest
import sqlalchemy as sa
from registry.volunteers.consent_texts import current_version
from registry.volunteers.model import Consent, ConsentPurpose, Volunteer
from shared.contracts.registry import PersonDescribed, VolunteerSignedUp
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from testkit.tokens import association_contact


def sign_up(world: Any, **changes: Any) -> dict[str, Any]:
    """The body of a valid sign-up, for the village Gossa."""
    return {
        "name": "Kurt Helfer",
        "email": "kurt@post.example",
        "fields": ["sport"],
        "areas": [{"kind": "village", "id": world.gossa["id"]}],
        "consent": {"given": True, "text_version": current_version(ConsentPurpose.CONTACT)},
    } | changes


async def test_anybody_signs_up(
    world: Any, anybody: httpx2.AsyncClient, outbox: Any, sessions: async_sessionmaker[AsyncSession]
) -> None:
    text = (await anybody.get("/consent-texts")).json()["items"][0]
    assert "Einwilligung" in text["text"]
    body = sign_up(world, consent={"given": True, "text_version": text["version"]})
    answer = await anybody.post("/volunteers", json=body)
    assert (answer.status_code, answer.json()) == (202, {"status": "received"})
    told = (await outbox.of(VolunteerSignedUp))[0]
    assert (told.data.fields, told.networkid) == (["sport"], "heidedoerfer")
    public = await outbox.public_text()
    person = (await outbox.of(PersonDescribed))[0].subject
    assert not any(canary in public for canary in ("Kurt", "kurt@", person))
    async with sessions() as session:
        consent = (await session.scalars(sa.select(Consent))).one()
    assert (consent.text_version, consent.channel, consent.recorded_by) == (text["version"], "web", None)


async def test_nobody_learns_who_is_registered(world: Any, anybody: httpx2.AsyncClient, outbox: Any) -> None:
    await anybody.post("/volunteers", json=sign_up(world))
    known = await anybody.post("/volunteers", json=sign_up(world, email="KURT@post.example", phone="034955 1234"))
    unknown = await anybody.post("/volunteers", json=sign_up(world, email="neu@post.example"))
    assert (known.status_code, known.content) == (unknown.status_code, unknown.content)
    assert len(await outbox.of(VolunteerSignedUp)) == 2
    shown = (await world.officer.get("/volunteers")).json()["items"]
    assert [volunteer["person"]["phone"] for volunteer in shown] == [None, None], "a stranger changed an entry"


async def test_the_same_sign_up_at_once_is_entered_once(
    world: Any, anybody: httpx2.AsyncClient, sessions: async_sessionmaker[AsyncSession]
) -> None:
    answers = await asyncio.gather(*(anybody.post("/volunteers", json=sign_up(world)) for _ in range(6)))
    assert {answer.status_code for answer in answers} == {202}
    async with sessions() as session:
        assert len((await session.scalars(sa.select(Volunteer))).all()) == 1


async def test_a_telephone_is_enough(world: Any, anybody: httpx2.AsyncClient) -> None:
    for _ in range(2):
        await anybody.post("/volunteers", json=sign_up(world, email=None, phone="034955 / 12 345"))
    volunteers = (await world.officer.get("/volunteers")).json()["items"]
    assert [volunteer["person"]["phone"] for volunteer in volunteers] == ["+493495512345"]


async def test_a_contact_who_signs_up_stays_one_person(world: Any, anybody: httpx2.AsyncClient) -> None:
    contact = await world.appoint(await world.enter(), "Erna Beispiel")
    await anybody.post("/volunteers", json=sign_up(world, name="Erna Beispiel", email="erna@verein.example"))
    volunteer = (await world.officer.get("/volunteers")).json()["items"][0]
    assert volunteer["person"] == contact["person"]


async def test_volunteers_are_seen_where_they_want_to_help(world: Any, anybody: httpx2.AsyncClient) -> None:
    for name, kind, place in (
        ("In Gossa", "village", world.gossa),
        ("In Pouch", "village", world.pouch),
        ("In Zörbig", "municipality", world.zoerbig),
        ("Im Netzwerk", "network", world.network),
        ("Im Landkreis", "district", world.district),
    ):
        body = sign_up(world, name=name, email=f"{uuid4()}@post.example", areas=[{"kind": kind, "id": place["id"]}])
        assert (await anybody.post("/volunteers", json=body)).status_code == 202
    for client, seen in (
        (world.officer, {"In Gossa", "In Pouch", "In Zörbig", "Im Netzwerk", "Im Landkreis"}),
        (await world.coordinator(), {"In Gossa", "Im Netzwerk", "Im Landkreis"}),
        (await world.municipality_officer(), {"In Gossa", "In Pouch", "Im Netzwerk", "Im Landkreis"}),
        (await world.foreign_officer(), {"In Zörbig", "Im Landkreis"}),
    ):
        shown = (await client.get("/volunteers")).json()["items"]
        assert {volunteer["person"]["name"] for volunteer in shown} == seen
        for volunteer in (await world.officer.get("/volunteers")).json()["items"]:
            expected = 200 if volunteer["person"]["name"] in seen else 404
            assert (await client.get(f"/volunteers/{volunteer['id']}")).status_code == expected
    assert (await anybody.get("/volunteers")).status_code == 401
    contact = await world.log_in(association_contact(uuid4()))
    assert (await contact.get("/volunteers")).status_code == 403


async def test_lists_are_filtered_and_go_on(world: Any, anybody: httpx2.AsyncClient) -> None:
    for name, field in (("Anna", "sport"), ("Berta", "umwelt"), ("Clara", "sport")):
        await anybody.post("/volunteers", json=sign_up(world, name=name, fields=[field]))
    first = (await world.officer.get("/volunteers?field=sport&limit=1")).json()
    second = (await world.officer.get(f"/volunteers?field=sport&limit=1&after={first['next']}")).json()
    assert [page["items"][0]["person"]["name"] for page in (first, second)] == ["Anna", "Clara"]
    assert second["next"] is None


BAD: list[tuple[dict[str, Any], str]] = [
    ({"consent": {"given": False, "text_version": "2026-11"}}, "consent.given"),
    ({"consent": {"given": 1, "text_version": "2026-11"}}, "consent.given"),
    ({"consent": {"given": True, "text_version": "2020-01"}}, "consent.text_version"),
    ({"consent": None}, "consent"),
    ({"fields": []}, "fields"),
    ({"fields": ["zaubern"]}, "fields"),
    ({"areas": []}, "areas"),
    ({"areas": [{"kind": "planet", "id": str(uuid4())}]}, "areas.0.kind"),
    ({"areas": [{"kind": "village", "id": str(uuid4())}]}, "areas"),
    ({"email": None}, "email"),
    ({"email": "x"}, "email"),
    ({"health": "Rücken"}, "health"),
]


async def test_bad_input(world: Any, anybody: httpx2.AsyncClient, outbox: Any, subtests: pytest.Subtests) -> None:
    before = await outbox.size()
    for change, field in BAD:
        with subtests.test(field, change=str(change)[:60]):
            answer = await anybody.post("/volunteers", json=sign_up(world, **change))
            assert (answer.status_code, [error["field"] for error in answer.json()["errors"]]) == (422, [field])
    assert await outbox.size() == before
    assert (await world.officer.get("/persons")).json()["items"] == []
