"""Villages join and leave networks on a day; history stays, and what was planned takes effect by itself."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from registry.clock import today
from registry.coverage.model import Coverage
from registry.coverage.settling import settle_all
from shared.contracts.registry import NetworkChanged, VillageChanged
from shared.database import transaction
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

Sessions = async_sessionmaker[AsyncSession]
Join = Callable[..., Awaitable[Any]]
A_DAY = timedelta(days=1)


def in_days(days: int) -> str:
    return (today() + timedelta(days=days)).isoformat()


@pytest.fixture
def join(world: Any) -> Join:
    """Pouch, which is in no network, joins the Heidedörfer."""

    async def joining(starts_on: str, *, network: Any = None, **facts: Any) -> Any:
        body = {"network_id": (network or world.network)["id"], "village_id": world.pouch["id"], "starts_on": starts_on}
        return await world.officer.post("/coverage", json={**body, **facts})

    return joining


async def _network_of(world: Any, village: Any) -> str | None:
    network: str | None = (await world.officer.get(f"/villages/{village['id']}")).json()["network"]
    return network


async def _bring_forward(sessions: Sessions, coverage: Any, **values: date) -> None:
    """Time passes: the row's days come nearer."""
    async with transaction(sessions) as session:
        await session.execute(sa.update(Coverage).where(Coverage.id == UUID(coverage["id"])).values(**values))


async def test_history_says_which_network_covered_which_village_when(world: Any, join: Join) -> None:
    past = await join("2019-01-01", until="2021-12-31")
    assert past.status_code == 201, past.text
    assert await _network_of(world, world.pouch) is None, "it was long ago"
    await join("2023-05-01")
    assert await _network_of(world, world.pouch) == "heidedoerfer"
    rows = (await world.officer.get("/coverage", params={"village_id": world.pouch["id"]})).json()["items"]
    assert [(row["starts_on"], row["until"]) for row in rows] == [("2019-01-01", "2021-12-31"), ("2023-05-01", None)]
    for day, found in {"2020-06-01": True, "2022-06-01": False, "2024-06-01": True}.items():
        on = (await world.officer.get(f"/coverage?network=heidedoerfer&on={day}")).json()["items"]
        assert (world.pouch["id"] in [row["village_id"] for row in on]) is found
        villages = await _territory(world, day)
        assert (villages["Pouch"]["network"] == "heidedoerfer") is found


async def _territory(world: Any, day: str) -> dict[str, Any]:
    answer = (await world.officer.get(f"/territory?on={day}")).json()
    return {village["name"]: village for one in answer["municipalities"] for village in one["villages"]}


async def test_a_planned_joining_takes_effect_on_its_day_and_is_told_then(
    world: Any, join: Join, outbox: Any, sessions: Sessions
) -> None:
    before = await outbox.size()
    planned = (await join(in_days(30))).json()
    await settle_all(sessions)
    assert await _network_of(world, world.pouch) is None
    assert await outbox.size() == before, "nothing has happened yet"
    await _bring_forward(sessions, planned, starts_on=today())
    await asyncio.gather(settle_all(sessions), settle_all(sessions))
    assert await _network_of(world, world.pouch) == "heidedoerfer"
    told = [event for event in await outbox.of(VillageChanged) if str(event.data.village_id) == world.pouch["id"]]
    assert [event.data.network for event in told] == ["heidedoerfer"], "two processes tell once"
    assert UUID(world.pouch["id"]) in (await outbox.of(NetworkChanged))[-1].data.village_ids
    size = await outbox.size()
    await settle_all(sessions)
    assert await outbox.size() == size


async def test_a_village_leaves_on_its_last_day_and_changes_to_another_network(
    world: Any, outbox: Any, sessions: Sessions
) -> None:
    elbe = (await world.officer.post("/networks", json={"name": "Elbdörfer"})).json()
    rows = (await world.officer.get("/coverage", params={"village_id": world.gossa["id"]})).json()["items"]
    leaving = await world.officer.patch(f"/coverage/{rows[0]['id']}", json={"until": in_days(9)})
    assert leaving.status_code == 200, leaving.text
    body = {"network_id": elbe["id"], "village_id": world.gossa["id"], "starts_on": in_days(10)}
    joining = (await world.officer.post("/coverage", json=body)).json()
    assert await _network_of(world, world.gossa) == "heidedoerfer"
    await _bring_forward(sessions, rows[0], starts_on=today() - 9 * A_DAY, until=today() - A_DAY)
    await _bring_forward(sessions, joining, starts_on=today())
    await settle_all(sessions)
    assert await _network_of(world, world.gossa) == "elbdoerfer"
    changed = {event.data.slug: event.data.village_ids for event in await outbox.of(NetworkChanged)}
    assert UUID(world.gossa["id"]) in changed["elbdoerfer"]
    assert UUID(world.gossa["id"]) not in changed["heidedoerfer"]


async def test_of_two_networks_at_the_same_moment_one_gets_the_village(world: Any, join: Join) -> None:
    elbe = (await world.officer.post("/networks", json={"name": "Elbdörfer"})).json()
    answers = await asyncio.gather(*(join(in_days(0), network=network) for network in (elbe, world.network) * 2))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    refused = next(answer for answer in answers if answer.status_code == 409)
    assert refused.json()["errors"][0]["message"] == "Pouch gehört in dieser Zeit schon zu einem Netzwerk."


async def test_the_database_refuses_two_networks_on_one_day(world: Any, sessions: Sessions) -> None:
    twice = {"village_id": UUID(world.pouch["id"]), "network_id": UUID(world.network["id"])}
    async with sessions() as session:
        session.add_all(Coverage(**twice, starts_on=date(2030, 1, day)) for day in (1, 2))
        with pytest.raises(IntegrityError, match="ex_coverage_one_at_a_time"):
            await session.flush()


async def test_what_cannot_be_is_refused_and_changes_nothing(world: Any, join: Join, outbox: Any) -> None:
    before = await outbox.size()
    backwards = await join("2024-05-01", until="2024-04-01")
    assert backwards.json()["errors"][0]["message"] == (
        "Der Ort kann das Netzwerk nicht verlassen, bevor er dazugehört."
    )
    assert (await join("2024-05-01", network={"id": str(UUID(int=7))})).json()["code"] == "unknown_network"
    no_day = await join("31.02.2024")
    assert no_day.json()["errors"][0]["field"] == "starts_on"
    past = (await join("2019-01-01", until="2019-12-31")).json()
    late = await world.officer.patch(f"/coverage/{past['id']}", json={"until": None})
    assert (late.status_code, late.json()["code"]) == (409, "left_long_ago")
    assert await outbox.size() == before


async def test_a_planned_leaving_can_be_taken_back(world: Any, join: Join) -> None:
    coverage = (await join("2024-01-01", until=in_days(20))).json()
    stays = await world.officer.patch(f"/coverage/{coverage['id']}", json={"until": None})
    assert stays.json()["until"] is None
    coming = await world.officer.post(
        "/coverage", json={"network_id": world.network["id"], "village_id": world.pouch["id"], "starts_on": in_days(30)}
    )
    assert coming.json()["code"] == "covered_elsewhere"
