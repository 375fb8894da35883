"""What the directory has twice: who sees it, and that somebody's word is remembered."""

from typing import Any
from uuid import uuid4

import httpx2
import sqlalchemy as sa
from registry.duplicates.finding import find_pairs
from registry.duplicates.model import OrganisationPair
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from tests.registry.conftest import Volunteer, World, post

Sessions = async_sessionmaker[AsyncSession]


async def pairs(client: httpx2.AsyncClient, kind: str = "organisations", **params: str) -> list[Any]:
    answer = await client.get(f"/duplicates/{kind}", params=params)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


def names(pair: Any) -> set[str]:
    return {pair["left"]["name"], pair["right"]["name"]}


async def test_pairs_are_found_and_are_gone_when_they_differ(world: World, sessions: Sessions) -> None:
    one = await world.enter("Heimatverein Gossa e. V.")
    await world.enter("Gossaer Heimatverein")
    await world.enter("Sportverein Gossa")
    await find_pairs(sessions)
    await find_pairs(sessions)  # a second time changes nothing
    [pair] = await pairs(world.officer)
    assert names(pair) == {"Heimatverein Gossa e. V.", "Gossaer Heimatverein"}
    assert (pair["reasons"], pair["left"]["village"]) == (["same_name", "village"], "Gossa")
    renamed = await world.officer.patch(f"/organisations/{one['id']}", json={"name": "Angelfreunde Gossa"})
    assert renamed.is_success
    await find_pairs(sessions)
    assert await pairs(world.officer) == []


async def test_pairs_of_persons_are_those_that_the_caller_sees(
    world: World, volunteer: Volunteer, sessions: Sessions
) -> None:
    await volunteer(name="Hans Meier", email="hans@post.example", phone="03493 412345")
    await volunteer(name="Maier, Hans", email="maier@post.example", phone="03493 412345")
    await find_pairs(sessions)
    [pair] = await pairs(await world.municipality_officer(), "persons")
    assert names(pair) == {"Hans Meier", "Maier, Hans"}
    assert pair["reasons"] == ["phone", "similar_name", "village"]
    assert await pairs(await world.foreign_officer(), "persons") == []


async def test_a_pair_across_a_border_is_for_whoever_reaches_both_sides(world: World, sessions: Sessions) -> None:
    await world.enter("Heimatverein Fuhneaue", website="https://fuhneaue.example")
    await world.enter("Heimatverein Fuhneaue e. V.", village=world.loeberitz, website="https://www.fuhneaue.example/")
    await find_pairs(sessions)
    assert len(await pairs(world.officer)) == 1
    assert await pairs(await world.municipality_officer()) == []
    counts = (await (await world.municipality_officer()).get("/duplicates/counts")).json()
    assert counts == {"organisations": 0, "persons": 0}


async def test_not_a_duplicate_is_remembered(world: World, sessions: Sessions) -> None:
    one, two = await world.enter("Heimatverein Gossa e. V."), await world.enter("Gossaer Heimatverein")
    await find_pairs(sessions)
    office = await world.municipality_officer()
    told = {"left_id": one["id"], "right_id": two["id"]}
    assert (await office.post("/duplicates/organisations/differences", json=told)).status_code == 204
    await find_pairs(sessions)
    assert await pairs(office) == []
    [pair] = await pairs(office, different="true")
    assert pair["different_at"] is not None
    again = {"left_id": two["id"], "right_id": one["id"]}
    answer = await office.post("/duplicates/organisations/differences/withdrawal", json=again)
    assert answer.status_code == 204
    assert len(await pairs(office)) == 1


async def test_nobody_tells_apart_what_they_do_not_reach(world: World, sessions: Sessions) -> None:
    one, two = await world.enter("Heimatverein Gossa e. V."), await world.enter("Gossaer Heimatverein")
    await find_pairs(sessions)
    told = {"left_id": one["id"], "right_id": two["id"]}
    foreign = await world.foreign_officer()
    assert (await foreign.post("/duplicates/organisations/differences", json=told)).status_code == 404
    async with sessions() as session:
        assert await session.scalar(sa.select(OrganisationPair.different_at)) is None


