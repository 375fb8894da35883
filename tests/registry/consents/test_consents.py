"""Giving consents and taking them back: oneself, staff on somebody's behalf, and by a mail's link."""

import asyncio
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
import sqlalchemy as sa
from registry.consents.model import Consent, UnsubscribeLink
from shared.access.grants import Grant, Role, ScopeKind
from shared.audit.tables import audit_entry
from shared.contracts.registry import ConsentGiven, ConsentWithdrawn, ProfilePublished, ProfileWithdrawn

PURPOSES = ["contact", "publication", "newsletter", "sharing", "photos"]
MYSELF = Grant(role=Role.VOLUNTEER, scope=ScopeKind.ONESELF)


@pytest.fixture
async def kurt(world: Any, volunteer: Any, log_in: Any) -> httpx2.AsyncClient:
    """A volunteer, logged in."""
    entered = await volunteer()
    client: httpx2.AsyncClient = await log_in(MYSELF, person=UUID(entered["person"]["id"]))
    client.headers["x-person"] = entered["person"]["id"]
    return client


async def agree(client: httpx2.AsyncClient, purpose: str, **changes: Any) -> httpx2.Response:
    return await client.post(f"/me/consents/{purpose}", json={"given": True, "text_version": "2026-11"} | changes)


def given_in(answer: httpx2.Response) -> set[str]:
    assert answer.status_code == 200, answer.text
    return {item["purpose"] for item in answer.json()["items"] if item["consent"]}


async def test_the_words_are_shown_for_each_purpose(anybody: httpx2.AsyncClient) -> None:
    texts = (await anybody.get("/consent-texts")).json()["items"]
    assert [text["purpose"] for text in texts] == PURPOSES
    assert all("jederzeit" in text["text"] for text in texts)


async def test_a_person_gives_and_withdraws(kurt: httpx2.AsyncClient, outbox: Any) -> None:
    assert given_in(await kurt.get("/me/consents")) == {"contact"}
    for purpose in PURPOSES:
        assert purpose in given_in(await agree(kurt, purpose))
    for left, purpose in enumerate(reversed(PURPOSES), start=1):
        answer = await kurt.post(f"/me/consents/{purpose}/withdrawal")
        assert given_in(answer) == set(PURPOSES[: len(PURPOSES) - left])
    history = (await kurt.get("/me/consents")).json()["history"]
    assert {(one["purpose"], one["withdrawn_channel"]) for one in history} == {(one, "web") for one in PURPOSES}
    given, withdrawn = await outbox.of(ConsentGiven), await outbox.of(ConsentWithdrawn)
    assert {event.subject for event in given} == {event.subject for event in withdrawn}
    assert all(event.sequence == 1 for event in given)
    assert all(event.sequence == 2 for event in withdrawn)


async def test_doing_it_twice_changes_nothing(kurt: httpx2.AsyncClient, outbox: Any) -> None:
    for _ in range(2):
        await agree(kurt, "photos")
    for _ in range(2):
        await kurt.post("/me/consents/photos/withdrawal")
    assert len([one for one in await outbox.of(ConsentGiven) if one.data.purpose == "photos"]) == 1
    assert len(await outbox.of(ConsentWithdrawn)) == 1


async def test_at_once_is_given_once(kurt: httpx2.AsyncClient, outbox: Any) -> None:
    answers = await asyncio.gather(*(agree(kurt, "photos") for _ in range(6)))
    assert {answer.status_code for answer in answers} == {200}
    assert len([one for one in await outbox.of(ConsentGiven) if one.data.purpose == "photos"]) == 1


async def test_given_again_is_a_new_consent_and_history_stays(kurt: httpx2.AsyncClient) -> None:
    await agree(kurt, "photos")
    await kurt.post("/me/consents/photos/withdrawal")
    history = (await agree(kurt, "photos")).json()["history"]
    photos = [one for one in history if one["purpose"] == "photos"]
    assert [one["withdrawn_at"] is None for one in photos] == [True, False]
    assert photos[0]["id"] != photos[1]["id"]


@pytest.mark.parametrize("change", [{"given": False}, {"given": 1}, {"text_version": "2020-01"}, {"extra": 1}])
async def test_nothing_but_these_words_is_agreed_to(kurt: httpx2.AsyncClient, change: dict[str, Any]) -> None:
    assert (await agree(kurt, "photos", **change)).status_code == 422
    assert given_in(await kurt.get("/me/consents")) == {"contact"}


