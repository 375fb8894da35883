"""Courses: whoever registers for one date has registered for all of them."""

import asyncio
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
import sqlalchemy as sa
from events.meetings.model import Meeting
from events.registrations.model import Registration
from events.registrations.places import settle_all
from events.retention import RULES
from fastapi import FastAPI
from ical.calendar_stream import IcsCalendarStream
from icalendar import Calendar
from shared.contracts.events import (
    InvitationAnswered,
    InvitationIssued,
    MeetingNewsTold,
    RegistrationsCounted,
    RegistrationTold,
    RegistrationWithdrawn,
    SeriesNewsTold,
)
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from testkit.clients import Clients
from testkit.tokens import volunteer

Json = dict[str, Any]
Sessions = async_sessionmaker[AsyncSession]
EVENINGS = "FREQ=WEEKLY;BYDAY=WE;COUNT=4"
GUEST = {"name": "Ottilie Specht", "email": "ottilie@specht.example"}


@pytest.fixture
def people(client_for: Clients, app: FastAPI, token_for: Callable[..., str]) -> Callable[..., Any]:
    """`await people(3)`: as many people with accounts."""

    async def make(number: int) -> list[httpx2.AsyncClient]:
        return [await client_for(app, token_for(volunteer(), person=uuid4())) for _ in range(number)]

    return make


@pytest.fixture
def course(coordinator: httpx2.AsyncClient, begin: Callable[..., Any]) -> Callable[..., Any]:
    """`await course(capacity=2)`: a training of four evenings, published."""

    async def publish(**changes: Any) -> Json:
        series = await begin({"kind": "training_series"} | changes, rule=EVENINGS, one_registration=True)
        answer = await coordinator.post(f"/series/{series['id']}/publication")
        result: Json = answer.raise_for_status().json()
        return result

    return publish


def ids(course: Json) -> list[str]:
    return [one["meeting_id"] for one in course["dates"]]


def dates_in(told: Any) -> list[str]:
    return [str(one.meeting.meeting_id) for one in told.data.course]


async def register(client: httpx2.AsyncClient, meeting_id: str, **body: Any) -> Json:
    answer = await client.post(f"/meetings/{meeting_id}/registrations", json=body)
    assert answer.status_code == 201, answer.text
    result: Json = answer.json()
    return result


async def test_one_registers_once_for_any_date_and_comes_to_all(
    people: Any, course: Any, coordinator: httpx2.AsyncClient, outbox: Any
) -> None:
    first, second, third, fourth = ids(await course(capacity=8, online_link="https://treffen.example/kurs"))
    (client,) = await people(1)
    mine = await register(client, third, people=2)
    assert (mine["state"], mine["meeting_id"]) == ("coming", first)
    for date_ in (first, second, fourth):
        again = await client.post(f"/meetings/{date_}/registrations")
        assert (again.status_code, again.json()["code"]) == (409, "registered_already")
        assert (await client.get(f"/meetings/{date_}/registrations/mine")).json() == mine
        seen = (await client.get(f"/meetings/{date_}")).json()
        assert (seen["counts"]["registered"], seen["course_id"]) == (2, first)
        assert seen["online_link"] == "https://treffen.example/kurs"
        listed = (await coordinator.get(f"/meetings/{date_}/registrations")).json()
        assert [one["id"] for one in listed["items"]] == [mine["id"]]
    (told,) = await outbox.of(RegistrationTold)
    assert dates_in(told) == [first, second, third, fourth]
    assert {one.online_link for one in told.data.course} == {"https://treffen.example/kurs"}
    assert str((await outbox.of(RegistrationsCounted))[-1].data.meeting_id) == first

    gone = await client.post(f"/meetings/{second}/registrations/mine/withdrawal")
    assert (gone.status_code, gone.json()["state"]) == (200, "withdrawn")
    assert (await client.get(f"/meetings/{fourth}/registrations/mine")).status_code == 404
    assert dates_in((await outbox.of(RegistrationTold))[-1]) == [first, second, third, fourth]
    (withdrawn,) = await outbox.of(RegistrationWithdrawn)
    assert (withdrawn.data.coming, withdrawn.data.waited) == (0, False)


