"""Saying that an entry holds: by the mailed link, by its contact, by staff; and who stands on the list."""

import asyncio
from typing import Any

import httpx2
import pytest
from registry.clock import today
from registry.freshness.asking import look
from registry.freshness.model import ConfirmationLink
from shared.contracts.registry import OrganisationChanged
from sqlalchemy import func, select, update
from testkit.tokens import association_contact


@pytest.fixture
async def asked(months_ago: Any, world: Any, age: Any, sessions: Any, mailed: Any) -> Any:
    """An association whose two contacts were just asked, and the secrets of their links."""
    entered = await world.enter("Heimatverein Gossa", goals="Das Dorf beleben")
    await world.appoint(entered, "Erna Beispiel")
    await world.appoint(entered, "Hilde Muster", function="treasurer")
    await age(entered, entered=months_ago(12))
    await look(sessions)
    return entered, [one.token for one in await mailed()]


async def test_a_link_shows_the_entry_and_confirms_it_once(
    asked: Any, anybody: httpx2.AsyncClient, outbox: Any, sessions: Any
) -> None:
    _, (first, second) = asked
    shown = await anybody.get("/entry-confirmations/by-token", headers={"confirmation-token": first})
    assert (shown.json()["organisation"]["goals"], shown.json()["village"]) == ("Das Dorf beleben", "Gossa")
    assert "beispiel" not in shown.text.lower(), "the link shows people"
    answers = await asyncio.gather(
        *(anybody.post("/entry-confirmations", json={"token": token}) for token in (first, first, second))
    )
    assert sorted(answer.status_code for answer in answers) == [204, 404, 404]
    [told] = await outbox.of(OrganisationChanged)
    assert (told.data.confirmed_on, told.data.stale_since) == (today(), None)
    for token in (first, second):
        gone = await anybody.get("/entry-confirmations/by-token", headers={"confirmation-token": token})
        assert gone.status_code == 404
    async with sessions() as session:
        assert await session.scalar(select(func.count()).select_from(ConfirmationLink)) == 0
    await look(sessions)
    assert len(await outbox.of(OrganisationChanged)) == 1


async def test_a_link_changes_what_the_organisation_says_about_itself(
    asked: Any, anybody: httpx2.AsyncClient, outbox: Any
) -> None:
    entered, (token, _) = asked
    path, proof = "/entry-confirmations/by-token", {"confirmation-token": token}
    for staffs_own in ({"publication": "hidden"}, {"kind": "company"}, {"village_id": entered["village_id"]}):
        assert (await anybody.patch(path, json=staffs_own, headers=proof)).status_code == 422
    wrong = await anybody.patch(path, json={"founded_on": "1990-02-31", "members": 3}, headers=proof)
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "founded_on")
    lonely = await anybody.patch(path, json={"register_number": "VR 1", "members": 3}, headers=proof)
    assert lonely.status_code == 422
    assert await outbox.of(OrganisationChanged) == []
    changed = await anybody.patch(path, json={"members": 40, "goals": "Neu"}, headers=proof)
    assert (changed.status_code, changed.json()["members"], changed.json()["confirmed_on"]) == (200, 40, str(today()))
    [told] = await outbox.of(OrganisationChanged)
    assert (told.data.goals, told.data.members) == ("Neu", 40)
    assert (await anybody.patch(path, json={"members": 1}, headers=proof)).status_code == 404


async def test_a_link_opens_nothing_after_its_time(asked: Any, anybody: httpx2.AsyncClient, sessions: Any) -> None:
    _, (token, _) = asked
    async with sessions.begin() as session:
        await session.execute(update(ConfirmationLink).values(expires_at=func.now()))
    assert (await anybody.post("/entry-confirmations", json={"token": token})).status_code == 404
    assert (await anybody.post("/entry-confirmations", json={"token": "x" * 43})).status_code == 404


async def test_staff_and_the_contact_confirm_without_a_link(
    world: Any, asked: Any, anybody: httpx2.AsyncClient
) -> None:
    entered, (token, _) = asked
    path = f"/organisations/{entered['id']}/confirmation"
    assert (await (await world.foreign_officer()).post(path)).status_code == 404
    for client in (await world.coordinator(), await world.log_in(association_contact(entered["id"]))):
        assert (await client.post(path)).json()["confirmed_on"] == str(today())
    assert (await world.officer.get("/unconfirmed-organisations")).json()["items"] == []
    assert (await anybody.post("/entry-confirmations", json={"token": token})).status_code == 404


async def test_staff_ask_at_once_but_once_a_day(world: Any, mailed: Any) -> None:
    entered = await world.enter()
    path = f"/organisations/{entered['id']}/confirmation-requests"
    nobody = await world.officer.post(path)
    assert (nobody.status_code, nobody.json()["code"]) == (409, "nobody_to_mail")
    await world.appoint(entered)
    assert (await (await world.coordinator()).post(path)).status_code == 204
    again = await world.officer.post(path)
    assert (again.status_code, again.json()["code"]) == (409, "asked_today")
    assert len(await mailed()) == 1


async def test_the_list_says_why_and_whom_to_call(months_ago: Any, world: Any, age: Any, sessions: Any) -> None:
    silent = await world.enter("A Stumm")
    no_email = await world.enter("B Ohne Adresse", village=world.pouch)
    no_contact = await world.enter("C Ohne Mensch", kind="company")
    await world.enter("D Neu")
    elsewhere = await world.enter("E Anderswo", village=world.loeberitz)
    await world.appoint(silent)
    await world.appoint(no_email, person={"name": "Otto Telefon", "phone": "03493 12345"})
    for one in (silent, no_email, no_contact, elsewhere):
        await age(one, entered=months_ago(13))
    await look(sessions)

    async def listed(client: httpx2.AsyncClient, **filters: Any) -> list[tuple[str, str]]:
        items = (await client.get("/unconfirmed-organisations", params=filters)).json()["items"]
        return [(item["name"], item["reason"]) for item in items]

    all_of_them = [
        ("A Stumm", "silent"),
        ("B Ohne Adresse", "no_email"),
        ("C Ohne Mensch", "no_contact"),
        ("E Anderswo", "no_contact"),
    ]
    assert await listed(world.officer) == all_of_them
    assert await listed(world.officer, reason="no_email") == all_of_them[1:2]
    assert await listed(world.officer, stale=True) == all_of_them[1:]
    assert await listed(world.officer, stale=False) == all_of_them[:1]
    assert await listed(world.officer, kind="company") == all_of_them[2:3]
    assert await listed(await world.coordinator()) == [all_of_them[0], all_of_them[2]]
    assert await listed(await world.foreign_officer()) == all_of_them[3:]
    page = (await world.officer.get("/unconfirmed-organisations", params={"limit": 2})).json()
    following = {"limit": 2, "after": page["next"]}
    assert await listed(world.officer, **following) == all_of_them[2:]
    shown = (await world.officer.get("/unconfirmed-organisations", params={"reason": "no_email"})).json()["items"][0]
    assert shown["contacts"][0]["person"]["phone"] == "+49349312345"
    assert shown["stale_since"] == str(today())
