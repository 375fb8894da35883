"""Certificates of participation: what is kept of them, whom they convince, and when they end."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import httpx2
import pytest
import sqlalchemy as sa
from events.attendance.codes import ALPHABET, LENGTH, plain_name
from events.attendance.limits import NAMES_FOR_CERTIFICATE
from events.attendance.model import ParticipationCertificate
from events.attendance.names import OwnNames
from fastapi import FastAPI
from shared.contracts.events import RegistrationTold
from testkit.clients import Clients
from testkit.tokens import volunteer


async def attended(meeting: Any, name: str = "Ottilie Specht", **told: Any) -> str:
    """Somebody was there, and it is over."""
    entry = await meeting.register(name, **told)
    await meeting.note(entry, "attended")
    await meeting.move(hours=-3)
    return str(entry)


async def verify(anybody: httpx2.AsyncClient, code: str, name: str) -> Any:
    return (await anybody.post("/certificates/verification", json={"code": code, "name": name})).json()


async def test_only_who_was_there_and_only_afterwards(door: Any) -> None:
    meeting = await door()
    there, missing = await meeting.register("Ottilie Specht"), await meeting.register("Kuno Elster")
    await meeting.note(there, "attended")
    early = await meeting.certify(there, "Ottilie Specht")
    assert (early.status_code, early.json()["code"]) == (409, "meeting_not_over")
    await meeting.move(hours=-3)
    refused = await meeting.certify(missing, "Kuno Elster")
    assert (refused.status_code, refused.json()["code"]) == (409, "not_attended")
    assert (await meeting.certify(there, "Ottilie Specht")).status_code == 201


async def test_the_code_shows_the_meeting_and_checks_a_name(door: Any, anybody: httpx2.AsyncClient) -> None:
    meeting = await door(title="Fördermittel für Vereine")
    entry = await attended(meeting)
    (issued,) = (await meeting.certify(entry, "Ottilie Müller-Voß")).json()["items"]
    code = issued["code"]
    assert len(code) == LENGTH
    assert set(code) <= set(ALPHABET)
    typed = "-".join(code[i : i + 4] for i in range(0, LENGTH, 4)).lower()
    shown = (await anybody.get("/certificates/by-code", headers={"certificate-code": typed})).json()
    assert (shown["title"], shown["revoked_at"]) == ("Fördermittel für Vereine", None)
    assert not {"name", "entry_id"} & shown.keys()
    assert (await verify(anybody, typed, "ottilie  MÜLLER-VOSS"))["matches"] is True
    assert (await verify(anybody, typed, "Ottilie Müller"))["matches"] is False
    assert (await anybody.get("/certificates/by-code", headers={"certificate-code": "A" * 28})).status_code == 404
    unknown = {"code": "A" * 28, "name": "Ottilie"}
    assert (await anybody.post("/certificates/verification", json=unknown)).status_code == 404


async def test_neither_code_nor_name_is_kept(door: Any) -> None:
    meeting = await door()
    (issued,) = (await meeting.certify(await attended(meeting), "Ottilie Specht")).json()["items"]
    async with meeting.sessions() as session:
        kept = " ".join(await session.scalars(sa.text("SELECT row_to_json(c)::text FROM participation_certificate c")))
        answers = " ".join(await session.scalars(sa.text("SELECT row_to_json(a)::text FROM idempotency_key a")))
        one = (await session.scalars(sa.select(ParticipationCertificate))).one()
    assert one.code_hash not in (issued["code"].encode(), b"")
    for secret in (issued["code"], "Ottilie", "Specht"):
        assert secret not in kept
    assert issued["code"] not in answers


async def test_names_cannot_be_tried_for_long(door: Any, anybody: httpx2.AsyncClient, monkeypatch: Any) -> None:
    monkeypatch.setattr(NAMES_FOR_CERTIFICATE, "amount", 2)
    meeting = await door()
    (issued,) = (await meeting.certify(await attended(meeting), "Ottilie Specht")).json()["items"]
    for _ in range(2):
        assert (await verify(anybody, issued["code"], "Falsch"))["matches"] is False
    body = {"code": issued["code"], "name": "Ottilie Specht"}
    assert (await anybody.post("/certificates/verification", json=body)).status_code == 429


async def test_a_correction_revokes_it(door: Any, anybody: httpx2.AsyncClient) -> None:
    meeting = await door()
    entry = await attended(meeting)
    (issued,) = (await meeting.certify(entry, "Ottilie Specht")).json()["items"]
    await meeting.note(entry, "absent", version=1)
    shown = await anybody.get("/certificates/by-code", headers={"certificate-code": issued["code"]})
    assert shown.json()["revoked_at"] is not None
    assert (await verify(anybody, issued["code"], "Ottilie Specht"))["matches"] is False
    assert (await meeting.certify(entry, "Ottilie Specht")).json()["code"] == "not_attended"


async def test_by_the_link_of_a_mail_with_the_name_that_was_registered(
    door: Any, anybody: httpx2.AsyncClient, outbox: Any
) -> None:
    meeting = await door()
    await attended(meeting, "Kuno Elster", email="kuno@elster.example")
    (told,) = await outbox.of(RegistrationTold)
    own = await anybody.get("/attendance/by-token", headers={"registration-token": told.data.token})
    assert own.json()["certificate"] is True
    issued = (await anybody.post("/certificates/by-token", json={"token": told.data.token})).json()
    assert issued["name"] == "Kuno Elster"
    assert (await verify(anybody, issued["code"], "Kuno Elster"))["matches"] is True


async def test_by_account_with_the_name_that_the_registry_tells(
    client_for: Clients,
    app: FastAPI,
    token_for: Callable[..., str],
    door: Any,
    anybody: httpx2.AsyncClient,
    outbox: Any,
) -> None:
    meeting = await door()
    token = token_for(volunteer(), person=uuid4())
    asked = []

    def registry(request: httpx2.Request) -> httpx2.Response:
        asked.append((request.url.path, request.headers["authorization"]))
        return httpx2.Response(200, json={"name": "Renate Kleiber"})

    app.state.own_names = OwnNames("http://registry.test", httpx2.MockTransport(registry))
    person = await client_for(app, token)
    (await person.post(f"{meeting.path}/registrations")).raise_for_status()
    path = f"{meeting.path}/certificates/mine"
    assert (await person.post(path)).json()["code"] == "not_attended"
    (entry,) = (await meeting.list())["entries"]
    await meeting.note(entry["id"], "attended")
    await meeting.move(hours=-3)
    issued = (await person.post(path, json={"name": "Jemand anders"})).json()
    assert issued["name"] == "Renate Kleiber"
    assert asked == [("/me", f"Bearer {token}")]
    assert (await verify(anybody, issued["code"], "Renate Kleiber"))["matches"] is True
    (told,) = await outbox.of(RegistrationTold)
    linked = await anybody.post("/certificates/by-token", json={"token": told.data.token})
    assert linked.json()["code"] == "name_unknown"


@pytest.mark.parametrize(
    ("one", "other"), [("Erna Müller-Voß", "ERNA  müller voss"), ("Dr. Erna Beispiel", "dr erna beispiel")]
)
def test_names_are_compared_as_people_write_them(one: str, other: str) -> None:
    assert plain_name(one) == plain_name(other)
