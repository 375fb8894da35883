"""Granting, handing over and ending lead mandates over HTTP."""

import asyncio
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
import sqlalchemy as sa
from registry.lead_mandates.model import ONE_LEAD_AT_A_TIME, LeadMandate
from registry.territory import queries as territory
from registry.territory.model import Village
from shared.contracts.registry import LeadMandateEnded, LeadMandateGranted, VillageChanged
from shared.settings import Settings
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from testkit.databases import Databases


async def test_a_lead_is_granted_and_told(world: Any, anybody: httpx2.AsyncClient, outbox: Any) -> None:
    entered = await world.enter()
    granted = await world.lead(entered, "2024-05-01")
    shown = (await anybody.get("/lead-mandates", params={"network": "heidedoerfer", "on": "2024-05-01"})).json()
    assert shown["items"] == [granted]
    assert (await anybody.get("/lead-mandates", params={"on": "2024-04-30"})).json()["items"] == []
    for number in ("0", "1714521600", "1e9"):  # no day: it would be read as seconds since 1970
        assert (await anybody.get("/lead-mandates", params={"on": number})).status_code == 422
    told = (await outbox.of(LeadMandateGranted))[0]
    assert (told.subject, told.networkid, told.data.until) == (world.gossa["id"], "heidedoerfer", None)
    assert (str(told.data.organisation_id), told.data.starts_on) == (entered["id"], date(2024, 5, 1))


async def test_succession_in_one_step(world: Any, anybody: httpx2.AsyncClient, outbox: Any) -> None:
    old = await world.lead(await world.enter("Alt"))
    successor = await world.enter("Neu")
    new = await world.lead(successor, "2025-03-01", replaces=old["id"])
    mandates = (await anybody.get("/lead-mandates", params={"village_id": world.gossa["id"]})).json()["items"]
    assert mandates == [old | {"until": "2025-02-28"}, new]
    ended = (await outbox.of(LeadMandateEnded))[0]
    granted = (await outbox.of(LeadMandateGranted))[1]
    assert ended.data.until == date(2025, 2, 28)
    assert granted.sequence == ended.sequence + 1


async def test_a_mandate_that_began_today_can_be_corrected(world: Any, anybody: httpx2.AsyncClient) -> None:
    wrong = await world.lead(await world.enter("Falsch"))
    right = await world.lead(await world.enter("Richtig"), replaces=wrong["id"])
    assert (await anybody.get("/lead-mandates")).json()["items"] == [right]


async def test_an_overlap_is_refused_and_leaves_nothing(world: Any, outbox: Any) -> None:
    await world.lead(await world.enter("Eins"))
    two = await world.enter("Zwei")
    before = await outbox.size()
    body = {"village_id": world.gossa["id"], "organisation_id": two["id"], "starts_on": "2030-01-01"}
    answer = await world.officer.post("/lead-mandates", json=body)
    assert answer.status_code == 409
    assert answer.json()["errors"] == [
        {
            "field": "starts_on",
            "message": "Gossa hat in dieser Zeit schon einen federführenden Verein.",
            "code": "village_has_lead",
        }
    ]
    assert await outbox.size() == before


async def grant_to_eight_at_once(world: Any) -> int:
    """How many of eight associations became the lead of Gossa."""
    candidates = [await world.enter(f"Verein {number}") for number in range(8)]
    bodies = [
        {"village_id": world.gossa["id"], "organisation_id": one["id"], "starts_on": "2026-01-01"} for one in candidates
    ]
    answers = await asyncio.gather(*(world.officer.post("/lead-mandates", json=body) for body in bodies))
    assert {answer.status_code for answer in answers} <= {201, 409}
    return [answer.status_code for answer in answers].count(201)


def take_out_the_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    """All eight have read the village before the first goes on, so that they do meet, however busy the machine is."""

    async def village_named(session: AsyncSession, village_id: UUID, *, lock: bool = False) -> Village:
        village = await unlocked(session, village_id)
        if lock:
            await everybody_has_read.wait()
        return village

    everybody_has_read = asyncio.Barrier(8)

    unlocked = territory.village_named
    monkeypatch.setattr(territory, "village_named", village_named)


async def take_out_the_constraint(databases: Databases, settings: Settings) -> None:
    owner = create_async_engine(databases.owner_url(settings.database_url))
    async with owner.begin() as connection:
        await connection.execute(sa.text(f"ALTER TABLE lead_mandate DROP CONSTRAINT {ONE_LEAD_AT_A_TIME}"))
    await owner.dispose()


def take_out_the_version(monkeypatch: pytest.MonkeyPatch) -> None:
    """A grant no longer counts as a change of its village, so two at the same time do not meet there."""
    monkeypatch.setattr(Village, "touch", lambda _village: None)


async def test_of_many_at_once_exactly_one_wins(world: Any, outbox: Any) -> None:
    assert await grant_to_eight_at_once(world) == 1
    assert len(await outbox.of(LeadMandateGranted)) == 1