async def test_a_pair_is_gone_with_a_person_who_is_erased(
    world: World, volunteer: Volunteer, sessions: Sessions
) -> None:
    one = await volunteer(name="Hans Meier", email="hans@post.example", phone="03493 412345")
    await volunteer(name="Maier, Hans", email="maier@post.example", phone="03493 412345")
    await find_pairs(sessions)
    await post(world.officer, f"/persons/{one['person']['id']}/erasure")
    assert await pairs(world.officer, "persons") == []


async def test_the_list_has_pages(world: World, sessions: Sessions) -> None:
    for name in ("Heimatverein", "Sportverein", "Angelverein"):
        await world.enter(f"{name} Gossa e. V.")
        await world.enter(f"Gossaer {name}")
    await find_pairs(sessions)
    first = (await world.officer.get("/duplicates/organisations", params={"limit": 2})).json()
    second = (await world.officer.get("/duplicates/organisations", params={"limit": 2, "after": first["next"]})).json()
    shown = [frozenset(names(pair)) for pair in first["items"] + second["items"]]
    assert len(shown) == len(set(shown)) == 3
    assert second["next"] is None
    counts = (await world.officer.get("/duplicates/counts")).json()
    assert counts == {"organisations": 3, "persons": 0}


async def test_the_list_has_filters(world: World, volunteer: Volunteer, sessions: Sessions) -> None:
    await world.enter("Heimatverein Gossa e. V.", website="https://heimat.example")
    await world.enter("Gossaer Heimatverein", website="https://heimat.example")
    await world.enter("Sportverein Löberitz e. V.", village=world.loeberitz)
    await world.enter("Löberitzer Sportverein", village=world.loeberitz)
    for name in ("Hans Meier", "Maier, Hans"):
        await volunteer(name=name, email=f"{uuid4().hex}@post.example", phone="03493 412345")
    speaker = await world.appoint(await world.enter("Angelverein", village=world.loeberitz), "Hanna Sprecher")
    await post(world.officer, "/persons", name="Hannah Sprecher", email=speaker["person"]["email"])
    await find_pairs(sessions)
    both = await pairs(world.officer)
    best, other = both[0]["score"], both[1]["score"]
    assert best > other
    for params, found in (
        ({"place_id": world.muldestausee["id"]}, both[:1]),
        ({"place_id": world.gossa["id"], "reason": "website"}, both[:1]),
        ({"place_id": world.loeberitz["id"]}, both[1:]),
        ({"reason": "website", "least": str(best)}, both[:1]),
        ({"below": str(best)}, both[1:]),
        ({"least": str(best), "below": str(best)}, []),
        ({"reason": "email"}, []),
        ({"place_id": str(uuid4())}, []),
    ):
        assert await pairs(world.officer, **params) == found, params
    for place, both_names in (
        (world.gossa, {"Hans Meier", "Maier, Hans"}),
        (world.loeberitz, {"Hanna Sprecher", "Hannah Sprecher"}),
    ):
        [pair] = await pairs(world.officer, "persons", place_id=place["id"])
        assert names(pair) == both_names
    assert (await world.officer.get("/duplicates/persons", params={"reason": "unsinn"})).status_code == 422


async def test_staff_is_told_of_a_likely_entry_before_they_enter_it(world: World, volunteer: Volunteer) -> None:
    await world.enter("Heimatverein Gossa e. V.")
    await volunteer(name="Kurt Helfer", email="kurt@post.example")
    office = await world.municipality_officer()
    entered = {"name": "Heimatverein", "village_id": world.gossa["id"]}
    [likely] = (await post(office, "/duplicates/organisations/check", **entered))["items"]
    assert (likely["entry"]["name"], likely["entry"]["municipality"]) == ("Heimatverein Gossa e. V.", "Muldestausee")
    somebody = {"name": "Helfer, Kurt", "village_ids": [world.gossa["id"]]}
    [person] = (await post(office, "/duplicates/persons/check", **somebody))["items"]
    assert person["entry"]["email"] == "kurt@post.example"
    assert (await post(await world.foreign_officer(), "/duplicates/persons/check", **somebody))["items"] == []