async def test_newer_words_replace_older_ones(kurt: httpx2.AsyncClient, sessions: Any, outbox: Any, world: Any) -> None:
    await agree(kurt, "publication")
    async with sessions() as session, session.begin():
        older = sa.update(Consent).where(Consent.purpose == "publication").values(text_version="2025-01")
        await session.execute(older)
    answer = await agree(kurt, "publication")
    [state] = [item for item in answer.json()["items"] if item["purpose"] == "publication"]
    assert state["consent"]["text_version"] == "2026-11"
    assert [one["withdrawn_channel"] for one in answer.json()["history"] if one["withdrawn_at"]] == ["renewed"]
    published, withdrawn = await outbox.of(ProfilePublished), await outbox.of(ProfileWithdrawn)
    assert [event.data.profile_id for event in withdrawn] == [published[0].data.profile_id]
    assert str(published[1].data.profile_id) == state["consent"]["id"]


async def test_staff_records_what_somebody_said(world: Any, kurt: httpx2.AsyncClient, sessions: Any) -> None:
    path = f"/persons/{kurt.headers['x-person']}/consents"
    coordinator = await world.coordinator()
    body = {"purpose": "photos", "text_version": "2026-11", "channel": "paper", "given_on": "2026-09-30"}
    assert given_in(await coordinator.post(path, json=body)) == {"contact", "photos"}
    answer = await coordinator.post(f"{path}/photos/withdrawal", json={"channel": "in_person"})
    assert given_in(answer) == {"contact"}
    photos = next(one for one in answer.json()["history"] if one["purpose"] == "photos")
    assert (photos["channel"], photos["given_on"], photos["withdrawn_channel"]) == ("paper", "2026-09-30", "in_person")
    assert photos["recorded_by"] == photos["withdrawn_by"] is not None
    async with sessions() as session:
        entries = (await session.execute(sa.select(audit_entry).order_by(audit_entry.c.position))).all()
    person = UUID(kurt.headers["x-person"])
    done = [entry.action for entry in entries if person in entry.persons and entry.actor == UUID(photos["recorded_by"])]
    assert done[-2:] == ["consent.given", "consent.withdrawn"]
    assert world.network["id"] in entries[-1].scopes
    assert "Kurt" not in str(entries)


