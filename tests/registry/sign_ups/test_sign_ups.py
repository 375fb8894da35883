"""Signing up on the public page: double opt-in, guardians, and calls by the staff."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx2
import pytest
import sqlalchemy as sa
from registry.people.model import Person
from registry.sign_ups.limits import SIGN_UPS_FOR_ADDRESS, SIGN_UPS_FOR_CLIENT
from registry.sign_ups.model import SignUp
from shared.contracts.registry import ConsentWithdrawn, PersonDescribed, SignUpReceived, VolunteerSignedUp
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker


def sign_up(world: Any, **changes: Any) -> dict[str, Any]:
    """The body of a valid sign-up, for the village Gossa."""
    return {
        "name": "Kurt Helfer",
        "email": "kurt@post.example",
        "fields": ["sport"],
        "areas": [{"kind": "village", "id": world.gossa["id"]}],
        "consents": [{"purpose": "contact", "text_version": "2026-11"}],
    } | changes


def child(**changes: Any) -> dict[str, Any]:
    birthday = date(datetime.now(UTC).year - 12, 1, 1).isoformat()
    guardian = {"guardian_name": "Gerda Helfer", "guardian_email": "gerda@post.example"}
    return {"minor": {"birth_date": birthday, **guardian} | changes}


async def volunteers(world: Any) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await world.officer.get("/volunteers")).json()["items"]
    return items


async def link(outbox: Any, number: int = -1) -> str:
    """The token that is on its way to a mailbox."""
    received: str = (await outbox.of(SignUpReceived))[number].data.token
    return received


async def test_nothing_is_a_volunteer_before_the_link_is_confirmed(
    world: Any, anybody: httpx2.AsyncClient, outbox: Any, sessions: async_sessionmaker[AsyncSession]
) -> None:
    answer = await anybody.post("/sign-ups", json=sign_up(world))
    assert (answer.status_code, answer.json()) == (202, {"status": "received"})
    assert await volunteers(world) == []
    assert not await outbox.of(VolunteerSignedUp)
    assert not await outbox.of(PersonDescribed)
    token = await link(outbox)
    shown = (await anybody.get("/sign-ups/by-token", headers={"confirmation-token": token})).json()
    assert (shown["name"], [text["purpose"] for text in shown["consents"]]) == ("Kurt Helfer", ["contact"])
    assert await volunteers(world) == [], "reading the page confirmed it"
    assert (await anybody.post("/sign-ups/confirmation", json={"token": token})).status_code == 204
    [entered] = await volunteers(world)
    assert (entered["person"]["name"], entered["consents"]) == ("Kurt Helfer", ["contact"])
    public = await outbox.public_text()
    assert not any(canary in public for canary in ("Kurt", "kurt@", entered["person"]["id"], token))
    async with sessions() as session:
        assert (await session.scalars(sa.select(SignUp))).all() == []


async def test_only_the_hash_of_the_link_is_stored(
    world: Any, anybody: httpx2.AsyncClient, outbox: Any, sessions: async_sessionmaker[AsyncSession]
) -> None:
    await anybody.post("/sign-ups", json=sign_up(world))
    token = await link(outbox)
    async with sessions() as session:
        row = (await session.execute(sa.text("SELECT sign_up::text FROM sign_up"))).scalar_one()
    assert token not in row
    assert token.encode().hex() not in row


async def test_a_link_works_once_also_at_the_same_time(world: Any, anybody: httpx2.AsyncClient, outbox: Any) -> None:
    await anybody.post("/sign-ups", json=sign_up(world))
    body = {"token": await link(outbox)}
    answers = await asyncio.gather(*(anybody.post("/sign-ups/confirmation", json=body) for _ in range(8)))
    assert sorted(answer.status_code for answer in answers) == [204] + [404] * 7
    unknown = await anybody.post("/sign-ups/confirmation", json={"token": "erraten"})
    assert unknown.content == next(answer.content for answer in answers if answer.status_code == 404)
    assert len(await outbox.of(VolunteerSignedUp)) == 1


async def test_an_old_link_does_not_work(
    world: Any, anybody: httpx2.AsyncClient, outbox: Any, sessions: async_sessionmaker[AsyncSession]
) -> None:
    await anybody.post("/sign-ups", json=sign_up(world))
    async with sessions() as session, session.begin():
        await session.execute(sa.update(SignUp).values(expires_at=datetime.now(UTC) - timedelta(seconds=1)))
    assert (await anybody.post("/sign-ups/confirmation", json={"token": await link(outbox)})).status_code == 404
    assert await volunteers(world) == []


async def test_nobody_learns_who_is_registered(world: Any, anybody: httpx2.AsyncClient, outbox: Any) -> None:
    await anybody.post("/sign-ups", json=sign_up(world))
    await anybody.post("/sign-ups/confirmation", json={"token": await link(outbox)})
    known = await anybody.post("/sign-ups", json=sign_up(world, email="KURT@post.example", phone="034955 1234"))
    unknown = await anybody.post("/sign-ups", json=sign_up(world, email="neu@post.example"))
    assert (known.status_code, known.content) == (unknown.status_code, unknown.content)
    assert len(await outbox.of(SignUpReceived)) == 3
    assert [one["person"]["phone"] for one in await volunteers(world)] == [None], "a stranger changed an entry"


async def test_confirming_twice_for_two_places_is_one_volunteer(
    world: Any, anybody: httpx2.AsyncClient, outbox: Any
) -> None:
    for village in (world.gossa, world.krina):
        await anybody.post("/sign-ups", json=sign_up(world, areas=[{"kind": "village", "id": village["id"]}]))
        await anybody.post("/sign-ups/confirmation", json={"token": await link(outbox)})
    [entered] = await volunteers(world)
    assert {area["id"] for area in entered["areas"]} == {world.gossa["id"], world.krina["id"]}


async def test_all_that_was_agreed_to_is_recorded(world: Any, anybody: httpx2.AsyncClient, outbox: Any) -> None:
    agreed = [{"purpose": one, "text_version": "2026-11"} for one in ("contact", "newsletter", "photos")]
    await anybody.post("/sign-ups", json=sign_up(world, consents=agreed))
    await anybody.post("/sign-ups/confirmation", json={"token": await link(outbox)})
    [entered] = await volunteers(world)
    assert entered["consents"] == ["contact", "newsletter", "photos"]
    consents = (await world.officer.get(f"/persons/{entered['person']['id']}/consents")).json()
    assert {(one["channel"], one["recorded_by"]) for one in consents["history"]} == {("web", None)}


async def test_without_an_email_address_the_staff_calls(world: Any, anybody: httpx2.AsyncClient, outbox: Any) -> None:
    await anybody.post("/sign-ups", json=sign_up(world, email=None, phone="034955 / 12 345"))
    await anybody.post("/sign-ups", json=sign_up(world, name="Mit Adresse"))
    assert len(await outbox.of(SignUpReceived)) == 1
    coordinator = await world.coordinator()
    [waiting] = (await coordinator.get("/sign-ups")).json()["items"]
    assert (waiting["name"], waiting["phone"], waiting["under_16"]) == ("Kurt Helfer", "+493495512345", False)
    foreign = await world.foreign_officer()
    assert (await foreign.get("/sign-ups")).json()["items"] == []
    path = f"/sign-ups/{waiting['id']}/confirmation"
    assert (await foreign.post(path, json={"channel": "telephone"})).status_code == 404
    assert (await coordinator.post(path, json={"channel": "telephone"})).status_code == 204
    assert (await coordinator.post(path, json={"channel": "telephone"})).status_code == 404
    [entered] = await volunteers(world)
    history = (await coordinator.get(f"/persons/{entered['person']['id']}/consents")).json()["history"]
    assert [(one["channel"], one["recorded_by"] is None) for one in history] == [("telephone", False)]


async def test_the_staff_deletes_what_nobody_wants(world: Any, anybody: httpx2.AsyncClient) -> None:
    await anybody.post("/sign-ups", json=sign_up(world, email=None, phone="034955 12345"))
    coordinator, foreign = await world.coordinator(), await world.foreign_officer()
    [waiting] = (await coordinator.get("/sign-ups")).json()["items"]
    assert (await foreign.delete(f"/sign-ups/{waiting['id']}")).status_code == 404
    assert (await coordinator.delete(f"/sign-ups/{waiting['id']}")).status_code == 204
    assert (await coordinator.get("/sign-ups")).json()["items"] == []
    assert await volunteers(world) == []


async def test_a_guardian_confirms_for_somebody_under_16(world: Any, anybody: httpx2.AsyncClient, outbox: Any) -> None:
    await anybody.post("/sign-ups", json=sign_up(world, **child()))
    [mail] = await outbox.of(SignUpReceived)
    assert (mail.data.name, mail.data.email, mail.data.child) == ("Gerda Helfer", "gerda@post.example", "Kurt Helfer")
    assert await volunteers(world) == []
    shown = (await anybody.get("/sign-ups/by-token", headers={"confirmation-token": mail.data.token})).json()
    assert shown["guardian_name"] == "Gerda Helfer"
    await anybody.post("/sign-ups/confirmation", json={"token": mail.data.token})
    [entered] = await volunteers(world)
    consents = (await world.officer.get(f"/persons/{entered['person']['id']}/consents")).json()
    assert (consents["under_16"], consents["history"][0]["guardian"]) == (True, "Gerda Helfer")
    assert entered["person"]["email"] == "kurt@post.example"


async def test_a_child_without_an_address_is_reached_by_its_guardian(
    world: Any, anybody: httpx2.AsyncClient, outbox: Any
) -> None:
    await anybody.post("/sign-ups", json=sign_up(world, email=None, **child()))
    await anybody.post("/sign-ups/confirmation", json={"token": await link(outbox)})
    assert [one["person"]["email"] for one in await volunteers(world)] == ["gerda@post.example"]


async def test_staff_records_a_guardians_signature(world: Any, anybody: httpx2.AsyncClient) -> None:
    await anybody.post("/sign-ups", json=sign_up(world, **child()))
    coordinator = await world.coordinator()
    [waiting] = (await coordinator.get("/sign-ups")).json()["items"]
    assert (waiting["under_16"], waiting["guardian_name"]) == (True, "Gerda Helfer")
    path = f"/sign-ups/{waiting['id']}/confirmation"
    refused = await coordinator.post(path, json={"channel": "telephone"})
    assert (refused.status_code, refused.json()["code"]) == (422, "guardian_on_paper")
    assert (await coordinator.post(path, json={"channel": "paper", "given_on": "2026-10-01"})).status_code == 204
    [entered] = await volunteers(world)
    history = (await world.officer.get(f"/persons/{entered['person']['id']}/consents")).json()["history"]
    assert [(one["guardian"], one["channel"]) for one in history] == [("Gerda Helfer", "paper")]


BAD: list[tuple[dict[str, Any], str]] = [
    ({"consents": []}, "consents"),
    ({"consents": [{"purpose": "newsletter", "text_version": "2026-11"}]}, "consents"),
    ({"consents": [{"purpose": "contact", "text_version": "2020-01"}]}, "text_version"),
    ({"consents": None}, "consents"),
    (child(birth_date="2190-01-01"), "minor.birth_date"),
    (child(birth_date="1990-01-01"), "minor.birth_date"),
    (child(guardian_name=""), "minor.guardian_name"),
    (child(guardian_email=None), "minor.guardian_email"),
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
            answer = await anybody.post("/sign-ups", json=sign_up(world, **change))
            assert (answer.status_code, [error["field"] for error in answer.json()["errors"]]) == (422, [field])
    assert await outbox.size() == before
    assert (await world.officer.get("/persons")).json()["items"] == []


async def test_a_mailbox_is_not_flooded_with_links(world: Any, anybody: httpx2.AsyncClient, outbox: Any) -> None:
    many = SIGN_UPS_FOR_ADDRESS.amount
    spelled = ["kurt@post.example", "KURT@post.example"]
    answers = [await anybody.post("/sign-ups", json=sign_up(world, email=spelled[n % 2])) for n in range(many)]
    assert {answer.status_code for answer in answers} == {202}
    refused = await anybody.post("/sign-ups", json=sign_up(world))
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many")
    assert 0 < int(refused.headers["retry-after"]) <= 3600
    as_guardian = {"guardian_name": "Gerda Helfer", "guardian_email": "Kurt@post.example"}
    assert (await anybody.post("/sign-ups", json=sign_up(world) | child(**as_guardian))).status_code == 429
    assert len(await outbox.of(SignUpReceived)) == many
    control = await anybody.post("/sign-ups", json=sign_up(world, email="andere@post.example"))
    assert control.status_code == 202


async def test_one_visitor_does_not_sign_up_the_whole_district(world: Any, anybody: httpx2.AsyncClient) -> None:
    many = SIGN_UPS_FOR_CLIENT.amount
    asked = [anybody.post("/sign-ups", json=sign_up(world, email=f"p{n}@post.example")) for n in range(many + 3)]
    statuses = sorted(answer.status_code for answer in await asyncio.gather(*asked))
    assert statuses == [202] * many + [429] * 3
    elsewhere = {"x-forwarded-for": "203.0.113.7"}
    control = await anybody.post("/sign-ups", json=sign_up(world), headers=elsewhere)
    assert control.status_code == 202, "the portal names its visitors; each of them has a count of their own"


async def test_what_is_refused_or_repeated_does_not_count(world: Any, anybody: httpx2.AsyncClient) -> None:
    for _ in range(SIGN_UPS_FOR_ADDRESS.amount + 1):
        assert (await anybody.post("/sign-ups", json=sign_up(world, fields=["unbekannt"]))).status_code == 422
    again = {"idempotency-key": "one"}
    for _ in range(SIGN_UPS_FOR_ADDRESS.amount + 1):
        assert (await anybody.post("/sign-ups", json=sign_up(world), headers=again)).status_code == 202


async def test_a_guardian_takes_back_what_they_agreed_to_by_the_same_link(
    world: Any, anybody: httpx2.AsyncClient, outbox: Any, sessions: async_sessionmaker[AsyncSession]
) -> None:
    agreed = [{"purpose": one, "text_version": "2026-11"} for one in ("contact", "newsletter")]
    await anybody.post("/sign-ups", json=sign_up(world, consents=agreed) | child())  # with an address of its own
    token = await link(outbox)
    header = {"guardian-token": token}
    assert (await anybody.get("/guardian-consents", headers=header)).status_code == 404, "nobody has confirmed yet"
    await anybody.post("/sign-ups/confirmation", json={"token": token})
    given = (await anybody.get("/guardian-consents", headers=header)).json()
    assert given == {"name": "Kurt Helfer", "purposes": ["contact", "newsletter"]}
    withdrawal = {"token": token, "purpose": "newsletter"}
    guessed = await anybody.post("/guardian-consents/withdrawal", json=withdrawal | {"token": "erraten"})
    assert guessed.status_code == 404
    assert (await anybody.get("/guardian-consents", headers=header)).json() == given
    for _ in range(2):
        assert (await anybody.post("/guardian-consents/withdrawal", json=withdrawal)).status_code == 204
    assert (await anybody.get("/guardian-consents", headers=header)).json()["purposes"] == ["contact"]
    [withdrawn] = await outbox.of(ConsentWithdrawn)
    assert withdrawn.data.purpose == "newsletter"
    async with sessions() as session:
        [known] = (await session.execute(sa.text("SELECT guardian_link::text FROM guardian_link"))).scalars()
    assert token not in known


async def test_from_16_the_guardian_has_no_say_any_more(
    world: Any, anybody: httpx2.AsyncClient, outbox: Any, sessions: async_sessionmaker[AsyncSession]
) -> None:
    await anybody.post("/sign-ups", json=sign_up(world) | child())
    token = await link(outbox)
    await anybody.post("/sign-ups/confirmation", json={"token": token})
    async with sessions() as session, session.begin():
        await session.execute(sa.update(Person).values(birth_date=date(2001, 1, 1)))
    assert (await anybody.get("/guardian-consents", headers={"guardian-token": token})).status_code == 404
    withdrawal = {"token": token, "purpose": "contact"}
    assert (await anybody.post("/guardian-consents/withdrawal", json=withdrawal)).status_code == 404
    assert await outbox.of(ConsentWithdrawn) == []


async def test_the_link_of_a_grown_up_is_no_guardians(world: Any, anybody: httpx2.AsyncClient, outbox: Any) -> None:
    await anybody.post("/sign-ups", json=sign_up(world))
    token = await link(outbox)
    await anybody.post("/sign-ups/confirmation", json={"token": token})
    assert (await anybody.get("/guardian-consents", headers={"guardian-token": token})).status_code == 404