async def test_all_dates_share_their_places_and_one_line(
    people: Any, course: Any, coordinator: httpx2.AsyncClient, outbox: Any
) -> None:
    """Twelve people run for five places, each to another evening."""
    dates = ids(await course(capacity=5))
    clients = await people(12)
    found = await asyncio.gather(*(register(one, dates[number % 4]) for number, one in enumerate(clients)))
    states = [one["state"] for one in found]
    assert (states.count("coming"), states.count("waiting")) == (5, 7)
    listed = (await coordinator.get(f"/meetings/{dates[2]}/registrations")).json()
    assert [one["state"] for one in listed["items"]] == ["coming"] * 5 + ["waiting"] * 7
    leaving, next_one = (clients[[one["id"] for one in found].index(listed["items"][place]["id"])] for place in (0, 5))
    assert (await leaving.post(f"/meetings/{dates[3]}/registrations/mine/withdrawal")).status_code == 200
    assert (await next_one.get(f"/meetings/{dates[1]}/registrations/mine")).json()["state"] == "offered"
    taken = await next_one.post(f"/meetings/{dates[1]}/registrations/mine/confirmation")
    assert taken.json()["state"] == "coming"
    assert (await outbox.of(RegistrationsCounted))[-1].data.registered == 5


async def test_a_guest_and_somebody_on_the_telephone(
    anybody: httpx2.AsyncClient, coordinator: httpx2.AsyncClient, course: Any, outbox: Any
) -> None:
    first, second, *_, last = dates = ids(await course(capacity=2))
    questions = {"questions": [{"title": "Essen", "choices": ["Suppe", "Kuchen"]}]}
    form = (await coordinator.put(f"/meetings/{last}/registration-form", json=questions)).raise_for_status().json()
    assert (await anybody.get(f"/meetings/{second}/registration-form")).json() == form
    answers = {form["questions"][0]["id"]: "Suppe"}
    asked = await anybody.post(f"/meetings/{second}/guest-registrations", json=GUEST | {"answers": answers})
    assert asked.status_code == 202
    (unconfirmed,) = await outbox.of(RegistrationTold)
    assert dates_in(unconfirmed) == dates
    confirmed = await anybody.post("/registrations/confirmation", json={"token": unconfirmed.data.token})
    assert [one["meeting_id"] for one in confirmed.json()["course"]] == dates
    twice = await coordinator.post(f"/meetings/{first}/registrations/for-somebody", json=GUEST)
    assert twice.json()["code"] == "registered_already"
    entered = await coordinator.post(f"/meetings/{last}/registrations/for-somebody", json={"name": "Kuno Elster"})
    assert entered.json()["state"] == "coming"
    people = (await coordinator.get(f"/meetings/{second}/registrations")).json()["people"]
    assert people == {"coming": 2}


async def test_one_invitation_is_for_the_whole_course(
    registry: Any, anybody: httpx2.AsyncClient, course: Any, people: Any, outbox: Any
) -> None:
    (contact,) = await registry.lead(registry.gossa)
    first, second, third, fourth = ids(await course(capacity=1))
    (invited,) = await outbox.of(InvitationIssued)
    assert dates_in(invited) == [first, second, third, fourth]
    token = (await outbox.reply_tokens())[contact]
    shown = (await anybody.get("/invitations/by-token", headers={"reply-token": token})).json()
    assert [one["meeting_id"] for one in shown["course"]] == [first, second, third, fourth]
    accepted = await anybody.post("/invitations/answer", json={"reply_token": token, "answer": "accepted"})
    assert accepted.status_code == 200
    (answered,) = await outbox.of(InvitationAnswered)
    assert dates_in(answered) == [first, second, third, fourth]
    (client,) = await people(1)
    assert (await register(client, third))["state"] == "waiting"
    assert (await anybody.get(f"/meetings/{fourth}")).json()["counts"]["accepted"] == 1


