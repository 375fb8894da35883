"""What is left of who was at a meeting: after a while, after an erasure, when two entries become one."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
import sqlalchemy as sa
from events.attendance.model import AttendanceMark, ParticipationCertificate
from events.erasures import forgetting
from events.retention import RULES
from events.settings import EventsSettings
from fastapi import FastAPI
from pydantic import SecretStr
from shared.contracts.registry import ErasureRequested, PersonMerged
from shared.database import transaction
from testkit.clients import Clients
from testkit.receipts import private_key
from testkit.tokens import network_coordinator, volunteer


async def marks(meeting: Any) -> list[AttendanceMark]:
    async with meeting.sessions() as session:
        return list(await session.scalars(sa.select(AttendanceMark).order_by(AttendanceMark.marked_at)))


async def removed(meeting: Any, slug: str) -> int:
    (rule,) = [one for one in RULES if one.slug == slug]
    async with transaction(meeting.sessions) as session:
        return int(await rule.remove(session, 10))


async def test_names_of_guests_go_after_a_week_and_the_rest_after_half_a_year(
    door: Any, anybody: httpx2.AsyncClient
) -> None:
    meeting = await door()
    guest = {"name": "Falk Wiedehopf", "organisation": "Pouch"}
    came = (await meeting.coordinator.post(f"{meeting.path}/attendance/guests", json=guest)).json()
    await meeting.move(days=-6)
    (issued,) = (await meeting.certify(came["id"], "Falk Wiedehopf")).json()["items"]
    assert await removed(meeting, "attendance-guests") == 0
    await meeting.move(days=-2)
    assert await removed(meeting, "attendance-guests") == 1
    (left,) = await marks(meeting)
    assert (left.name, left.organisation, left.people) == (None, None, 1)
    assert (await meeting.list())["counts"]["guests"] == 1
    await meeting.move(days=-180)
    assert await removed(meeting, "attendance") == 1
    proof = {"code": issued["code"], "name": "Falk Wiedehopf"}
    assert (await anybody.post("/certificates/verification", json=proof)).json() == {"matches": True}
    await meeting.move(days=-366 * 5)
    assert await removed(meeting, "participation-certificates") == 1
    async with meeting.sessions() as session:
        assert await session.scalar(sa.select(ParticipationCertificate)) is None


@pytest.fixture
async def noted_by_somebody(
    client_for: Clients, app: FastAPI, token_for: Callable[..., str], door: Any
) -> tuple[Any, UUID]:
    """A meeting on whose list a coordinator noted somebody, and the coordinator's id."""
    meeting, staff = await door(), uuid4()
    meeting.coordinator = await client_for(app, token_for(network_coordinator(slug="heidedoerfer"), person=staff))
    await meeting.note(await meeting.register("Ottilie Specht"), "attended")
    assert [mark.marked_by for mark in await marks(meeting)] == [staff]
    return meeting, staff


async def test_who_noted_it_is_forgotten(
    noted_by_somebody: tuple[Any, UUID], registry: Any, settings: EventsSettings
) -> None:
    meeting, staff = noted_by_somebody
    told = ErasureRequested(erasure_id=uuid4(), person_id=staff)
    await registry.tell(told, subject=told.erasure_id)
    key = SecretStr(private_key("events"))
    await forgetting.work(registry.sessions, settings=settings.model_copy(update={"receipt_key": key}))
    assert [(mark.marked_by, mark.state) for mark in await marks(meeting)] == [(None, "attended")]


async def test_who_noted_it_under_a_former_entry_is_the_one_that_stays(
    noted_by_somebody: tuple[Any, UUID], registry: Any
) -> None:
    meeting, staff = noted_by_somebody
    into = uuid4()
    await registry.tell(PersonMerged(person_id=staff, into_person_id=into, contacts=[]), subject=staff)
    assert [mark.marked_by for mark in await marks(meeting)] == [into]


async def test_whoever_was_there_under_one_of_two_entries_was_there(
    client_for: Clients, app: FastAPI, token_for: Callable[..., str], door: Any, registry: Any
) -> None:
    meeting, into, former = await door(), uuid4(), uuid4()
    for person in (into, former):
        client = await client_for(app, token_for(volunteer(), person=person))
        (await client.post(f"{meeting.path}/registrations")).raise_for_status()
    second = next(one["id"] for one in (await meeting.list())["entries"] if one["person_id"] == str(former))
    await meeting.note(second, "attended")
    await registry.tell(PersonMerged(person_id=former, into_person_id=into, contacts=[]), subject=former)
    (entry,) = (await meeting.list())["entries"]
    assert (entry["person_id"], entry["state"]) == (str(into), "attended")


async def test_own_data_tells_where_somebody_was(
    client_for: Clients, app: FastAPI, token_for: Callable[..., str], door: Any
) -> None:
    meeting = await door()
    person = await client_for(app, token_for(volunteer(), person=uuid4()))
    (await person.post(f"{meeting.path}/registrations")).raise_for_status()
    await person.post("/door/check-in", json={"door_code": await meeting.code()})
    told = (await person.get("/me/personal-data")).raise_for_status().text
    assert "Wo Sie dabei waren" in told
    assert "attended" in told