async def test_one_wins_by_the_constraint_alone(world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    take_out_the_lock(monkeypatch)
    take_out_the_version(monkeypatch)
    assert await grant_to_eight_at_once(world) == 1


async def test_one_wins_by_the_lock_alone(
    world: Any, monkeypatch: pytest.MonkeyPatch, databases: Databases, settings: Settings
) -> None:
    take_out_the_version(monkeypatch)
    await take_out_the_constraint(databases, settings)
    assert await grant_to_eight_at_once(world) == 1


async def test_one_wins_by_the_version_alone(
    world: Any, monkeypatch: pytest.MonkeyPatch, databases: Databases, settings: Settings
) -> None:
    take_out_the_lock(monkeypatch)
    await take_out_the_constraint(databases, settings)
    assert await grant_to_eight_at_once(world) == 1


async def test_control_run_without_any_of_them_several_win(
    world: Any, monkeypatch: pytest.MonkeyPatch, databases: Databases, settings: Settings
) -> None:
    take_out_the_lock(monkeypatch)
    take_out_the_version(monkeypatch)
    await take_out_the_constraint(databases, settings)
    assert await grant_to_eight_at_once(world) > 1


async def test_two_successors_at_once_exactly_one_wins(world: Any) -> None:
    present = await world.lead(await world.enter("Bisher"))
    candidates = [await world.enter(f"Verein {number}") for number in range(4)]
    bodies = [
        {
            "village_id": world.gossa["id"],
            "organisation_id": one["id"],
            "starts_on": "2026-01-01",
            "replaces": present["id"],
        }
        for one in candidates
    ]
    answers = await asyncio.gather(*(world.officer.post("/lead-mandates", json=body) for body in bodies))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]


async def test_the_database_refuses_overlaps_by_itself(world: Any, sessions: async_sessionmaker[AsyncSession]) -> None:
    organisation = await world.enter()
    ids = {"village_id": UUID(world.gossa["id"]), "organisation_id": UUID(organisation["id"])}
    async with sessions() as session:
        session.add(LeadMandate(**ids, starts_on=date(2024, 1, 1), until=date(2023, 12, 31)))  # covers no day
        session.add(LeadMandate(**ids, starts_on=date(2024, 1, 1), until=date(2024, 6, 30)))
        session.add(LeadMandate(**ids, starts_on=date(2024, 7, 1), until=None))
        await session.flush()
        session.add(LeadMandate(**ids, starts_on=date(2024, 6, 30), until=date(2024, 6, 30)))
        with pytest.raises(IntegrityError, match=ONE_LEAD_AT_A_TIME):
            await session.flush()


async def test_a_mandate_is_ended_once(world: Any, outbox: Any) -> None:
    granted = await world.lead(await world.enter())
    path = f"/lead-mandates/{granted['id']}"
    ended = await world.officer.patch(path, json={"until": "2024-12-31"})
    assert ended.json() == granted | {"until": "2024-12-31"}
    longer = await world.officer.patch(path, json={"until": "2025-12-31"})
    assert (longer.status_code, longer.json()["code"]) == (409, "mandate_ended")
    before_it_began = await world.officer.patch(path, json={"until": "2020-01-01"})
    assert before_it_began.json()["errors"][0]["field"] == "until"
    assert len(await outbox.of(LeadMandateEnded)) == 1


async def test_mandates_and_village_share_one_sequence(world: Any, outbox: Any) -> None:
    await world.lead(await world.enter())
    await world.officer.patch(f"/villages/{world.gossa['id']}", json={"name": "Gossa am See"})
    granted = (await outbox.of(LeadMandateGranted))[0]
    renamed = (await outbox.of(VillageChanged))[-1]
    assert renamed.sequence == granted.sequence + 1


BAD: list[tuple[dict[str, Any], int, str]] = [
    ({"starts_on": "2024-02-31"}, 422, "starts_on"),
    ({"starts_on": 20240101}, 422, "starts_on"),
    ({"starts_on": "9999-12-31"}, 422, "starts_on"),
    ({"until": "2023-12-31"}, 409, "until"),
    ({"organisation_id": str(uuid4())}, 422, "organisation_id"),
    ({"village_id": str(uuid4())}, 422, "village_id"),
    ({"replaces": str(uuid4())}, 409, "replaces"),
    ({"starts_on": None}, 422, "starts_on"),
]


async def test_bad_input(world: Any, subtests: pytest.Subtests) -> None:
    organisation = await world.enter()
    body = {"village_id": world.gossa["id"], "organisation_id": organisation["id"], "starts_on": "2024-01-01"}
    for change, status, field in BAD:
        with subtests.test(field, change=str(change)):
            answer = await world.officer.post("/lead-mandates", json=body | change)
            assert (answer.status_code, [error["field"] for error in answer.json()["errors"]]) == (status, [field])
    assert (await world.officer.get("/lead-mandates")).json()["items"] == []


async def test_who_may_grant_a_lead(world: Any, anybody: httpx2.AsyncClient) -> None:
    in_gossa, in_pouch = await world.enter("In Gossa"), await world.enter("In Pouch", village=world.pouch)
    for client, gossa, pouch in (
        (anybody, 401, 401),
        (await world.foreign_officer(), 403, 403),
        (await world.coordinator(), 201, 403),
        (await world.municipality_officer(), 409, 201),
    ):
        for organisation, status in ((in_gossa, gossa), (in_pouch, pouch)):
            body = {
                "village_id": organisation["village_id"],
                "organisation_id": organisation["id"],
                "starts_on": "2024-01-01",
            }
            assert (await client.post("/lead-mandates", json=body)).status_code == status
    mandate = (await anybody.get("/lead-mandates")).json()["items"][0]
    foreign = await world.foreign_officer()
    assert (await foreign.patch(f"/lead-mandates/{mandate['id']}", json={"until": "2024-06-01"})).status_code == 404
    assert (await world.officer.patch(f"/lead-mandates/{uuid4()}", json={"until": "2024-06-01"})).status_code == 404