async def test_who_is_registered_learns_of_dates_that_are_moved_cancelled_and_added(
    people: Any, course: Any, coordinator: httpx2.AsyncClient, outbox: Any, body_of: Callable[..., Json],
    plan: Json, first_day: date,
) -> None:  # fmt: skip
    series = await course()
    (client,) = await people(1)
    await register(client, ids(series)[0])
    second, third = ids(series)[1:3]
    meeting = (await coordinator.get(f"/meetings/{second}")).json()
    moved = body_of(meeting, place="Kiefernhof")
    assert (await coordinator.put(f"/meetings/{second}", json=moved)).status_code == 200
    assert (await coordinator.post(f"/meetings/{third}/cancellation", json={"reason": "Hitze"})).status_code == 200
    news = await outbox.of(MeetingNewsTold)
    assert [(str(one.data.meeting.meeting_id), one.data.cancelled) for one in news] == [(second, False), (third, True)]
    assert {one.data.person_id for one in news} == {(await outbox.of(RegistrationTold))[0].data.person_id}

    rhythm = {"rule": "FREQ=WEEKLY;BYDAY=WE;COUNT=6"}
    shown = await coordinator.post(f"/series/{series['id']}/change-preview", json={"rhythm": rhythm})
    assert (shown.json()["added"], shown.json()["people"]) == (2, 1)
    after = (await coordinator.put(f"/series/{series['id']}", json={"rhythm": rhythm})).json()
    assert [one["status"] for one in after["dates"]][2:] == ["cancelled", "published", "published", "published"]
    (letter,) = await outbox.of(SeriesNewsTold)
    assert [(one.added, str(one.meeting.meeting_id)) for one in letter.data.dates] == [
        (True, one) for one in ids(after)[4:]
    ]
    day = first_day + timedelta(days=3)
    times = {"starts_at": f"{day}T09:30", "ends_at": f"{day}T12:30", "kind": "training_series"}
    extra = (await coordinator.post("/meetings", json=plan | times)).json()["id"]
    added = await coordinator.post(f"/series/{series['id']}/meetings", json={"meeting_id": extra})
    assert [one["status"] for one in added.json()["dates"] if one["meeting_id"] == extra] == ["published"]
    assert [str(one.meeting.meeting_id) for one in (await outbox.of(SeriesNewsTold))[-1].data.dates] == [extra]
    assert (await client.get(f"/meetings/{extra}/registrations/mine")).status_code == 200


async def test_places_are_changed_for_all_dates_or_for_none(
    people: Any, course: Any, coordinator: httpx2.AsyncClient, body_of: Callable[..., Json]
) -> None:
    """Also where a date was changed by hand, and where the first one is called off."""
    series = await course(capacity=1)
    first, second, *_ = ids(series)
    clients = await people(2)
    states = [(await register(one, second))["state"] for one in clients]
    assert states == ["coming", "waiting"]
    alone = body_of((await coordinator.get(f"/meetings/{second}")).json(), capacity=9)
    refused = await coordinator.put(f"/meetings/{second}", json=alone)
    assert (refused.status_code, refused.json()["code"]) == (409, "course_together")
    by_hand = body_of((await coordinator.get(f"/meetings/{second}")).json(), place="Kiefernhof")
    (await coordinator.put(f"/meetings/{second}", json=by_hand)).raise_for_status()
    (await coordinator.post(f"/meetings/{first}/cancellation", json={})).raise_for_status()
    third = ids(series)[2]
    wanted = body_of((await coordinator.get(f"/meetings/{third}")).json(), capacity=2)
    change = {"meeting_id": third, "meeting": wanted}
    assert (await coordinator.put(f"/series/{series['id']}", json=change)).status_code == 200
    seen = (await coordinator.get(f"/meetings/{second}")).json()
    assert (seen["capacity"], seen["place"]) == (2, "Kiefernhof")
    assert (await clients[1].get(f"/meetings/{third}/registrations/mine")).json()["state"] == "offered"


