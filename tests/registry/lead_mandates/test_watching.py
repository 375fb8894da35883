"""Villages that lost their lead and mandates that end soon are told once, by the calendar."""

import asyncio
from datetime import timedelta
from typing import Any

from registry.clock import today
from registry.lead_mandates.watching import watch
from shared.contracts.registry import LeadMandateEndAnnounced, VillageLeadLost
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

Sessions = async_sessionmaker[AsyncSession]


def in_days(days: int) -> str:
    return (today() + timedelta(days=days)).isoformat()


async def test_a_village_whose_mandate_ran_out_is_told_once(world: Any, outbox: Any, sessions: Sessions) -> None:
    old = await world.lead(await world.enter("Alt"), "2020-01-01", until="2021-12-31")
    last = await world.lead(await world.enter("Heimatverein"), "2022-01-01", until=in_days(-1))
    await asyncio.gather(*(watch(sessions) for _ in range(3)))
    await watch(sessions)
    (told,) = await outbox.of(VillageLeadLost)
    assert (str(told.data.mandate_id), str(told.data.village_id)) == (last["id"], world.gossa["id"])
    assert told.networkid == "heidedoerfer"
    assert old["id"] != last["id"], "whom another one followed is no case"


async def test_a_village_that_loses_its_lead_again_is_another_case(world: Any, outbox: Any, sessions: Sessions) -> None:
    association = await world.enter("Heimatverein")
    await world.lead(association, "2020-01-01", until=in_days(-20))
    await watch(sessions)
    await world.lead(association, in_days(-10), until=in_days(-5))
    await watch(sessions)
    assert len(await outbox.of(VillageLeadLost)) == 2


async def test_a_lead_that_was_dismissed_today_is_lost_tomorrow(world: Any, outbox: Any, sessions: Sessions) -> None:
    mandate = await world.lead(await world.enter("Heimatverein"))
    path = f"/lead-mandates/{mandate['id']}"
    await world.officer.patch(path, json={"until": in_days(0)})
    await watch(sessions)
    assert await outbox.of(VillageLeadLost) == []
    await world.officer.patch(path, json={"until": in_days(-1)})
    await watch(sessions)
    assert len(await outbox.of(VillageLeadLost)) == 1


async def test_a_mandate_that_ends_within_ninety_days_is_announced_once(
    world: Any, outbox: Any, sessions: Sessions
) -> None:
    soon = await world.lead(await world.enter("Heimatverein"), until=in_days(90))
    later = await world.enter("Mühlenverein", village=world.krina)
    await world.lead(later, until=in_days(91))
    await asyncio.gather(*(watch(sessions) for _ in range(3)))
    (told,) = await outbox.of(LeadMandateEndAnnounced)
    assert (str(told.data.mandate_id), told.data.until.isoformat()) == (soon["id"], in_days(90))


async def test_with_a_successor_nothing_is_announced(world: Any, outbox: Any, sessions: Sessions) -> None:
    await world.lead(await world.enter("Alt"), until=in_days(30))
    following = await world.lead(await world.enter("Neu"), in_days(31))
    await watch(sessions)
    assert await outbox.of(LeadMandateEndAnnounced) == []
    await world.officer.patch(f"/lead-mandates/{following['id']}", json={"until": in_days(30)})  # withdrawn
    await watch(sessions)
    assert len(await outbox.of(LeadMandateEndAnnounced)) == 1