async def test_foreign_staff_sees_and_records_nothing(world: Any, kurt: httpx2.AsyncClient, outbox: Any) -> None:
    path, foreign = f"/persons/{kurt.headers['x-person']}/consents", await world.foreign_officer()
    missing = await foreign.get(f"/persons/{uuid4()}/consents")
    before = await outbox.size()
    body = {"purpose": "photos", "text_version": "2026-11", "channel": "paper"}
    for answer in (
        await foreign.get(path),
        await foreign.post(path, json=body),
        await foreign.post(f"{path}/contact/withdrawal", json={"channel": "paper"}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (404, missing.json()["code"])
    assert (await kurt.get(path)).status_code == 403
    assert await outbox.size() == before


async def test_the_newsletter_comes_from_ones_networks(world: Any, kurt: httpx2.AsyncClient, outbox: Any) -> None:
    await agree(kurt, "newsletter")
    [given] = [event for event in await outbox.of(ConsentGiven) if event.data.purpose == "newsletter"]
    assert (given.data.networks, given.data.everywhere) == (["heidedoerfer"], False)
    other = (
        await world.officer.post("/networks", json={"name": "Fuhneaue", "village_ids": [world.loeberitz["id"]]})
    ).json()
    association = await world.enter("Fuhneverein", village=world.loeberitz)
    person_id = kurt.headers["x-person"]
    contact = {"organisation_id": association["id"], "function": "chair", "person_id": person_id}
    appointed = (await world.officer.post("/contacts", json=contact)).json()
    await world.officer.delete(f"/contacts/{appointed['id']}")
    told = [event for event in await outbox.of(ConsentGiven) if event.data.purpose == "newsletter"]
    assert [event.data.networks for event in told] == [
        ["heidedoerfer"], sorted(["heidedoerfer", other["slug"]]), ["heidedoerfer"],
    ]  # fmt: skip
    assert [event.sequence for event in told] == [1, 2, 3]


async def test_the_newsletter_follows_a_village_to_its_network(
    world: Any, kurt: httpx2.AsyncClient, volunteer: Any, log_in: Any, outbox: Any
) -> None:
    elsewhere = await volunteer(
        name="Lea Fern", email="lea@post.example", areas=[{"kind": "village", "id": world.loeberitz["id"]}]
    )
    lea = await log_in(MYSELF, person=UUID(elsewhere["person"]["id"]))
    await agree(kurt, "newsletter")
    await agree(lea, "newsletter")
    network = (await world.officer.get("/networks")).json()["items"][0]
    villages = network["village_ids"]
    home = world.gossa["id"]

    async def cover(*village_ids: str) -> list[tuple[str, list[str]]]:
        before = len(await outbox.of(ConsentGiven))
        seen = (await world.officer.get(f"/networks/{network['id']}")).headers["etag"]
        answer = await world.officer.patch(
            f"/networks/{network['id']}", json={"village_ids": village_ids}, headers={"if-match": seen}
        )
        assert answer.status_code == 200, answer.text
        told = (await outbox.of(ConsentGiven))[before:]
        return [(str(event.data.person_id), event.data.networks) for event in told]

    without = [one for one in villages if one != home]
    kurts, leas = kurt.headers["x-person"], elsewhere["person"]["id"]
    assert await cover(*without) == [(kurts, [])]
    assert await cover(*villages) == [(kurts, ["heidedoerfer"])]
    assert await cover(*villages) == [], "nothing has changed"
    await kurt.post("/me/consents/newsletter/withdrawal")
    assert await cover(*without, world.loeberitz["id"]) == [(leas, ["heidedoerfer"])], "who has withdrawn is told of"


async def test_the_link_of_any_mail_unsubscribes(
    kurt: httpx2.AsyncClient, anybody: httpx2.AsyncClient, outbox: Any, sessions: Any
) -> None:
    await agree(kurt, "newsletter")
    first = (await outbox.of(ConsentGiven))[-1].data.unsubscribe_token
    async with sessions() as session:
        stored = (await session.scalars(sa.select(UnsubscribeLink.token_hash))).all()
    assert first.encode() not in b"".join(stored)
    assert (await anybody.post("/unsubscriptions", json={"token": "erraten"})).status_code == 204
    assert "newsletter" in given_in(await kurt.get("/me/consents"))
    for _ in range(2):
        assert (await anybody.post("/unsubscriptions", json={"token": first})).status_code == 204
    assert given_in(await kurt.get("/me/consents")) == {"contact"}
    await agree(kurt, "newsletter")
    await anybody.post("/unsubscriptions", json={"token": first})
    state = await kurt.get("/me/consents")
    assert given_in(state) == {"contact"}, "the link of an old mail did nothing"
    assert state.json()["history"][0]["withdrawn_channel"] == "link"


async def test_under_16_only_a_guardian_agrees(world: Any, volunteer: Any, log_in: Any) -> None:
    entered = await volunteer(birth_date=_years_ago(15), guardian="Gerda Helfer", channel="paper")
    child = await log_in(MYSELF, person=UUID(entered["person"]["id"]))
    consents = (await child.get("/me/consents")).json()
    assert (consents["under_16"], consents["history"][0]["guardian"]) == (True, "Gerda Helfer")
    assert (await agree(child, "photos")).json()["code"] == "guardian_needed"
    path = f"/persons/{entered['person']['id']}/consents"
    body = {"purpose": "photos", "text_version": "2026-11", "channel": "paper"}
    assert (await world.officer.post(path, json=body)).json()["code"] == "guardian_needed"
    assert "photos" in given_in(await world.officer.post(path, json=body | {"guardian": "Gerda Helfer"}))
    assert given_in(await child.post("/me/consents/photos/withdrawal")) == {"contact"}


async def test_from_16_one_agrees_oneself(world: Any, volunteer: Any, log_in: Any, sessions: Any) -> None:
    entered = await volunteer(birth_date=_years_ago(16), guardian="Gerda Helfer")
    youth = await log_in(MYSELF, person=UUID(entered["person"]["id"]))
    assert (await youth.get("/me/consents")).json()["history"][0]["guardian"] is None
    assert "photos" in given_in(await agree(youth, "photos"))


def _years_ago(years: int) -> str:
    today = date.today()  # noqa: DTZ011 - the test's own day; midnight in Berlin is handled by the margin of a day
    return date(today.year - years, today.month, min(today.day, 28)).isoformat()
