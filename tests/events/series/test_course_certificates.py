"""One certificate of participation for a course: all dates where somebody was, with one code."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
import sqlalchemy as sa
from events.attendance.names import OwnNames
from events.meetings.model import Meeting
from events.retention import RULES
from fastapi import FastAPI
from shared.contracts.events import RegistrationTold
from shared.database import transaction
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from testkit.clients import Clients
from testkit.tokens import volunteer

Json = dict[str, Any]
EVENINGS = "FREQ=WEEKLY;BYDAY=WE;COUNT=4"


class Course:
    """A training of four evenings, and the API of its coordinator."""

    def __init__(self, api: httpx2.AsyncClient, sessions: async_sessionmaker[AsyncSession], dates: list[str]) -> None:
        self.api, self.sessions, self.dates = api, sessions, dates

    async def register(self, name: str, **told: Any) -> str:
        body = {"name": name, **told}
        answer = await self.api.post(f"/meetings/{self.dates[0]}/registrations/for-somebody", json=body)
        return str(answer.raise_for_status().json()["id"])

    async def over(self, dates: int) -> None:
        """So many of the dates are over; the last of these since an hour."""
        async with transaction(self.sessions) as session:
            ended = await session.scalar(sa.select(Meeting.ends_at).where(Meeting.id == UUID(self.dates[dates - 1])))
            assert ended is not None
            by = datetime.now(UTC) - timedelta(hours=1) - ended
            times = {"starts_at": Meeting.starts_at + by, "ends_at": Meeting.ends_at + by}
            await session.execute(sa.update(Meeting).where(Meeting.course_id == UUID(self.dates[0])).values(**times))

    async def note(self, number: int, entry: str, state: str, version: int = 0) -> None:
        path = f"/meetings/{self.dates[number]}/attendance/{entry}"
        (await self.api.put(path, json={"state": state, "version": version})).raise_for_status()

    async def certify(self, number: int, entry: str) -> httpx2.Response:
        """On the page of one of the dates."""
        body = {"items": [{"entry_id": entry, "name": "Ottilie Specht"}]}
        return await self.api.post(f"/meetings/{self.dates[number]}/certificates", json=body)


@pytest.fixture
def course(
    coordinator: httpx2.AsyncClient, begin: Callable[..., Any], sessions: async_sessionmaker[AsyncSession]
) -> Callable[..., Awaitable[Course]]:
    async def publish() -> Course:
        series = await begin({"kind": "training_series"}, rule=EVENINGS, one_registration=True)
        published = (await coordinator.post(f"/series/{series['id']}/publication")).raise_for_status().json()
        return Course(coordinator, sessions, [one["meeting_id"] for one in published["dates"]])

    return publish


async def shown(anybody: httpx2.AsyncClient, code: str) -> Json:
    answer: Json = (await anybody.get("/certificates/by-code", headers={"certificate-code": code})).json()
    return answer


async def test_all_dates_attended_stand_on_one(course: Any, anybody: httpx2.AsyncClient) -> None:
    evenings = await course()
    entry = await evenings.register("Ottilie Specht")
    await evenings.over(4)
    for number in (0, 1, 3):
        await evenings.note(number, entry, "attended")
    (issued,) = (await evenings.certify(1, entry)).raise_for_status().json()["items"]
    assert (issued["course"]["planned"], issued["course"]["finished"]) == (4, True)
    async with evenings.sessions() as session:
        held = {
            str(one.id): (one.starts_at, one.ends_at)
            for one in await session.scalars(sa.select(Meeting).order_by(Meeting.starts_at))
        }
    told = [
        (datetime.fromisoformat(one["starts_at"]), datetime.fromisoformat(one["ends_at"]))
        for one in issued["course"]["dates"]
    ]
    assert told == [held[evenings.dates[number]] for number in (0, 1, 3)]
    assert datetime.fromisoformat(issued["starts_at"]) == told[0][0]
    assert datetime.fromisoformat(issued["ends_at"]) == told[-1][1]
    found = await shown(anybody, issued["code"])
    assert (found["course"], found["revoked_at"]) == (issued["course"], None)
    body = {"code": issued["code"], "name": "ottilie specht"}
    assert (await anybody.post("/certificates/verification", json=body)).json() == {"matches": True}


async def test_before_the_end_it_tells_of_the_dates_so_far(course: Any) -> None:
    evenings = await course()
    entry = await evenings.register("Ottilie Specht")
    await evenings.over(2)
    refused = await evenings.certify(0, entry)
    assert refused.json()["code"] == "not_attended"
    assert (await evenings.certify(3, entry)).json()["code"] == "meeting_not_over"
    await evenings.note(1, entry, "attended")
    (issued,) = (await evenings.certify(3, entry)).raise_for_status().json()["items"]
    assert (len(issued["course"]["dates"]), issued["course"]["planned"], issued["course"]["finished"]) == (1, 4, False)


async def test_a_correction_of_one_date_revokes_what_tells_of_it_alone(
    course: Any, anybody: httpx2.AsyncClient
) -> None:
    evenings = await course()
    entry = await evenings.register("Ottilie Specht")
    await evenings.over(4)
    await evenings.note(0, entry, "attended")
    (first,) = (await evenings.certify(0, entry)).json()["items"]
    await evenings.note(1, entry, "attended")
    (both,) = (await evenings.certify(0, entry)).json()["items"]
    await evenings.note(1, entry, "absent", version=1)
    assert (await shown(anybody, first["code"]))["revoked_at"] is None
    assert (await shown(anybody, both["code"]))["revoked_at"] is not None
    (again,) = (await evenings.certify(1, entry)).json()["items"]
    assert again["course"] == first["course"]


async def test_a_correction_of_the_first_date_revokes_nothing_that_does_not_tell_of_it(
    course: Any, anybody: httpx2.AsyncClient
) -> None:
    evenings = await course()
    entry = await evenings.register("Ottilie Specht")
    await evenings.over(4)
    await evenings.note(1, entry, "attended")
    (second,) = (await evenings.certify(1, entry)).json()["items"]
    await evenings.note(0, entry, "attended")  # by mistake
    await evenings.note(0, entry, "absent", version=1)
    assert (await shown(anybody, second["code"]))["revoked_at"] is None


async def test_oneself_gets_it_from_any_date_and_by_the_link_of_a_mail(
    course: Any,
    anybody: httpx2.AsyncClient,
    outbox: Any,
    client_for: Clients,
    app: FastAPI,
    token_for: Callable[..., str],
) -> None:
    app.state.own_names = OwnNames(
        "http://registry.test", httpx2.MockTransport(lambda _: httpx2.Response(200, json={"name": "Renate Kleiber"}))
    )
    evenings = await course()
    person = await client_for(app, token_for(volunteer(), person=uuid4()))
    mine = (await person.post(f"/meetings/{evenings.dates[2]}/registrations")).raise_for_status().json()["id"]
    linked = await evenings.register("Kuno Elster", email="kuno@elster.example")
    link = {"token": [event.data.token for event in await outbox.of(RegistrationTold)][-1]}
    await evenings.over(4)
    path = f"/meetings/{evenings.dates[3]}"
    assert (await person.get(f"{path}/attendance/mine")).json()["certificate"] is False
    for entry in (mine, linked):
        for number in (0, 2):
            await evenings.note(number, entry, "attended")
    assert (await person.get(f"{path}/attendance/mine")).json()["certificate"] is True
    for answer in (
        await person.post(f"{path}/certificates/mine"),
        await anybody.post("/certificates/by-token", json=link),
    ):
        assert len(answer.raise_for_status().json()["course"]["dates"]) == 2


async def test_a_guest_who_came_to_one_date_is_certified_that_one(course: Any) -> None:
    evenings = await course()
    await evenings.over(4)
    path = f"/meetings/{evenings.dates[2]}/attendance/guests"
    guest = (await evenings.api.post(path, json={"name": "Ilse Goldammer"})).raise_for_status().json()["id"]
    (issued,) = (await evenings.certify(2, guest)).json()["items"]
    assert len(issued["course"]["dates"]) == 1


async def test_it_is_kept_five_years_from_the_last_date(course: Any) -> None:
    evenings = await course()
    entry = await evenings.register("Ottilie Specht")
    await evenings.over(4)
    await evenings.note(0, entry, "attended")
    (await evenings.certify(0, entry)).raise_for_status()

    async with evenings.sessions() as session:
        last = await session.scalar(sa.select(Meeting.ends_at).where(Meeting.id == UUID(evenings.dates[3])))
        (rule,) = [one for one in RULES if one.slug == "participation-certificates"]
        assert rule.removal is not None
        for second, due in ((-1, 0), (1, 1)):
            assert await rule.removal.count(session, sa.literal(last + timedelta(seconds=second))) == due
