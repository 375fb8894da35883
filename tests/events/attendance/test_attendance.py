"""Noting who is there."""

import asyncio
from typing import Any
from uuid import uuid4

import httpx2
import sqlalchemy as sa
from events.attendance.model import AttendanceMark
from events.minutes.model import Minutes, MinutesStatus
from shared.contracts.events import AttendanceRecorded
from shared.database import transaction


async def test_somebody_is_there_with_fewer_than_were_registered(door: Any) -> None:
    meeting = await door()
    entry = await meeting.register("Ottilie Specht", people=3)
    done = await meeting.note(entry, "attended", people=2)
    assert done.status_code == 200, done.text
    found = await meeting.list()
    assert found["counts"] == {
        "expected": 3, "attended": 2, "excused": 0, "absent": 0, "open": 0, "guests": 0,
    }  # fmt: skip
    (shown,) = found["entries"]
    assert (shown["name"], shown["state"], shown["people"], shown["by_self"]) == (
        "Ottilie Specht",
        "attended",
        2,
        False,
    )


async def test_two_who_tap_the_same_are_one_and_two_who_disagree_are_told(door: Any) -> None:
    meeting = await door()
    entry = await meeting.register("Ottilie Specht")
    both = await asyncio.gather(meeting.note(entry, "attended"), meeting.note(entry, "attended"))
    assert [answer.status_code for answer in both] == [200, 200]
    assert (await meeting.entry(entry))["version"] == 1
    late = await meeting.note(entry, "absent")  # saw nothing noted
    assert (late.status_code, late.json()["code"]) == (409, "changed_meanwhile")
    assert (await meeting.note(entry, "absent", version=1)).json()["state"] == "absent"
    assert (await meeting.note(entry, None, version=2)).json()["state"] is None
    assert (await meeting.entry(entry))["version"] == 0


async def test_who_cancelled_or_declined_is_excused_by_that(
    door: Any, registry: Any, anybody: httpx2.AsyncClient, outbox: Any
) -> None:
    coming, missing = await registry.lead(registry.gossa, contacts=2)
    meeting = await door()
    tokens = await outbox.reply_tokens()
    for contact, said in ((coming, "accepted"), (missing, "declined")):
        answer = {"reply_token": tokens[contact], "answer": said}
        (await anybody.post("/invitations/answer", json=answer)).raise_for_status()
    gone = await meeting.register("Kuno Elster", people=2)
    (await meeting.coordinator.post(f"/registrations/{gone}/withdrawal")).raise_for_status()
    found = await meeting.list()
    states = {one["contact_id"] or one["name"]: (one["state"], one["by_self"]) for one in found["entries"]}
    assert states == {
        str(coming): (None, False),
        str(missing): ("excused", True),
        "Kuno Elster": ("excused", True),
    }
    assert found["counts"]["expected"] == 1
    came_after_all = next(one["id"] for one in found["entries"] if one["contact_id"] == str(missing))
    assert (await meeting.note(came_after_all, "attended")).json()["state"] == "attended"


async def test_guests_come_and_are_taken_back(door: Any) -> None:
    meeting = await door()
    body = {"name": "Falk Wiedehopf", "organisation": "Pouch"}
    came = (await meeting.coordinator.post(f"{meeting.path}/attendance/guests", json=body)).json()
    assert (came["kind"], came["state"], came["organisation"]) == ("guest", "attended", "Pouch")
    assert (await meeting.list())["counts"]["guests"] == 1
    assert (await meeting.note(came["id"], None, version=1)).status_code == 200
    assert (await meeting.list())["entries"] == []
    empty = await meeting.coordinator.post(f"{meeting.path}/attendance/guests", json={"name": " "})
    assert empty.status_code == 422


async def test_closing_makes_the_rest_absent_and_tells_numbers(door: Any, outbox: Any) -> None:
    meeting = await door()
    there = await meeting.register("Ottilie Specht", people=2)
    missing = await meeting.register("Kuno Elster")
    await meeting.note(there, "attended")
    closed = (await meeting.coordinator.post(f"{meeting.path}/attendance/closing")).json()
    assert closed["closed_at"] is not None
    assert (await meeting.entry(missing))["state"] == "absent"
    (told,) = await outbox.of(AttendanceRecorded)
    assert told.data.model_dump(mode="json") == {
        "meeting_id": meeting.id, "attended": 2, "excused": 0, "absent": 1, "guests": 0,
    }  # fmt: skip
    await meeting.coordinator.post(f"{meeting.path}/attendance/closing")
    assert len(await outbox.of(AttendanceRecorded)) == 1
    await meeting.note(missing, "attended", version=1)  # a correction is told, too
    assert [event.data.attended for event in await outbox.of(AttendanceRecorded)] == [2, 3]


async def test_nobody_is_told_of_a_meeting_that_is_not_for_everybody(door: Any, outbox: Any) -> None:
    meeting = await door(visibility="network")
    await meeting.register("Ottilie Specht")
    assert (await meeting.coordinator.post(f"{meeting.path}/attendance/closing")).status_code == 200
    assert await outbox.of(AttendanceRecorded) == []


async def test_not_before_its_day_and_not_when_it_is_settled(door: Any) -> None:
    meeting = await door()
    entry = await meeting.register("Ottilie Specht")
    await meeting.move(days=3)
    early = await meeting.note(entry, "attended")
    assert (early.status_code, early.json()["code"]) == (409, "meeting_not_begun")
    assert (await meeting.list())["changeable"] is False
    await meeting.move(days=-3 - 31)
    late = await meeting.note(entry, "attended")
    assert (late.status_code, late.json()["code"]) == (409, "attendance_final")
    await meeting.move(days=29)
    assert (await meeting.note(entry, "attended")).status_code == 200
    async with transaction(meeting.sessions) as session:
        minutes = {"id": uuid4(), "version": 1, "network": "heidedoerfer", "status": MinutesStatus.APPROVED}
        await session.execute(sa.insert(Minutes).values(**minutes, meeting_id=meeting.id, present=[], excused=[]))
    assert (await meeting.note(entry, "absent", version=1)).json()["code"] == "attendance_final"


async def test_of_another_network_nothing_is_there(door: Any, stranger: httpx2.AsyncClient) -> None:
    meeting, other = await door(), await door()
    entry = await meeting.register("Ottilie Specht")
    noted = {"state": "attended", "version": 0}
    assert (await stranger.get(f"{meeting.path}/attendance")).status_code == 404
    assert (await stranger.put(f"{meeting.path}/attendance/{entry}", json=noted)).status_code == 404
    assert (await stranger.post(f"{meeting.path}/door-codes")).status_code == 404
    assert (await meeting.coordinator.put(f"{other.path}/attendance/{entry}", json=noted)).status_code == 404
    async with meeting.sessions() as session:
        assert await session.scalar(sa.select(sa.func.count()).select_from(AttendanceMark)) == 0
