"""Whoever is invited and has registered, or registered twice, is one line at the door."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
import sqlalchemy as sa
from events.attendance.model import AttendanceMark
from fastapi import FastAPI
from shared.contracts.events import RegistrationsCounted, RegistrationTold
from shared.contracts.registry import PersonMerged
from testkit.clients import Clients
from testkit.tokens import volunteer


@pytest.fixture
def phone_of(client_for: Clients, app: FastAPI, token_for: Callable[..., str]) -> Callable[..., Any]:
    """`await phone_of(person)`: somebody's browser."""

    async def log_in(person: UUID) -> httpx2.AsyncClient:
        return await client_for(app, token_for(volunteer(), person=person))

    return log_in


@pytest.fixture
async def club(registry: Any) -> dict[UUID, UUID]:
    """A lead association with two contacts: their persons, by the id of the contact."""
    organisation = uuid4()
    await registry.grant_mandate(organisation, registry.gossa)
    persons = [uuid4(), uuid4()]
    return {await registry.appoint(organisation, person): person for person in persons}


async def answer(anybody: httpx2.AsyncClient, outbox: Any, contact: UUID, said: str) -> None:
    body = {"reply_token": (await outbox.reply_tokens())[contact], "answer": said}
    (await anybody.post("/invitations/answer", json=body)).raise_for_status()


async def test_an_invited_contact_who_registers_is_one_line_with_the_organisation(
    door: Any, club: dict[UUID, UUID], phone_of: Any
) -> None:
    meeting = await door()
    invited, other = club
    phone = await phone_of(club[invited])
    (await phone.post(f"{meeting.path}/registrations", json={"people": 2})).raise_for_status()
    found = await meeting.list()
    registered, waiting_for = found["entries"]
    assert (registered["kind"], registered["person_id"], registered["contact_id"], registered["expected"]) == (
        "registration", str(club[invited]), str(invited), 2,
    )  # fmt: skip
    assert registered["organisation_id"] == waiting_for["organisation_id"]
    assert (waiting_for["kind"], waiting_for["contact_id"]) == ("invitation", str(other))
    assert (found["counts"]["expected"], found["counts"]["open"]) == (2, 3)
    (await phone.post("/door/check-in", json={"door_code": await meeting.code()})).raise_for_status()
    await meeting.coordinator.post(f"{meeting.path}/attendance/closing")
    counts = (await meeting.list())["counts"]
    assert (counts["attended"], counts["absent"], counts["open"]) == (2, 1, 0)  # the other contact is somebody else


async def test_two_of_one_organisation_who_register_are_two_lines(
    door: Any, club: dict[UUID, UUID], phone_of: Any
) -> None:
    meeting = await door()
    for person in club.values():
        (await (await phone_of(person)).post(f"{meeting.path}/registrations")).raise_for_status()
    entries = (await meeting.list())["entries"]
    assert [(one["person_id"], one["contact_id"]) for one in entries] == [
        (str(person), str(contact)) for contact, person in club.items()
    ]
    assert len({one["organisation_id"] for one in entries}) == 1


async def test_who_holds_a_place_by_either_is_expected(
    door: Any, club: dict[UUID, UUID], phone_of: Any, anybody: httpx2.AsyncClient, outbox: Any
) -> None:
    meeting = await door()
    accepted, declined = club
    await answer(anybody, outbox, accepted, "accepted")
    await answer(anybody, outbox, declined, "declined")
    for person in club.values():
        (await (await phone_of(person)).post(f"{meeting.path}/registrations")).raise_for_status()
    found = await meeting.list()
    assert ([one["state"] for one in found["entries"]], found["counts"]["expected"]) == ([None, None], 2)
    for one in found["entries"]:
        (await meeting.coordinator.post(f"/registrations/{one['id']}/withdrawal")).raise_for_status()
    found = await meeting.list()
    states = {one["contact_id"]: (one["expected"], one["state"]) for one in found["entries"]}
    assert states == {str(accepted): (1, None), str(declined): (0, "excused")}
    assert (found["counts"]["expected"], found["counts"]["excused"]) == (1, 1)


async def test_whoever_accepts_and_registers_takes_one_place(
    club: dict[UUID, UUID], phone_of: Any, anybody: httpx2.AsyncClient, outbox: Any, published: Any
) -> None:
    meeting = await published(capacity=3)
    first, second = club
    path = f"/meetings/{meeting['id']}/registrations"

    async def people() -> int:
        return int((await outbox.of(RegistrationsCounted))[-1].data.registered)

    await answer(anybody, outbox, first, "accepted")
    one = await phone_of(club[first])
    assert (await one.post(path, json={"people": 2})).json()["state"] == "coming"
    assert await people() == 2
    other = await phone_of(club[second])
    assert (await other.post(path)).json()["state"] == "coming"
    await answer(anybody, outbox, second, "accepted")  # all places are taken, one of them by this person
    assert await people() == 3
    stranger = await phone_of(uuid4())
    assert (await stranger.post(path)).json()["state"] == "waiting"
    (await other.post(f"{path}/mine/withdrawal")).raise_for_status()  # the invitation still holds
    assert await people() == 3
    await answer(anybody, outbox, second, "declined")
    assert (await stranger.get(f"{path}/mine")).json()["state"] == "offered"


