"""People check in by themselves, with a phone."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx2
import sqlalchemy as sa
from events.attendance.limits import DOOR_GUESTS_FOR_CLIENT
from events.attendance.model import DoorCode
from fastapi import FastAPI
from shared.contracts.events import RegistrationTold
from testkit.clients import Clients
from testkit.tokens import volunteer


async def test_one_tap_by_account_even_when_tapped_twice(
    client_for: Clients, app: FastAPI, token_for: Callable[..., str], door: Any
) -> None:
    meeting = await door()
    code = await meeting.code()
    person = uuid4()
    phone = await client_for(app, token_for(volunteer(), person=person))
    body = {"door_code": code}
    assert (await phone.post("/door/check-in", json=body)).json()["code"] == "not_on_the_list"
    (await phone.post(f"{meeting.path}/registrations", json={"people": 2})).raise_for_status()
    shown = (await phone.get("/door", headers={"door-code": code})).json()
    assert (shown["open"], shown["known"], shown["mine"]) == (True, True, None)
    both = await asyncio.gather(*(phone.post("/door/check-in", json=body) for _ in range(2)))
    assert [answer.json() for answer in both] == [{"state": "attended", "people": 2}] * 2
    (entry,) = (await meeting.list())["entries"]
    assert (entry["person_id"], entry["by_self"], entry["version"]) == (str(person), True, 1)
    assert (await phone.get(f"{meeting.path}/attendance/mine")).json()["state"] == "attended"


async def test_by_the_link_of_a_mail(door: Any, anybody: httpx2.AsyncClient, outbox: Any) -> None:
    meeting, other = await door(), await door()
    entry = await meeting.register("Kuno Elster", email="kuno@elster.example")
    (told,) = await outbox.of(RegistrationTold)
    body = {"door_code": await meeting.code(), "registration_token": told.data.token}
    elsewhere = await anybody.post("/door/check-in", json=body | {"door_code": await other.code()})
    assert elsewhere.status_code == 404
    assert (await anybody.post("/door/check-in", json=body)).json() == {"state": "attended", "people": 1}
    assert (await meeting.entry(entry))["by_self"] is True


async def test_what_staff_noted_stays(door: Any, anybody: httpx2.AsyncClient, outbox: Any) -> None:
    meeting = await door()
    entry = await meeting.register("Kuno Elster", email="kuno@elster.example")
    await meeting.note(entry, "absent")
    (told,) = await outbox.of(RegistrationTold)
    body = {"door_code": await meeting.code(), "registration_token": told.data.token}
    assert (await anybody.post("/door/check-in", json=body)).json()["state"] == "absent"


async def test_a_guest_enters_a_name(door: Any, anybody: httpx2.AsyncClient) -> None:
    meeting = await door()
    body = {"door_code": await meeting.code(), "name": "Ilse Goldammer", "organisation": "Chor Krina"}
    assert (await anybody.post("/door/guests", json=body)).status_code == 201
    (entry,) = (await meeting.list())["entries"]
    assert (entry["kind"], entry["name"], entry["by_self"]) == ("guest", "Ilse Goldammer", True)


async def test_guests_are_not_endless(door: Any, anybody: httpx2.AsyncClient, monkeypatch: Any) -> None:
    monkeypatch.setattr(DOOR_GUESTS_FOR_CLIENT, "amount", 2)
    meeting = await door()
    body = {"door_code": await meeting.code(), "name": "Ilse Goldammer"}
    answers = [await anybody.post("/door/guests", json=body) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [201, 201, 429]
    assert len((await meeting.list())["entries"]) == 2


async def test_the_code_works_around_the_meeting_alone(door: Any, anybody: httpx2.AsyncClient) -> None:
    meeting = await door()
    code = await meeting.code()
    guest = {"door_code": code, "name": "Ilse Goldammer"}
    for hours, status in ((2.6, 409), (-0.5, 201), (-4, 409)):  # two hours and six minutes before; 1:36 before; after
        await meeting.move(hours=hours)
        answer = await anybody.post("/door/guests", json=guest)
        assert answer.status_code == status, (hours, answer.text)
        assert (await anybody.get("/door", headers={"door-code": code})).json()["open"] is (status == 201)
    assert answer.json()["code"] == "door_closed"


async def test_a_renewed_code_is_a_new_one(door: Any, anybody: httpx2.AsyncClient) -> None:
    meeting = await door()
    first, second = await meeting.code(), await meeting.code()
    for code in (first, second):  # each print has its own
        assert (await anybody.get("/door", headers={"door-code": code})).status_code == 200
    assert (await meeting.coordinator.delete(f"{meeting.path}/door-codes")).status_code == 204
    third = await meeting.code()
    found = [(await anybody.get("/door", headers={"door-code": code})).status_code for code in (first, second, third)]
    assert found == [404, 404, 200]
    async with meeting.sessions() as session:
        assert third.encode() not in (await session.scalars(sa.select(DoorCode.token_hash))).all()


async def test_a_personal_code_shows_staff_who_it_is_and_nobody_else(
    door: Any,
    anybody: httpx2.AsyncClient,
    resident: httpx2.AsyncClient,
    stranger: httpx2.AsyncClient,
    outbox: Any,
) -> None:
    meeting = await door()
    entry = await meeting.register("Kuno Elster", people=2, email="kuno@elster.example")
    (told,) = await outbox.of(RegistrationTold)
    own = (await anybody.get("/attendance/by-token", headers={"registration-token": told.data.token})).json()
    code = {"check-in-code": own["check_in_code"]}
    shown = (await meeting.coordinator.get("/check-in", headers=code)).json()
    assert (shown["entry"]["id"], shown["entry"]["name"], shown["entry"]["expected"]) == (entry, "Kuno Elster", 2)
    for somebody in (anybody, resident, stranger):
        seen = await somebody.get("/check-in", headers=code)
        assert (seen.json()["registration"], seen.json()["entry"]) == ("coming", None)
        assert "Elster" not in seen.text
        assert seen.headers["cache-control"] == "no-store"
    assert (await anybody.get("/check-in", headers={"check-in-code": "geraten"})).status_code == 404
    assert (await meeting.entry(entry))["state"] is None  # reading changes nothing


async def test_who_waits_has_no_code(door: Any, resident: httpx2.AsyncClient) -> None:
    begins = datetime.now(UTC) + timedelta(hours=1)
    times = {"starts_at": begins.isoformat(), "ends_at": (begins + timedelta(hours=2)).isoformat()}
    meeting = await door(capacity=1, **times)
    await meeting.register("Kuno Elster")
    (await resident.post(f"{meeting.path}/registrations")).raise_for_status()
    assert (await resident.get(f"{meeting.path}/attendance/mine")).status_code == 404
    assert len((await meeting.list())["entries"]) == 1
