"""A new municipality takes over the villages of old ones: on its day, with all rights, and history stays."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from registry.clock import today
from registry.mergers.handlers import complete_due
from registry.mergers.model import Merger
from shared.audit.tables import audit_entry
from shared.contracts.registry import (
    MergerCancelled,
    MergerCompleted,
    MergerPlanned,
    MunicipalityDissolved,
    MunicipalityRegistered,
    VillageChanged,
)
from shared.database import transaction
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

Sessions = async_sessionmaker[AsyncSession]
Merge = Callable[..., Awaitable[Any]]
DAY = today().replace(day=1)  # of this month: it has come
BEFORE = DAY - timedelta(days=1)


@pytest.fixture
def merge(world: Any) -> Merge:
    """Muldestausee and Zörbig become one."""

    async def merging(path: str = "/mergers", **facts: Any) -> Any:
        both = [world.muldestausee["id"], world.zoerbig["id"]]
        body = {"ags": "15082500", "name": "Heideland", "effective_on": DAY.isoformat(), "municipality_ids": both}
        return await world.officer.post(path, json={**body, **facts})

    return merging


async def _territory(world: Any, day: Any) -> dict[str, list[str]]:
    answer = (await world.officer.get(f"/territory?on={day}")).json()
    return {one["ags"]: [village["name"] for village in one["villages"]] for one in answer["municipalities"]}


async def test_the_villages_move_and_history_stays(world: Any, merge: Merge, outbox: Any) -> None:
    merged = await merge()
    assert merged.status_code == 201, merged.text
    new = merged.json()["municipality_id"]
    villages = (await world.officer.get("/villages")).json()["items"]
    assert {village["municipality_id"] for village in villages} == {new}
    assert [village["network"] for village in villages] == ["heidedoerfer", "heidedoerfer", None, None]
    assert await _territory(world, BEFORE) == {"15082241": ["Gossa", "Krina", "Pouch"], "15082440": ["Löberitz"]}
    assert await _territory(world, DAY) == {"15082500": ["Gossa", "Krina", "Löberitz", "Pouch"]}
    listed = (await world.officer.get("/municipalities")).json()["items"]
    assert [one["name"] for one in listed] == ["Heideland"]
    kept = (await world.officer.get("/municipalities?dissolved=true")).json()["items"]
    old = {one["name"]: (one["successor_id"], one["dissolved_on"]) for one in kept if one["id"] != new}
    assert old == {"Muldestausee": (new, DAY.isoformat()), "Zörbig": (new, DAY.isoformat())}
    assert str((await outbox.of(MunicipalityRegistered))[-1].data.municipality_id) == new
    dissolved = {event.data.name: str(event.data.successor_id) for event in await outbox.of(MunicipalityDissolved)}
    assert dissolved == {"Muldestausee": new, "Zörbig": new}
    told = (await outbox.of(VillageChanged))[-4:]
    assert {str(event.data.municipality_id) for event in told} == {new}
    (completed,) = await outbox.of(MergerCompleted)
    assert str(completed.data.successor_id) == new


async def test_a_preview_tells_all_and_changes_nothing(world: Any, merge: Merge, outbox: Any) -> None:
    await world.officer.post("/villages", json={"municipality_id": world.zoerbig["id"], "name": "Gossa"})
    await world.enter("Heimatverein")
    before = await outbox.size()
    shown = (await merge("/mergers/preview")).json()
    assert {village["new_name"] for village in shown["villages"]} == {
        *("Gossa (Muldestausee)", "Gossa (Zörbig)"),
        *("Krina", "Löberitz", "Pouch"),
    }
    assert (shown["at_once"], shown["organisations"]) == (True, 1)
    assert await outbox.size() == before
    assert (await world.officer.get("/mergers")).json() == {"items": []}
    await merge()
    names = [village["name"] for village in (await world.officer.get("/villages")).json()["items"]]
    assert names == ["Gossa (Muldestausee)", "Gossa (Zörbig)", "Krina", "Löberitz", "Pouch"]


async def test_a_planned_merger_takes_place_once_on_its_day(
    world: Any, merge: Merge, outbox: Any, sessions: Sessions
) -> None:
    planned = (await merge(effective_on=(today() + timedelta(days=200)).isoformat())).json()
    await complete_due(sessions)
    assert (await world.officer.get("/mergers")).json()["items"][0]["completed_at"] is None
    assert len(await outbox.of(MergerPlanned)) == 1
    async with transaction(sessions) as session:
        await session.execute(sa.update(Merger).where(Merger.id == UUID(planned["id"])).values(effective_on=today()))
    await asyncio.gather(complete_due(sessions), complete_due(sessions))
    assert len(await outbox.of(MergerCompleted)) == 1
    assert await _territory(world, today()) == {"15082500": ["Gossa", "Krina", "Löberitz", "Pouch"]}


async def test_a_merger_can_be_cancelled_before_its_day(world: Any, merge: Merge, outbox: Any) -> None:
    path = f"/mergers/{(await merge(effective_on='2041-01-01')).json()['id']}"
    assert (await world.officer.delete(path)).status_code == 204
    assert len(await outbox.of(MergerCancelled)) == 1
    again = await world.officer.delete(path)
    assert (again.status_code, again.json()["code"]) == (409, "merger_is_over")
    assert (await merge(effective_on="2041-01-01")).status_code == 201


async def test_officers_have_the_same_role_in_the_new_municipality(
    world: Any, merge: Merge, sessions: Sessions
) -> None:
    person = {"name": "Otto Amtmann", "email": "otto@gemeinde.example"}
    otto = (await world.officer.post("/persons", json=person)).json()["id"]
    for seat, ends_on in ((world.muldestausee, "2041-06-30"), (world.zoerbig, None)):
        grant = {"person_id": otto, "role": "municipality_officer", "scope_id": seat["id"], "ends_on": ends_on}
        assert (await world.officer.post("/grants", json=grant)).is_success
    program = {"name": "Ratsinfo", "scope": "municipality", "scope_id": world.zoerbig["id"]}
    assert (await world.officer.post("/api-clients", json=program)).is_success
    new = (await merge()).json()["municipality_id"]
    (held,) = (await world.officer.get("/grants", params={"person_id": otto})).json()["items"]
    assert (held["role"], held["scope_id"], held["ends_on"]) == ("municipality_officer", new, None)
    (client,) = (await world.officer.get("/api-clients")).json()["items"]
    assert client["scope_id"] == new
    async with sessions() as session:
        noted = sa.select(audit_entry.c.action).where(audit_entry.c.persons.contains([UUID(otto)]))
        actions = list(await session.scalars(noted.order_by(audit_entry.c.position)))
    assert actions.count("grant.taken_back") == 2
    assert actions.count("grant.given") == 3, "of one for each old municipality, and the new one"


async def test_what_names_an_old_municipality_names_the_new_one(world: Any, merge: Merge) -> None:
    seats = (world.muldestausee, world.zoerbig)
    areas = [{"kind": "municipality", "id": seat["id"]} for seat in seats]
    association = await world.enter("Heimatverein", areas=areas)
    need = {"side": "need", "organisation_id": association["id"], "kind": "people", "title": "Hilfe", "area": areas[1]}
    entry = (await world.officer.post("/help-entries", json=need)).json()
    new = {"kind": "municipality", "id": (await merge()).json()["municipality_id"]}
    assert (await world.officer.get(f"/organisations/{association['id']}")).json()["areas"] == [new]
    assert (await world.officer.get(f"/help-entries/{entry['id']}")).json()["area"] == new


async def test_a_municipality_keeps_its_address_where_it_keeps_its_name(world: Any, merge: Merge) -> None:
    new = (await merge(name="Muldestausee")).json()["municipality_id"]
    (found,) = (await world.officer.get("/municipalities?slug=muldestausee")).json()["items"]
    assert found["id"] == new


async def test_of_two_mergers_at_the_same_moment_one_is_entered(world: Any, merge: Merge) -> None:
    answers = await asyncio.gather(
        merge(effective_on="2041-01-01"),
        merge(effective_on="2041-01-01", ags="15082501", name="Muldeland"),
    )
    assert sorted(answer.status_code for answer in answers) == [201, 409]


async def test_bad_mergers_are_refused(world: Any, merge: Merge, subtests: pytest.Subtests) -> None:
    bad: list[tuple[dict[str, Any], str, str]] = [
        ({"ags": "14082500"}, "foreign_ags", "ags"),
        ({"ags": "1508250"}, "ags", "ags"),
        ({"ags": "15082440"}, "ags_taken", "ags"),
        ({"municipality_ids": []}, "too_short", "municipality_ids"),
        ({"municipality_ids": [str(UUID(int=7))]}, "unknown_municipality", "municipality_id"),
        ({"effective_on": "31.02.2027"}, "date", "effective_on"),
    ]
    for facts, code, field in bad:
        with subtests.test(code):
            error = (await merge(**facts)).json()["errors"][0]
            assert (error["code"], error["field"]) == (code, field)
    new = (await merge()).json()["municipality_id"]
    again = await merge(ags="15082501")
    assert again.json()["code"] == "municipality_dissolved"
    early = await merge(ags="15082501", municipality_ids=[new], effective_on="2020-01-01")
    assert early.json()["code"] == "merger_too_early"
    renamed = await world.officer.patch(f"/municipalities/{world.zoerbig['id']}", json={"name": "Alt-Zörbig"})
    assert renamed.json()["code"] == "municipality_dissolved"
    village = await world.officer.post("/villages", json={"municipality_id": world.zoerbig["id"], "name": "Neudorf"})
    assert village.json()["code"] == "municipality_dissolved"


async def test_only_the_district_office_merges(world: Any, merge: Merge) -> None:
    body = {"ags": "15082500", "name": "Neu", "effective_on": "2041-01-01", "municipality_ids": [world.zoerbig["id"]]}
    for client in (await world.municipality_officer(), await world.coordinator()):
        assert (await client.post("/mergers", json=body)).status_code == 403
        assert (await client.get("/mergers")).status_code == 403


async def test_an_incorporation_leaves_the_other_municipality_as_it_is(world: Any, outbox: Any) -> None:
    await world.officer.post("/villages", json={"municipality_id": world.zoerbig["id"], "name": "Gossa"})
    areas = [{"kind": "municipality", "id": seat["id"]} for seat in (world.muldestausee, world.zoerbig)]
    association = await world.enter("Heimatverein", areas=areas)
    body = _incorporation(world)
    shown = (await world.officer.post("/mergers/preview", json=body)).json()
    assert (shown["name"], shown["ags"], shown["into_id"]) == ("Zörbig", "15082440", world.zoerbig["id"])
    assert {village["new_name"] for village in shown["villages"]} == {"Gossa (Muldestausee)", "Krina", "Pouch"}
    registered = len(await outbox.of(MunicipalityRegistered))
    merger = (await world.officer.post("/mergers", json=body)).json()
    assert (merger["municipality_id"], merger["into_id"]) == (world.zoerbig["id"], world.zoerbig["id"])
    assert await _territory(world, BEFORE) == {
        "15082241": ["Gossa (Muldestausee)", "Krina", "Pouch"],
        "15082440": ["Gossa", "Löberitz"],
    }
    assert await _territory(world, DAY) == {"15082440": ["Gossa", "Gossa (Muldestausee)", "Krina", "Löberitz", "Pouch"]}
    kept = (await world.officer.get(f"/municipalities/{world.muldestausee['id']}")).json()
    assert (kept["successor_id"], kept["dissolved_on"]) == (world.zoerbig["id"], DAY.isoformat())
    stays = (await world.officer.get(f"/municipalities/{world.zoerbig['id']}")).json()
    assert (stays["ags"], stays["name"], stays["dissolved_on"]) == ("15082440", "Zörbig", None)
    assert (await world.officer.get(f"/organisations/{association['id']}")).json()["areas"] == [areas[1]]
    assert len(await outbox.of(MunicipalityRegistered)) == registered
    (completed,) = await outbox.of(MergerCompleted)
    assert str(completed.data.into_id) == str(completed.data.successor_id) == world.zoerbig["id"]


async def test_who_holds_a_role_in_both_holds_it_once_afterwards(world: Any) -> None:
    held = {}
    for name, seats in (("Otto", (world.muldestausee, world.zoerbig)), ("Olga", (world.zoerbig,))):
        person = {"name": f"{name} Amtmann", "email": f"{name.lower()}@gemeinde.example"}
        held[name] = (await world.officer.post("/persons", json=person)).json()["id"]
        for seat in seats:
            grant = {"person_id": held[name], "role": "municipality_officer", "scope_id": seat["id"]}
            assert (await world.officer.post("/grants", json=grant)).is_success
    before = (await world.officer.get("/grants", params={"person_id": held["Olga"]})).json()["items"]
    assert (await world.officer.post("/mergers", json=_incorporation(world))).is_success
    (only,) = (await world.officer.get("/grants", params={"person_id": held["Otto"]})).json()["items"]
    assert (only["scope_id"], only["ends_on"]) == (world.zoerbig["id"], None)
    assert (await world.officer.get("/grants", params={"person_id": held["Olga"]})).json()["items"] == before


async def test_a_planned_incorporation_takes_place_on_its_day(world: Any, sessions: Sessions) -> None:
    body = _incorporation(world, effective_on=(today() + timedelta(days=200)).isoformat())
    planned = (await world.officer.post("/mergers", json=body)).json()
    async with transaction(sessions) as session:
        await session.execute(sa.update(Merger).where(Merger.id == UUID(planned["id"])).values(effective_on=today()))
    await complete_due(sessions)
    assert await _territory(world, today()) == {"15082440": ["Gossa", "Krina", "Löberitz", "Pouch"]}


async def test_bad_incorporations_are_refused(world: Any, merge: Merge, subtests: pytest.Subtests) -> None:
    later = "2041-01-01"
    assert (await world.officer.post("/mergers", json=_incorporation(world, effective_on=later))).is_success
    third = (await world.officer.post("/municipalities", json={"ags": "15082430", "name": "Südland"})).json()["id"]
    fourth = (await world.officer.post("/municipalities", json={"ags": "15082431", "name": "Nordland"})).json()["id"]
    bad: list[tuple[dict[str, Any], str]] = [
        ({"into_id": world.muldestausee["id"], "municipality_ids": [third]}, "already_merging"),
        ({"into_id": third, "municipality_ids": [world.zoerbig["id"]]}, "already_merging"),
        ({"into_id": third, "municipality_ids": [third, fourth]}, "stays_and_goes"),
        ({"into_id": str(UUID(int=7)), "municipality_ids": [third]}, "unknown_municipality"),
        ({"into_id": third, "name": "Neu", "ags": "15082500", "municipality_ids": [fourth]}, "one_successor"),
        ({"into_id": None, "municipality_ids": [third]}, "one_successor"),
    ]
    for facts, code in bad:
        with subtests.test(code):
            answer = (await world.officer.post("/mergers", json={"effective_on": later, **facts})).json()
            assert code in (answer["code"], answer["errors"][0]["code"])
    second = {"into_id": world.zoerbig["id"], "municipality_ids": [third], "effective_on": "2042-01-01"}
    assert (await world.officer.post("/mergers", json=second)).status_code == 201, "two join the same one, in turn"


def _incorporation(world: Any, **facts: Any) -> dict[str, Any]:
    """Muldestausee goes to Zörbig."""
    body = {"into_id": world.zoerbig["id"], "municipality_ids": [world.muldestausee["id"]]}
    return {**body, "effective_on": DAY.isoformat(), **facts}