async def test_the_waiting_list_counts_the_place_that_somebody_has_by_an_invitation(
    club: dict[UUID, UUID], phone_of: Any, anybody: httpx2.AsyncClient, outbox: Any, published: Any
) -> None:
    meeting = await published(capacity=2)
    contact, person = next(iter(club.items()))
    path = f"/meetings/{meeting['id']}/registrations"
    await answer(anybody, outbox, contact, "accepted")
    stranger, phone = await phone_of(uuid4()), await phone_of(person)
    assert (await stranger.post(path)).json()["state"] == "coming"
    assert (await phone.post(path, json={"people": 2})).json()["state"] == "waiting"
    (await stranger.post(f"{path}/mine/withdrawal")).raise_for_status()
    assert (await phone.get(f"{path}/mine")).json()["state"] == "offered"
    (await phone.post(f"{path}/mine/confirmation")).raise_for_status()
    assert (await outbox.of(RegistrationsCounted))[-1].data.registered == 2


async def test_what_was_noted_before_somebody_registered_holds_and_is_corrected_in_one_place(
    door: Any, club: dict[UUID, UUID], phone_of: Any
) -> None:
    meeting = await door()
    contact, person = next(iter(club.items()))
    invitation = next(one for one in (await meeting.list())["entries"] if one["contact_id"] == str(contact))
    (await meeting.note(invitation["id"], "attended")).raise_for_status()
    (await (await phone_of(person)).post(f"{meeting.path}/registrations")).raise_for_status()
    line = next(one for one in (await meeting.list())["entries"] if one["contact_id"] == str(contact))
    assert (line["kind"], line["state"], line["version"]) == ("registration", "attended", 1)
    for entry_id in (invitation["id"], line["id"]):  # somebody's page may be older
        assert (await meeting.note(entry_id, "attended", version=1)).json()["version"] == 1
    assert (await meeting.note(invitation["id"], None, version=1)).json()["state"] is None
    assert (await meeting.list())["counts"]["attended"] == 0


async def test_two_entries_that_were_merged_are_one_and_who_was_there_was_there(
    door: Any, club: dict[UUID, UUID], phone_of: Any, registry: Any
) -> None:
    meeting = await door()
    contact, into = next(iter(club.items()))
    former = uuid4()
    (await (await phone_of(former)).post(f"{meeting.path}/registrations")).raise_for_status()
    registration = next(one for one in (await meeting.list())["entries"] if one["kind"] == "registration")
    (await meeting.note(registration["id"], "attended")).raise_for_status()
    await meeting.coordinator.post(f"{meeting.path}/attendance/closing")  # the contact counts as absent
    told = PersonMerged(person_id=former, into_person_id=into, contacts=[])
    await registry.tell(told, subject=former)
    line = next(one for one in (await meeting.list())["entries"] if one["contact_id"] == str(contact))
    assert (line["id"], line["state"], line["version"]) == (registration["id"], "attended", 1)
    assert (await meeting.note(line["id"], None, version=1)).json()["state"] is None
    async with meeting.sessions() as session:  # of the line nothing is left that would come back
        noted = (await session.scalars(sa.select(AttendanceMark.state))).all()
    assert noted == ["absent"]  # the other contact


async def test_who_took_it_back_and_registers_again_is_one_line(
    door: Any, phone_of: Any, anybody: httpx2.AsyncClient, outbox: Any
) -> None:
    meeting, person = await door(), uuid4()
    phone = await phone_of(person)
    for last in (False, True):
        registered = (await phone.post(f"{meeting.path}/registrations")).raise_for_status().json()
        guest = await meeting.register("Kuno Elster", email="kuno@elster.example")
        if not last:
            for one in (registered["id"], guest):
                (await meeting.coordinator.post(f"/registrations/{one}/withdrawal")).raise_for_status()
    found = await meeting.list()
    assert [(one["person_id"], one["name"], one["state"]) for one in found["entries"]] == [
        (str(person), None, None), (None, "Kuno Elster", None),
    ]  # fmt: skip
    assert (found["counts"]["expected"], found["counts"]["excused"]) == (2, 0)
    token = [event.data.token for event in await outbox.of(RegistrationTold) if event.data.token][-1]
    body = {"door_code": await meeting.code(), "registration_token": token}
    assert (await anybody.post("/door/check-in", json=body)).json()["state"] == "attended"
    assert (await meeting.list())["counts"]["attended"] == 1


async def test_two_with_one_address_are_two(door: Any) -> None:
    meeting = await door()
    first = await meeting.register("Kuno Elster", email="familie@elster.example")
    (await meeting.coordinator.post(f"/registrations/{first}/withdrawal")).raise_for_status()
    await meeting.register("Ilse Elster", email="familie@elster.example")
    states = {one["name"]: one["state"] for one in (await meeting.list())["entries"]}
    assert states == {"Kuno Elster": "excused", "Ilse Elster": None}
    assert (await meeting.entry(first))["state"] == "excused"
    assert (await meeting.note(first, "attended")).json()["name"] == "Kuno Elster"