async def test_a_course_is_left_until_its_last_date_and_joined_until_its_first(
    people: Any, course: Any, coordinator: httpx2.AsyncClient, sessions: Sessions
) -> None:
    series = await course(capacity=2)
    first, *_, last = ids(series)
    staying, leaving, late = await people(3)
    await register(staying, first)
    await register(leaving, first)
    await _let_pass(sessions, series["dates"][1])
    gone = await leaving.post(f"/meetings/{last}/registrations/mine/withdrawal")
    assert gone.status_code == 200
    refused = await late.post(f"/meetings/{last}/registrations")
    assert (refused.status_code, refused.json()["code"]) == (409, "registration_over")
    entered = await coordinator.post(f"/meetings/{last}/registrations/for-somebody", json={"name": "Kuno Elster"})
    assert entered.json()["state"] == "coming"
    await _let_pass(sessions, series["dates"][3])
    over = await staying.post(f"/meetings/{last}/registrations/mine/withdrawal")
    assert (over.status_code, over.json()["code"]) == (409, "meeting_over")


async def _let_pass(sessions: Sessions, date_: Json) -> None:
    """As if this date and those before it were just over: all are earlier by as much."""
    async with sessions.begin() as session:
        ends_at = await session.scalar(sa.select(Meeting.ends_at).where(Meeting.id == UUID(date_["meeting_id"])))
        assert ends_at is not None
        earlier = ends_at - datetime.now(UTC)
        moved = {"starts_at": Meeting.starts_at - earlier, "ends_at": Meeting.ends_at - earlier}
        await session.execute(sa.update(Meeting).values(moved))


async def test_an_offer_lapses_also_when_the_first_date_is_called_off(
    people: Any, course: Any, coordinator: httpx2.AsyncClient, sessions: Sessions
) -> None:
    first, second, *_ = ids(await course(capacity=1))
    clients = await people(3)
    for one in clients:
        await register(one, second)
    (await coordinator.post(f"/meetings/{first}/cancellation", json={})).raise_for_status()
    (await clients[0].post(f"/meetings/{second}/registrations/mine/withdrawal")).raise_for_status()
    async with sessions.begin() as session:
        past = datetime.now(UTC) - timedelta(minutes=1)
        offered = sa.update(Registration).where(Registration.offered_until.is_not(None))
        await session.execute(offered.values(offered_until=past))
    await asyncio.gather(*(settle_all(sessions) for _ in range(3)))
    async with sessions() as session:
        states = list(await session.scalars(sa.select(Registration.state).order_by(Registration.arrival)))
    assert states == ["withdrawn", "lapsed", "offered"]


async def test_what_guests_told_is_kept_until_the_last_date(
    course: Any, coordinator: httpx2.AsyncClient, sessions: Sessions
) -> None:
    series = await course()
    first = ids(series)[0]
    (await coordinator.post(f"/meetings/{first}/registrations/for-somebody", json=GUEST)).raise_for_status()
    rule = next(rule for rule in RULES if rule.slug == "registration-guests")
    assert rule.removal is not None
    for day, due in ((1, 0), (3, 1)):
        before = sa.literal(datetime.fromisoformat(series["dates"][day]["ends_at"]) + timedelta(seconds=1))
        async with sessions() as session:
            assert await rule.removal.count(session, before) == due


