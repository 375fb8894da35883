"""Guests with double opt-in, links in mails, questions, and what planners enter by telephone."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest
import sqlalchemy as sa
from events.meetings.model import Meeting
from events.registrations.model import Registration, RegistrationLink
from events.retention import RULES
from shared.contracts.events import MeetingNewsTold, RegistrationsCounted, RegistrationTold
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

Sessions = async_sessionmaker[AsyncSession]
GUEST = {"name": "Ottilie Specht", "email": "ottilie@specht.example"}


async def _ask(client: httpx2.AsyncClient, meeting: dict[str, Any], **body: Any) -> httpx2.Response:
    return await client.post(f"/meetings/{meeting['id']}/guest-registrations", json=GUEST | body)


async def _link(outbox: Any) -> dict[str, str]:
    """The newest link that was mailed."""
    return {"token": (await outbox.of(RegistrationTold))[-1].data.token}


async def test_a_place_is_taken_only_when_the_link_is_confirmed(
    anybody: httpx2.AsyncClient, coordinator: httpx2.AsyncClient, published: Any, outbox: Any, sessions: Sessions
) -> None:
    meeting = await published(capacity=3, online_link="https://treffen.example/herbst")
    answer = await _ask(anybody, meeting, people=2)
    assert (answer.status_code, answer.json()) == (202, {"status": "received"})
    assert (await coordinator.get(f"/meetings/{meeting['id']}/registrations")).json()["items"] == []
    link = await _link(outbox)
    shown = await anybody.get("/registrations/by-token", headers={"registration-token": link["token"]})
    assert (shown.json()["state"], shown.headers["cache-control"]) == ("unconfirmed", "no-store")
    assert shown.json()["meeting"]["online_link"] is None
    confirmed = await anybody.post("/registrations/confirmation", json=link)
    assert (confirmed.status_code, confirmed.json()["state"], confirmed.json()["people"]) == (200, "coming", 2)
    assert confirmed.json()["meeting"]["online_link"] == "https://treffen.example/herbst"
    assert (await outbox.of(RegistrationsCounted))[-1].data.registered == 2
    told = (await outbox.of(RegistrationTold))[-1].data
    assert (told.name, told.email, told.online_link) == (*GUEST.values(), "https://treffen.example/herbst")
    again = await anybody.post("/registrations/confirmation", json=link)
    assert (again.status_code, again.json()["code"]) == (409, "nothing_to_confirm")
    async with sessions() as session:
        hashes = list(await session.scalars(sa.select(RegistrationLink.token_hash)))
    assert len(hashes) == 2  # the mail of the confirmation has a link of its own
    assert link["token"].encode() not in hashes


async def test_one_click_takes_it_back(anybody: httpx2.AsyncClient, published: Any, outbox: Any) -> None:
    meeting = await published()
    await _ask(anybody, meeting)
    await anybody.post("/registrations/confirmation", json=await _link(outbox))
    gone = await anybody.post("/registrations/withdrawal", json=await _link(outbox))
    assert (gone.status_code, gone.json()["state"]) == (200, "withdrawn")
    twice = await anybody.post("/registrations/withdrawal", json=await _link(outbox))
    assert (twice.status_code, twice.json()["code"]) == (409, "not_registered")
    assert (await outbox.of(RegistrationsCounted))[-1].data.registered == 0


async def test_nobody_learns_who_is_registered(anybody: httpx2.AsyncClient, published: Any, outbox: Any) -> None:
    meeting = await published()
    await _ask(anybody, meeting)
    await anybody.post("/registrations/confirmation", json=await _link(outbox))
    assert (await _ask(anybody, meeting, email="OTTILIE@specht.example")).json() == {"status": "received"}
    second = await anybody.post("/registrations/confirmation", json=await _link(outbox))
    assert (second.status_code, second.json()["code"]) == (409, "registered_already")


async def test_a_mailbox_is_not_flooded(anybody: httpx2.AsyncClient, published: Any, outbox: Any) -> None:
    meeting = await published()
    codes = [(await _ask(anybody, meeting)).status_code for _ in range(6)]
    assert codes == [202] * 5 + [429]
    assert len(await outbox.of(RegistrationTold)) == 5


@pytest.mark.parametrize(("field", "value"), [("email", "ottilie"), ("name", ""), ("people", 0), ("people", 51)])
async def test_bad_input_leaves_nothing(
    anybody: httpx2.AsyncClient, published: Any, outbox: Any, field: str, value: object
) -> None:
    answer = await _ask(anybody, await published(), **{field: value})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)
    assert await outbox.of(RegistrationTold) == []


async def test_only_public_meetings_and_only_in_time(anybody: httpx2.AsyncClient, published: Any) -> None:
    hidden = await published(visibility="network")
    assert (await _ask(anybody, hidden)).status_code == 404
    day = (datetime.now(UTC) + timedelta(days=3)).strftime("%Y-%m-%dT12:00")
    early = await published(registration_from=day)
    assert (await _ask(anybody, early)).json()["code"] == "registration_not_yet"


async def test_an_unknown_link_opens_nothing(anybody: httpx2.AsyncClient) -> None:
    for way in ("confirmation", "withdrawal"):
        assert (await anybody.post(f"/registrations/{way}", json={"token": "geraten"})).status_code == 404


async def test_questions_are_answered(
    anybody: httpx2.AsyncClient, coordinator: httpx2.AsyncClient, stranger: httpx2.AsyncClient, published: Any
) -> None:
    meeting = await published()
    path = f"/meetings/{meeting['id']}/registration-form"
    asked = {"questions": [{"title": "Essen", "choices": ["Suppe", "Kuchen"], "required": True}]}
    assert (await stranger.put(path, json=asked)).status_code == 404
    saved = await coordinator.put(path, json=asked)
    assert (saved.status_code, saved.json()["version"]) == (200, 1)
    assert (await coordinator.put(path, json=asked)).status_code == 409  # somebody else saved meanwhile
    (question,) = (await anybody.get(path)).json()["questions"]
    missing = await _ask(anybody, meeting)
    assert (missing.status_code, missing.json()["code"]) == (422, "answer_missing")
    wrong = await _ask(anybody, meeting, answers={question["id"]: "Braten"})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "no_such_answer")
    assert (await _ask(anybody, meeting, answers={question["id"]: "Suppe"})).status_code == 202


async def test_planners_enter_somebody_on_the_telephone(
    coordinator: httpx2.AsyncClient, stranger: httpx2.AsyncClient, published: Any, outbox: Any
) -> None:
    meeting = await published(capacity=1)
    path = f"/meetings/{meeting['id']}/registrations"
    caller = {"name": "Kuno Elster", "phone": "034955 1234", "needs": "Platz für einen Rollstuhl"}
    assert (await stranger.post(f"{path}/for-somebody", json=caller)).status_code == 404
    entered = await coordinator.post(f"{path}/for-somebody", json=caller)
    assert (entered.status_code, entered.json()["state"], entered.json()["by_staff"]) == (201, "coming", True)
    assert await outbox.of(RegistrationTold) == []  # there is no address
    waits = (await coordinator.post(f"{path}/for-somebody", json=GUEST)).json()
    assert waits["state"] == "waiting"
    assert (await stranger.get(path)).status_code == 404
    listed = (await coordinator.get(path, params={"state": "waiting"})).json()["items"]
    assert [one["name"] for one in listed] == ["Ottilie Specht"]
    first = (await coordinator.get(path, params={"limit": 1})).json()
    rest = (await coordinator.get(path, params={"limit": 1, "after": first["next"]})).json()
    assert [one["id"] for one in (*first["items"], *rest["items"])] == [entered.json()["id"], waits["id"]]
    withdrawal = f"/registrations/{entered.json()['id']}/withdrawal"
    assert (await stranger.post(withdrawal)).status_code == 404
    assert (await coordinator.post(withdrawal)).json()["needs"] == ""
    taken = await coordinator.post(f"/registrations/{waits['id']}/confirmation")
    assert (taken.status_code, taken.json()["state"]) == (200, "coming")


async def test_guests_are_told_what_becomes_of_the_meeting(
    anybody: httpx2.AsyncClient, coordinator: httpx2.AsyncClient, published: Any, outbox: Any
) -> None:
    meeting = await published()
    await _ask(anybody, meeting)
    await anybody.post("/registrations/confirmation", json=await _link(outbox))
    await coordinator.post(f"/meetings/{meeting['id']}/cancellation", json={"reason": "Wasserschaden"})
    (told,) = await outbox.of(MeetingNewsTold)
    assert (told.data.name, told.data.email, told.data.cancelled) == (*GUEST.values(), True)


@pytest.mark.parametrize(
    ("rule", "days", "gone"),
    [
        ("registration-needs", 2, {"needs": ""}),
        ("registration-guests", 8, {"name": None, "email": None, "phone": None}),
    ],
)
async def test_what_is_personal_goes_after_the_meeting(
    coordinator: httpx2.AsyncClient, published: Any, sessions: Sessions, rule: str, days: int, gone: dict[str, Any]
) -> None:
    meeting = await published()
    caller = GUEST | {"phone": "034955 1234", "needs": "Gebärdensprache"}
    path = f"/meetings/{meeting['id']}/registrations/for-somebody"
    assert (await coordinator.post(path, json=caller)).status_code == 201
    (found,) = [one for one in RULES if one.slug == rule]
    async with sessions.begin() as session:
        assert await found.remove(session, 10) == 0
        past = datetime.now(UTC) - timedelta(days=days)
        await session.execute(sa.update(Meeting).values(starts_at=past - timedelta(hours=1), ends_at=past))
        assert await found.remove(session, 10) == 1
    async with sessions() as session:
        (left,) = await session.scalars(sa.select(Registration))
    assert {name: getattr(left, name) for name in gone} == gone
    assert left.people == 1


async def test_a_link_that_nobody_opened_ends(
    anybody: httpx2.AsyncClient, published: Any, outbox: Any, sessions: Sessions
) -> None:
    await _ask(anybody, await published())
    async with sessions.begin() as session:
        await session.execute(sa.update(Registration).values(registered_at=datetime.now(UTC) - timedelta(days=3)))
    late = await anybody.post("/registrations/confirmation", json=await _link(outbox))
    assert late.status_code == 404
    (rule,) = [one for one in RULES if one.slug == "registrations-unconfirmed"]
    async with sessions.begin() as session:
        assert await rule.remove(session, 10) == 1
    async with sessions() as session:
        assert list(await session.scalars(sa.select(RegistrationLink.token_hash))) == []
