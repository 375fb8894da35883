"""Somebody without any task for a year is forgotten by an erasure; everybody else stays."""

from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import httpx2
import pytest
import sqlalchemy as sa
from registry.people.model import Contact, Person
from registry.retention import RULES
from shared.database import transaction
from shared.retention.runs import run_rule
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

Sessions = async_sessionmaker[AsyncSession]
Enter = Callable[..., Awaitable[UUID]]
RULE = next(rule for rule in RULES if rule.slug == "persons")


@pytest.fixture
def enter(officer: httpx2.AsyncClient, sessions: Sessions) -> Enter:
    """Somebody who was entered `years` ago."""

    async def entered(name: str, years: int) -> UUID:
        answer = await officer.post("/persons", json={"name": name, "email": f"{name.lower()}@beispiel.example"})
        person = UUID(answer.json()["id"])
        async with transaction(sessions) as session:
            long_ago = sa.func.now() - sa.func.make_interval(years)
            await session.execute(sa.update(Person).where(Person.id == person).values(created_at=long_ago))
        return person

    return entered


async def _remaining(sessions: Sessions) -> set[UUID]:
    async with sessions() as session:
        return set(await session.scalars(sa.select(Person.id)))


async def test_who_has_no_task_any_more_is_forgotten(
    enter: Enter, sessions: Sessions, officer: httpx2.AsyncClient
) -> None:
    forgotten, recent = await enter("Erna", 2), await enter("Frieda", 0)
    run = await run_rule(sessions, RULE, dry_run=False)
    assert (run.found, run.removed) == (1, 1)
    remaining = await _remaining(sessions)
    assert recent in remaining
    assert forgotten not in remaining
    (erasure,) = (await officer.get("/erasures")).json()["items"]
    assert erasure["origin"] == "retention", "neither the person nor the office asked for it"


async def test_a_dry_run_forgets_nobody(enter: Enter, sessions: Sessions) -> None:
    person = await enter("Erna", 2)
    assert (await run_rule(sessions, RULE, dry_run=True)).found == 1
    assert person in await _remaining(sessions)


@pytest.mark.parametrize(("days_since_the_end", "stays"), [(None, True), (100, True), (400, False)])
async def test_a_task_counts_until_a_year_after_its_end(
    enter: Enter,
    sessions: Sessions,
    world: Any,
    days_since_the_end: int | None,
    stays: bool,
) -> None:
    person = await enter("Erna", 5)
    body = {"organisation_id": (await world.enter())["id"], "function": "chair", "person_id": str(person)}
    assert (await world.officer.post("/contacts", json=body)).is_success
    if days_since_the_end is not None:
        async with transaction(sessions) as session:
            ended = {"starts_on": date(2000, 1, 1), "until": date.today() - timedelta(days=days_since_the_end)}  # noqa: DTZ011
            await session.execute(sa.update(Contact).where(Contact.person_id == person).values(**ended))
    await run_rule(sessions, RULE, dry_run=False)
    assert (person in await _remaining(sessions)) is stays