async def test_only_what_nobody_knows_becomes_a_course(
    coordinator: httpx2.AsyncClient, published: Any, plan: Json, course: Any, first_day: date
) -> None:
    free = first_day + timedelta(days=1)
    known = await published(kind="training_series", starts_at=f"{free}T18:30", ends_at=f"{free}T20:30")
    body = {"meeting_id": known["id"], "rule": "FREQ=DAILY;COUNT=3", "one_registration": True}
    begun = await coordinator.post("/series", json=body)
    assert begun.json()["code"] == "course_begun_alone"
    added = await coordinator.post(f"/series/{(await course())['id']}/meetings", json={"meeting_id": known["id"]})
    assert added.json()["code"] == "course_begun_alone"
    draft = (await coordinator.post("/meetings", json=plan | {"kind": "training_series"})).json()
    endless = {"meeting_id": draft["id"], "rule": "FREQ=DAILY", "one_registration": True}
    refused = await coordinator.post("/series", json=endless)
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "rule")
    assert (await coordinator.get(f"/meetings/{draft['id']}")).json()["series_id"] is None


async def test_a_course_is_published_as_a_whole_and_its_first_date_gives_way(
    coordinator: httpx2.AsyncClient, begin: Any, first_day: date, sessions: Sessions
) -> None:
    """A draft's first date may fall away: registrations will stand under the meeting that stays the first."""
    series = await begin({"kind": "training_series"}, rule=EVENINGS, one_registration=True)
    first, second, *_ = ids(series)
    alone = await coordinator.post(f"/meetings/{second}/publication")
    assert (alone.status_code, alone.json()["code"]) == (409, "course_together")
    rhythm = {"rule": EVENINGS, "left_out": [str(first_day)]}
    after = (await coordinator.put(f"/series/{series['id']}", json={"rhythm": rhythm})).raise_for_status().json()
    assert (len(ids(after)), ids(after)[0]) == (3, first)
    async with sessions() as session:
        heads = set(await session.scalars(sa.select(Meeting.course_id).where(Meeting.course_id.is_not(None))))
    assert [str(one) for one in heads] == [first]


async def test_who_was_there_is_noted_for_each_date(
    people: Any, course: Any, coordinator: httpx2.AsyncClient, sessions: Sessions
) -> None:
    first, second, *_ = ids(await course())
    (client,) = await people(1)
    mine = await register(client, first)
    now = datetime.now(UTC)
    times = {"starts_at": now - timedelta(hours=2), "ends_at": now + timedelta(hours=1)}
    async with sessions() as session, session.begin():
        await session.execute(sa.update(Meeting).where(Meeting.id.in_([UUID(first), UUID(second)])).values(**times))
    for meeting_id, state in ((first, "attended"), (second, "excused")):
        path = f"/meetings/{meeting_id}/attendance/{mine['id']}"
        (await coordinator.put(path, json={"state": state, "version": 0})).raise_for_status()
    for meeting_id, state in ((first, "attended"), (second, "excused")):
        listed = (await coordinator.get(f"/meetings/{meeting_id}/attendance")).json()["entries"]
        assert [(one["id"], one["state"]) for one in listed] == [(mine["id"], state)]


async def test_the_calendar_file_of_any_date_has_all_dates(
    course: Any, coordinator: httpx2.AsyncClient, anybody: httpx2.AsyncClient
) -> None:
    dates = ids(await course())
    (await coordinator.post(f"/meetings/{dates[3]}/cancellation", json={"reason": "Sturm"})).raise_for_status()
    for one in (dates[0], dates[2]):
        body = (await anybody.get(f"/meetings/{one}/calendar.ics")).raise_for_status().content
        calendar: Any = Calendar.from_ical(body)
        assert [str(event["URL"]).rpartition("/")[2] for event in calendar.events] == dates
        assert [str(event["STATUS"]) for event in calendar.events] == ["CONFIRMED"] * 3 + ["CANCELLED"]
        uids = {str(event["UID"]) for event in calendar.events}
        other: Any = IcsCalendarStream.calendar_from_ics(body.decode())
        assert uids == {str(event.uid) for event in other.events}
        assert len(uids) == 4
