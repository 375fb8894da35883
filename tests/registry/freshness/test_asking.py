"""The year of an entry: asked, reminded, silent; and that nothing of it happens twice."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from registry.clock import today
from registry.freshness.asking import look
from shared.contracts.registry import OrganisationWentStale


async def test_who_has_been_silent_for_eleven_months_is_asked_once(
    months_ago: Any, world: Any, age: Any, mailed: Any, sessions: Any
) -> None:
    due = await world.enter("Fällig")
    fresh = await world.enter("Frisch")
    draft = await world.enter("Entwurf", publication="draft")
    for one in (due, fresh, draft):
        await world.appoint(one, f"Erna {one['name']}")
    await world.appoint(due, "Otto Telefon", person={"name": "Otto Telefon", "phone": "03493 12345"})
    await age(due, entered=months_ago(11))
    await age(draft, entered=months_ago(11))
    await age(fresh, entered=months_ago(30), confirmed_on=months_ago(10))
    await asyncio.gather(*(look(sessions) for _ in range(3)))
    await look(sessions)
    told = await mailed()
    assert [(one.organisation, one.reminder, one.confirmed_on) for one in told] == [("Fällig", False, None)]


async def test_the_silent_are_reminded_after_three_weeks_and_told_after_a_year(
    months_ago: Any, world: Any, age: Any, mailed: Any, sessions: Any, outbox: Any
) -> None:
    entered = await world.enter()
    await world.appoint(entered)
    await age(entered, confirmed_on=months_ago(12), asked_on=today() - timedelta(days=20))
    await look(sessions)
    assert await mailed() == []
    await age(entered, asked_on=today() - timedelta(days=21))
    for _ in range(2):
        await look(sessions)
    assert [one.reminder for one in await mailed()] == [True]
    assert await outbox.of(OrganisationWentStale) == [], "who was asked three weeks ago has some days left"
    await age(entered, asked_on=today() - timedelta(days=28))
    await asyncio.gather(*(look(sessions) for _ in range(3)))
    [told] = await outbox.of(OrganisationWentStale)
    assert (told.subject, told.sequence, told.data.stale_since) == (entered["id"], 2, today())
    assert (told.data.name, told.data.confirmed_on) == (entered["name"], months_ago(12))
    assert "erna@verein.example" not in await outbox.public_text()


@pytest.mark.parametrize("reachable", [True, False])
async def test_nobody_is_called_silent_unasked_unless_nobody_can_be_asked(
    months_ago: Any, world: Any, age: Any, mailed: Any, sessions: Any, outbox: Any, reachable: bool
) -> None:
    entered = await world.enter()
    person = {"name": "Otto", "email": "otto@verein.example"} if reachable else {"name": "Otto", "phone": "03493 12345"}
    await world.appoint(entered, person=person)
    await age(entered, entered=months_ago(14))
    await look(sessions)
    assert (len(await mailed()), len(await outbox.of(OrganisationWentStale))) == ((1, 0) if reachable else (0, 1))


async def test_who_stays_silent_is_asked_again_in_the_next_year(
    months_ago: Any, world: Any, age: Any, mailed: Any, sessions: Any, outbox: Any
) -> None:
    entered = await world.enter()
    await world.appoint(entered)
    asked = months_ago(12, days=1)
    await age(entered, entered=months_ago(30), asked_on=asked, reminded_on=asked, stale_since=asked)
    await look(sessions)
    assert [one.reminder for one in await mailed()] == [False]
    assert await outbox.of(OrganisationWentStale) == []
