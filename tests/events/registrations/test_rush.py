"""Two hundred people register at the same time, by HTTP, for the last 20 places."""

import asyncio
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import httpx2
import pytest
import sqlalchemy as sa
from events.registrations.model import Registration
from events.settings import EventsSettings
from shared.contracts.events import RegistrationsCounted, RegistrationTold
from shared.erasure.tables import tombstone
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from testkit.databases import Databases
from testkit.tokens import volunteer

Sessions = async_sessionmaker[AsyncSession]


@pytest.fixture
async def register(anybody: httpx2.AsyncClient, token_for: Callable[..., str]) -> Callable[..., Any]:
    """`await register(meeting, person, key=…)`: by the same connection to the application, as from a portal."""

    async def post(meeting: dict[str, Any], person: Any, key: str | None = None, **body: Any) -> httpx2.Response:
        headers = {"authorization": f"Bearer {token_for(volunteer(), person=person)}"}
        if key:
            headers["idempotency-key"] = key
        return await anybody.post(f"/meetings/{meeting['id']}/registrations", json=body, headers=headers)

    return post


async def test_the_last_places_go_to_those_who_came_first(
    register: Any, published: Any, sessions: Sessions, outbox: Any
) -> None:
    meeting = await published(capacity=20)
    people = [uuid4() for _ in range(200)]
    answers = await asyncio.gather(*(register(meeting, person, key=str(person)) for person in people))
    assert {answer.status_code for answer in answers} == {201}
    states = [answer.json()["state"] for answer in answers]
    assert states == ["coming"] * 20 + ["waiting"] * 180
    assert [answer.json()["ahead"] for answer in answers] == [0] * 20 + list(range(180))
    async with sessions() as session:
        found = sa.select(Registration.person_id).order_by(Registration.arrival)
        assert list(await session.scalars(found)) == people
    assert (await outbox.of(RegistrationsCounted))[-1].data.registered == 20
    assert len(await outbox.of(RegistrationTold)) == 200


async def test_meanwhile_everything_else_is_answered(
    register: Any, published: Any, anybody: httpx2.AsyncClient, sessions: Sessions
) -> None:
    """Somebody holds the meeting's row: those who wait hold no connections that others need."""
    meeting, other = await published(), await published()
    async with sessions.begin() as session:
        await session.execute(sa.text("SELECT FROM meeting WHERE id = :id FOR UPDATE"), {"id": meeting["id"]})
        waiting = [asyncio.create_task(register(meeting, uuid4())) for _ in range(60)]
        await asyncio.sleep(0.5)
        assert (await anybody.get(f"/meetings/{other['id']}")).status_code == 200
        assert (await register(other, uuid4())).status_code == 201
        assert not any(task.done() for task in waiting)
    assert {answer.status_code for answer in await asyncio.gather(*waiting)} == {201}


async def test_one_who_is_refused_harms_no_neighbour(
    register: Any, published: Any, sessions: Sessions, outbox: Any
) -> None:
    meeting = await published(capacity=3)
    twice, erased = uuid4(), uuid4()
    async with sessions.begin() as session:
        await session.execute(sa.insert(tombstone).values(subject_id=erased, erasure_id=uuid4()))
    asked = [(twice, {}), (uuid4(), {"people": 4}), (erased, {}), (twice, {}), (uuid4(), {})]
    answers = await asyncio.gather(*(register(meeting, person, **body) for person, body in asked))
    assert [answer.status_code for answer in answers] == [201, 422, 401, 409, 201]
    assert len(await outbox.of(RegistrationTold)) == 2
    async with sessions() as session:
        assert list(await session.scalars(sa.select(Registration.arrival).order_by(Registration.arrival))) == [1, 2]


async def test_one_who_breaks_the_transaction_harms_no_neighbour(
    register: Any, published: Any, databases: Databases, settings: EventsSettings
) -> None:
    meeting, broken = await published(), uuid4()
    owner = create_async_engine(databases.owner_url(settings.database_url))
    refuse = f"ALTER TABLE registration ADD CONSTRAINT no_such_person CHECK (person_id <> '{broken}')"
    async with owner.begin() as connection:
        await connection.execute(sa.text(refuse))
    try:
        answers = await asyncio.gather(*(register(meeting, person) for person in (uuid4(), broken, uuid4())))
        assert [answer.status_code for answer in answers] == [201, 500, 201]
    finally:
        async with owner.begin() as connection:
            await connection.execute(sa.text("ALTER TABLE registration DROP CONSTRAINT no_such_person"))
        await owner.dispose()


async def test_a_repeated_command_is_answered_alike(register: Any, published: Any, outbox: Any) -> None:
    """Twice at the same time, and once more later; the same key for something else is refused."""
    meeting, person = await published(), uuid4()
    answers = await asyncio.gather(*(register(meeting, person, key="k-1", people=2) for _ in range(3)))
    answers.append(await register(meeting, person, key="k-1", people=2))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.text for answer in answers}) == 1
    assert [answer.headers.get("idempotent-replayed") for answer in answers] == [None, "true", "true", "true"]
    assert (await register(meeting, person, key="k-1", people=3)).json()["code"] == "idempotency_key_reused"
    assert (await register(meeting, uuid4(), key="k-1")).status_code == 201  # somebody else's key
    assert len(await outbox.of(RegistrationTold)) == 2
