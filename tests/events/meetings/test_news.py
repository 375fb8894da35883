"""What happens to a published meeting: those concerned are told of changes and cancellations; at last it is held."""

import asyncio
from typing import Any

import httpx2
import pytest
import sqlalchemy as sa
from events.meetings.handlers import hold_past
from events.meetings.model import Meeting
from shared.contracts.events import (
    Answer,
    InvitationAnswered,
    MeetingCancelled,
    MeetingHeld,
    MeetingNewsTold,
    RegistrationsCounted,
)


async def answer(client: httpx2.AsyncClient, token: str, given: str) -> None:
    (await client.post("/invitations/answer", json={"reply_token": token, "answer": given})).raise_for_status()


async def test_a_change_is_told_to_those_concerned(
    coordinator: httpx2.AsyncClient, resident: httpx2.AsyncClient, published: Any, body_of: Any, registry: Any,
    outbox: Any,
) -> None:  # fmt: skip
    comes, declines, silent = await registry.lead(registry.gossa, contacts=3)
    meeting = await published()
    address = f"/meetings/{meeting['id']}"
    tokens = await outbox.reply_tokens()
    await answer(coordinator, tokens[comes], "accepted")
    await answer(coordinator, tokens[declines], "declined")
    (await resident.post(f"{address}/registrations")).raise_for_status()
    moved = body_of(meeting, place="Kirche Krina")
    preview = (await coordinator.post(f"{address}/change-preview", json=moved)).raise_for_status().json()
    assert (preview["tells"], preview["people"], preview["relocated"]) == (True, 3, True)
    assert (preview["before"]["place"], preview["after"]["place"]) == (meeting["place"], "Kirche Krina")
    assert await outbox.of(MeetingNewsTold) == [], "looking tells nobody"
    (await coordinator.put(address, json=moved)).raise_for_status()
    told = [event.data for event in await outbox.of(MeetingNewsTold)]
    assert {one.contact_id for one in told} == {comes, silent, None}
    assert len([one for one in told if one.person_id]) == 1
    assert {one.before.place for one in told if one.before} == {meeting["place"]}
    assert {one.meeting.calendar_sequence for one in told} == {1}


async def test_who_declined_learns_of_another_time(
    coordinator: httpx2.AsyncClient, published: Any, body_of: Any, registry: Any, outbox: Any
) -> None:
    (contact,) = await registry.lead(registry.gossa)
    meeting = await published()
    await answer(coordinator, (await outbox.reply_tokens())[contact], "declined")
    later = meeting["ends_at"].replace("T20", "T21")
    (await coordinator.put(f"/meetings/{meeting['id']}", json=body_of(meeting, ends_at=later))).raise_for_status()
    (told,) = await outbox.of(MeetingNewsTold)
    assert (told.data.contact_id, told.data.answer) == (contact, Answer.DECLINED)


@pytest.mark.parametrize(("tell", "told"), [(False, 0), (True, 1)])
async def test_a_slip_in_the_text_is_told_only_if_that_is_wanted(
    coordinator: httpx2.AsyncClient, published: Any, body_of: Any, registry: Any, outbox: Any, tell: bool, told: int
) -> None:
    await registry.lead(registry.gossa)
    meeting = await published()
    body = body_of(meeting, description="Wir planen das Dorffest!", tell=tell)
    (await coordinator.put(f"/meetings/{meeting['id']}", json=body)).raise_for_status()
    assert len(await outbox.of(MeetingNewsTold)) == told


async def test_a_cancellation_is_told_once_and_stays(
    coordinator: httpx2.AsyncClient, resident: httpx2.AsyncClient, published: Any, body_of: Any, registry: Any,
    outbox: Any,
) -> None:  # fmt: skip
    (contact,) = await registry.lead(registry.gossa)
    meeting = await published()
    address = f"/meetings/{meeting['id']}"
    assert (await coordinator.get(f"{address}/concerned")).json() == {"people": 1}
    body = {"reason": "Wasserschaden", "revision": meeting["revision"]}
    answers = await asyncio.gather(*(coordinator.post(f"{address}/cancellation", json=body) for _ in range(4)))
    assert sorted(one.status_code for one in answers) == [200, 409, 409, 409]
    (cancelled,) = await outbox.of(MeetingCancelled)
    assert (cancelled.data.reason, cancelled.data.meeting.calendar_sequence) == ("Wasserschaden", 1)
    (news,) = await outbox.of(MeetingNewsTold)
    assert (news.data.contact_id, news.data.cancelled, news.data.reason) == (contact, True, "Wasserschaden")
    token = (await outbox.reply_tokens())[contact]
    refused = [
        await coordinator.put(address, json=body_of(meeting, revision=None)),
        await coordinator.post(f"{address}/publication"),
        await resident.post(f"{address}/registrations"),
        await coordinator.post("/invitations/answer", json={"reply_token": token, "answer": "accepted"}),
    ]
    assert {(one.status_code, one.json()["code"]) for one in refused} == {(409, "meeting_cancelled")}
    assert await outbox.of(InvitationAnswered) == []
    assert "STATUS:CANCELLED" in (await coordinator.get(f"{address}/calendar.ics")).text


async def test_a_draft_is_not_cancelled(coordinator: httpx2.AsyncClient, registry: Any, plan: dict[str, Any]) -> None:
    draft = (await coordinator.post("/meetings", json=plan)).json()
    refused = await coordinator.post(f"/meetings/{draft['id']}/cancellation", json={})
    assert (refused.status_code, refused.json()["code"]) == (409, "not_published")


async def test_what_is_over_was_held_once_however_many_workers_look(
    coordinator: httpx2.AsyncClient, published: Any, body_of: Any, sessions: Any, outbox: Any
) -> None:
    past = await published(starts_at="2024-09-11T13:30", ends_at="2024-09-11T15:00")
    ahead = await published()
    await asyncio.gather(*(hold_past(sessions) for _ in range(3)))
    async with sessions() as session:
        states = dict((await session.execute(sa.select(Meeting.id, Meeting.status))).all())
    assert {str(key): state.value for key, state in states.items()} == {past["id"]: "held", ahead["id"]: "published"}
    assert [event.subject for event in await outbox.of(MeetingHeld)] == [past["id"]]
    held = (await coordinator.get(f"/meetings/{past['id']}")).json()
    again = body_of(held, starts_at="2031-09-11T13:30", ends_at="2031-09-11T15:00")
    refused = await coordinator.put(f"/meetings/{past['id']}", json=again)
    assert (refused.status_code, refused.json()["code"]) == (409, "meeting_held")
    mended = await coordinator.put(f"/meetings/{past['id']}", json=body_of(held, title="Junge Wilde"))
    assert (mended.status_code, mended.json()["title"]) == (200, "Junge Wilde")
    assert await outbox.of(MeetingNewsTold) == []


async def test_registration_has_its_time(resident: httpx2.AsyncClient, published: Any, outbox: Any) -> None:
    later = await published(
        registration_from="2098-01-01T08:00", starts_at="2098-02-01T18:00", ends_at="2098-02-01T20:00"
    )
    closed = await published(registration_until="2024-01-01T08:00")
    for meeting, code in ((later, "registration_not_yet"), (closed, "registration_over")):
        refused = await resident.post(f"/meetings/{meeting['id']}/registrations")
        assert (refused.status_code, refused.json()["code"]) == (409, code)
    assert all(event.data.registered == 0 for event in await outbox.of(RegistrationsCounted))
