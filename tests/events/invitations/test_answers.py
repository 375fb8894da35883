"""Answering an invitation by its reply token."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest
import sqlalchemy as sa
import time_machine
from events.tables import metadata
from shared.contracts.events import InvitationAnswered, RegistrationsCounted
from shared.messaging.tables import metadata as messaging_metadata
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker


@pytest.fixture
async def meeting(registry: Any, published: Any) -> dict[str, Any]:
    await registry.lead(registry.gossa, contacts=2)
    found: dict[str, Any] = await published()
    return found


@pytest.fixture
async def reply_token(meeting: dict[str, Any], outbox: Any) -> str:
    tokens: dict[Any, str] = await outbox.reply_tokens()
    return next(iter(tokens.values()))


async def test_the_token_shows_the_invitation_and_changes_nothing(
    anybody: httpx2.AsyncClient, meeting: dict[str, Any], reply_token: str, outbox: Any
) -> None:
    before = await outbox.types()
    answer = await anybody.get("/invitations/by-token", headers={"Reply-Token": reply_token})
    assert answer.status_code == 200
    assert answer.json() == {"answer": None, "answered_at": None, "can_answer": True, "meeting": meeting, "course": []}
    assert answer.headers["cache-control"] == "no-store"
    assert await outbox.types() == before


async def test_accept_change_ones_mind_and_repeat(
    anybody: httpx2.AsyncClient, meeting: dict[str, Any], reply_token: str, outbox: Any
) -> None:
    async def give(answer: str) -> httpx2.Response:
        return await anybody.post("/invitations/answer", json={"reply_token": reply_token, "answer": answer})

    accepted = await give("accepted")
    assert accepted.status_code == 200
    assert accepted.json()["meeting"]["counts"] == {"invited": 2, "accepted": 1, "declined": 0, "registered": 1}
    repeated = await give("accepted")
    assert (repeated.status_code, repeated.json()["code"]) == (409, "answered_already")
    assert repeated.json()["detail"] == "Diese Antwort von Ihnen haben wir schon vermerkt."
    declined = await give("declined")
    assert declined.json()["meeting"]["counts"] == {"invited": 2, "accepted": 0, "declined": 1, "registered": 0}
    told = await outbox.of(InvitationAnswered)
    assert [event.data.answer for event in told] == ["accepted", "declined"]
    assert [event.sequence for event in told] == [2, 3]
    counted = await outbox.of(RegistrationsCounted)
    assert [event.data.registered for event in counted] == [0, 1, 0]
    assert [event.sequence for event in counted] == sorted({event.sequence for event in counted})


@pytest.mark.parametrize("token", ["x", "A" * 43, "%00", "'; drop table invitation; --"])
async def test_a_wrong_token_opens_nothing(anybody: httpx2.AsyncClient, meeting: dict[str, Any], token: str) -> None:
    shown = await anybody.get("/invitations/by-token", headers={"Reply-Token": token})
    answered = await anybody.post("/invitations/answer", json={"reply_token": token, "answer": "accepted"})
    assert (shown.status_code, answered.status_code) == (404, 404)
    assert shown.json() == answered.json()


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"answer": "accepted"}, "reply_token"),
        ({"reply_token": "x"}, "answer"),
        ({"reply_token": "x", "answer": "maybe"}, "answer"),
        ({"reply_token": "", "answer": "accepted"}, "reply_token"),
        ({"reply_token": "x" * 101, "answer": "accepted"}, "reply_token"),
    ],
)
async def test_bad_answers_are_refused(anybody: httpx2.AsyncClient, body: dict[str, str], field: str) -> None:
    answer = await anybody.post("/invitations/answer", json=body)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]


async def test_fifty_answers_at_once_are_one(
    anybody: httpx2.AsyncClient, meeting: dict[str, Any], reply_token: str, outbox: Any
) -> None:
    body = {"reply_token": reply_token, "answer": "accepted"}
    answers = await asyncio.gather(*(anybody.post("/invitations/answer", json=body) for _ in range(50)))
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 49
    assert len(await outbox.of(InvitationAnswered)) == 1


async def test_answers_of_different_people_at_once_are_all_counted(
    anybody: httpx2.AsyncClient, registry: Any, published: Any, outbox: Any
) -> None:
    await registry.lead(registry.krina, contacts=20)
    await published()
    bodies = [{"reply_token": token, "answer": "accepted"} for token in (await outbox.reply_tokens()).values()]
    answers = await asyncio.gather(*(anybody.post("/invitations/answer", json=body) for body in bodies))
    assert {answer.status_code for answer in answers} == {200}
    counted = await outbox.of(RegistrationsCounted)
    assert [event.data.accepted for event in sorted(counted, key=lambda e: e.sequence)] == list(range(21))


async def test_no_answer_after_the_meeting(
    anybody: httpx2.AsyncClient, meeting: dict[str, Any], reply_token: str
) -> None:
    after = datetime.fromisoformat(meeting["ends_at"]).astimezone(UTC) + timedelta(minutes=1)
    with time_machine.travel(after):
        shown = await anybody.get("/invitations/by-token", headers={"Reply-Token": reply_token})
        answer = await anybody.post("/invitations/answer", json={"reply_token": reply_token, "answer": "accepted"})
    assert shown.json()["can_answer"] is False
    assert (answer.status_code, answer.json()["code"]) == (409, "meeting_over")


async def test_the_token_itself_is_not_stored(
    meeting: dict[str, Any], outbox: Any, sessions: async_sessionmaker[AsyncSession]
) -> None:
    """It leaves with the outbox row; the service's own tables hold its hash."""
    tokens = list((await outbox.reply_tokens()).values())
    own = [table for table in metadata.sorted_tables if table.name not in messaging_metadata.tables]
    async with sessions() as session:
        selects = [sa.select(sa.cast(table.table_valued(), sa.Text)) for table in own]
        dump = "\n".join([row for select in selects for row in await session.scalars(select)])
    assert str(meeting["id"]) in dump
    assert len(tokens) == 2
    assert not any(token in dump for token in tokens)
