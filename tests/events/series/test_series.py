"""Series: dates that are meetings of their own, changed one by one, from one on, or all."""

import asyncio
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx2
import pytest
import time_machine
from events.series.dates import HORIZON, MOST, plan_all_series
from events.series.rhythm import replace_parts
from shared.contracts.events import (
    InvitationIssued,
    MeetingCancelled,
    MeetingNewsTold,
    MeetingPublished,
    SeriesNewsTold,
)
from shared.dates import in_berlin
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

Json = dict[str, Any]


def clocks(series: Json) -> set[str]:
    return {one["starts_at"][11:16] for one in series["dates"]}


def days(series: Json) -> list[str]:
    return [one["starts_at"][:10] for one in series["dates"]]


async def read(client: httpx2.AsyncClient, series: Json) -> Json:
    result: Json = (await client.get(f"/series/{series['id']}")).raise_for_status().json()
    return result


async def change(client: httpx2.AsyncClient, series: Json, **body: Any) -> Json:
    answer = await client.put(f"/series/{series['id']}", json=body)
    assert answer.status_code == 200, answer.text
    result: Json = answer.json()
    return result


async def edited(client: httpx2.AsyncClient, date_: Json, body_of: Callable[..., Json], **changes: Any) -> Json:
    """A date as its form sends it, with changes."""
    meeting = (await client.get(f"/meetings/{date_['meeting_id']}")).raise_for_status().json()
    return body_of(meeting, **changes)


async def test_each_date_is_a_meeting_at_the_same_clock_all_year(
    coordinator: httpx2.AsyncClient, begin: Callable[..., Any], first_day: date
) -> None:
    series = await begin()
    assert days(series)[0] == str(first_day)
    assert len(series["dates"]) in (12, 13)
    assert clocks(series) == {"18:30"}
    assert {one["starts_at"][-6:] for one in series["dates"]} == {"+01:00", "+02:00"}  # summer and winter
    meetings = [(await coordinator.get(f"/meetings/{one['meeting_id']}")).json() for one in series["dates"][:3]]
    assert {one["series_id"] for one in meetings} == {series["id"]}
    assert len({one["calendar_uid"] for one in meetings}) == 3
    assert [item["title"] for item in meetings[2]["agenda"]] == ["Begrüßung", "Dorffest"]


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({"rule": "FREQ=WEEKLY;INTERVAL=0"}, 422, "rule"),
        ({"rule": "FREQ=MONTHLY;BYDAY=1MO"}, 422, "rule"),
        ({"one_registration": True}, 422, "one_registration"),
    ],
)
async def test_what_makes_no_sense_leaves_nothing_behind(
    coordinator: httpx2.AsyncClient,
    registry: Any,
    plan: Json,
    first_day: date,
    body: Json,
    status: int,
    field: str,
) -> None:
    times = {"starts_at": f"{first_day}T18:30", "ends_at": f"{first_day}T20:30"}
    meeting = (await coordinator.post("/meetings", json=plan | times)).json()
    wanted = {"meeting_id": meeting["id"], "rule": "FREQ=MONTHLY;BYDAY=2WE"} | body
    refused = await coordinator.post("/series", json=wanted)
    assert refused.status_code == status
    assert refused.json()["errors"][0]["field"] == field
    assert (await coordinator.get("/series", params={"network": plan["network"]})).json()["items"] == []
    assert (await coordinator.get(f"/meetings/{meeting['id']}")).json()["series_id"] is None


async def test_a_meeting_is_in_one_series_and_another_network_sees_none(
    coordinator: httpx2.AsyncClient, stranger: httpx2.AsyncClient, begin: Callable[..., Any]
) -> None:
    series = await begin()
    again = {"meeting_id": series["dates"][0]["meeting_id"], "rule": "FREQ=WEEKLY"}
    assert (await coordinator.post("/series", json=again)).json()["code"] == "in_series_already"
    assert (await stranger.get(f"/series/{series['id']}")).status_code == 404
    assert (await stranger.put(f"/series/{series['id']}", json={})).status_code == 404


async def test_only_what_is_near_is_published_and_each_other_date_in_its_time(
    coordinator: httpx2.AsyncClient, begin: Callable[..., Any], registry: Any, outbox: Any,
    sessions: async_sessionmaker[AsyncSession],
) -> None:  # fmt: skip
    await registry.lead(registry.gossa)
    series = await begin(weeks_ahead=1)
    assert (await coordinator.post(f"/series/{series['id']}/publication")).status_code == 200
    assert await outbox.of(MeetingPublished) == []
    first = datetime.fromisoformat(series["dates"][0]["starts_at"])
    with time_machine.travel(first - timedelta(days=6), tick=True):
        await plan_all_series(sessions)
        await plan_all_series(sessions)
    told = await outbox.of(MeetingPublished)
    assert [str(one.data.meeting.meeting_id) for one in told] == [series["dates"][0]["meeting_id"]]
    assert str(told[0].data.meeting.series_id) == series["id"]
    assert len(await outbox.of(InvitationIssued)) == 1


async def test_the_timer_plans_on_and_twice_at_once_is_once(
    coordinator: httpx2.AsyncClient, begin: Callable[..., Any], sessions: async_sessionmaker[AsyncSession]
) -> None:
    series = await begin()
    later = datetime.now(UTC) + timedelta(days=100)
    with time_machine.travel(later, tick=True):
        await asyncio.gather(*(plan_all_series(sessions) for _ in range(3)))
        await plan_all_series(sessions)
    after = await read(coordinator, series)
    assert days(after)[: len(series["dates"])] == days(series)
    assert len(after["dates"]) - len(series["dates"]) in (3, 4)
    assert len(set(days(after))) == len(days(after))
    assert after["planned_until"] == str((later + HORIZON).astimezone(in_berlin(later).tzinfo).date())


async def test_a_daily_series_is_planned_for_a_few_months_and_then_goes_on(
    coordinator: httpx2.AsyncClient, begin: Callable[..., Any], sessions: async_sessionmaker[AsyncSession]
) -> None:
    series = await begin(rule="FREQ=DAILY")
    assert len(series["dates"]) == MOST
    assert series["planned_until"] == days(series)[-1]
    assert days(await change(coordinator, series, overwrite=True)) == days(series)
    with time_machine.travel(datetime.fromisoformat(series["dates"][20]["starts_at"]), tick=True):
        await plan_all_series(sessions)
        await plan_all_series(sessions)
    after = await read(coordinator, series)
    assert days(after)[:MOST] == days(series)
    assert len(set(days(after))) == len(days(after)) in (MOST + 20, MOST + 21)


async def test_all_changes_what_was_not_changed_by_hand_and_never_what_is_cancelled(
    coordinator: httpx2.AsyncClient, begin: Callable[..., Any], body_of: Callable[..., Json]
) -> None:
    series = await begin(weeks_ahead=None)
    await coordinator.post(f"/series/{series['id']}/publication")
    first, own, gone = series["dates"][:3]
    by_hand = await edited(coordinator, own, body_of, place="Haus am See")
    (await coordinator.put(f"/meetings/{own['meeting_id']}", json=by_hand)).raise_for_status()
    (await coordinator.post(f"/meetings/{gone['meeting_id']}/cancellation", json={"reason": "Hochwasser"}))
    wanted = await edited(coordinator, first, body_of, place="Kiefernhof", title="Heidetreffen")
    body = {"meeting_id": first["meeting_id"], "meeting": wanted}
    shown = (await coordinator.post(f"/series/{series['id']}/change-preview", json=body)).json()
    assert (shown["changed"], shown["kept"]) == (len(series["dates"]) - 2, 1)
    assert {one["place"] for one in (await read(coordinator, series))["dates"]} > {"Haus am See"}  # nothing happened

    after = await change(coordinator, series, **body)
    places = [one["place"] for one in after["dates"]]
    assert places[:4] == ["Kiefernhof", "Haus am See", "Dorfgemeinschaftshaus Gossa", "Kiefernhof"]
    assert after["dates"][2]["status"] == "cancelled"
    body["meeting"] = await edited(coordinator, first, body_of)  # as it is now
    again = await change(coordinator, series, **body, overwrite=True)
    assert [one["place"] for one in again["dates"]][:3] == ["Kiefernhof", "Kiefernhof", "Dorfgemeinschaftshaus Gossa"]
    assert again["dates"][2]["status"] == "cancelled"
    assert [one["meeting_id"] for one in again["dates"]] == [one["meeting_id"] for one in series["dates"]]


async def test_this_and_following_splits_and_earlier_ones_stay(
    coordinator: httpx2.AsyncClient, begin: Callable[..., Any], body_of: Callable[..., Json]
) -> None:
    series = await begin()
    third = series["dates"][2]
    wanted = await edited(coordinator, third, body_of)
    wanted |= {"starts_at": f"{third['starts_at'][:10]}T19:00", "ends_at": f"{third['starts_at'][:10]}T21:00"}
    later = await change(
        coordinator, series, scope="following", meeting_id=third["meeting_id"], meeting=wanted
    )  # fmt: skip
    earlier = await read(coordinator, series)
    assert later["follows"] == series["id"]
    assert (len(earlier["dates"]), clocks(earlier), clocks(later)) == (2, {"18:30"}, {"19:00"})
    ids = [one["meeting_id"] for one in (*earlier["dates"], *later["dates"])]
    assert ids == [one["meeting_id"] for one in series["dates"]]
    assert replace_parts(earlier["rule"], UNTIL=None) == later["rule"]


async def test_another_rhythm_moves_the_dates_and_people_are_told_once(
    coordinator: httpx2.AsyncClient, begin: Callable[..., Any], registry: Any, outbox: Any, first_day: date
) -> None:
    await registry.lead(registry.gossa)
    series = await begin(weeks_ahead=10)
    await coordinator.post(f"/series/{series['id']}/publication")
    published = len(await outbox.of(MeetingPublished))
    assert published >= 1
    moved = str(first_day + timedelta(days=7))
    out = await change(
        coordinator, series, rhythm={"rule": series["rule"], "left_out": [str(first_day)], "extra": [moved]}
    )
    assert days(out)[0] == moved
    assert out["dates"][0]["meeting_id"] == series["dates"][0]["meeting_id"]
    news = await outbox.of(MeetingNewsTold)
    assert [str(one.data.meeting.meeting_id) for one in news] == [series["dates"][0]["meeting_id"]]


async def test_of_many_dates_that_change_everybody_is_told_in_one_letter(
    coordinator: httpx2.AsyncClient, begin: Callable[..., Any], body_of: Callable[..., Json], registry: Any, outbox: Any
) -> None:
    contacts = await registry.lead(registry.gossa, contacts=2)
    series = await begin(weeks_ahead=None)
    await coordinator.post(f"/series/{series['id']}/publication")
    first = series["dates"][0]
    wanted = await edited(coordinator, first, body_of, place="Kiefernhof")
    body = {"meeting_id": first["meeting_id"], "meeting": wanted}
    shown = (await coordinator.post(f"/series/{series['id']}/change-preview", json=body)).json()
    assert shown["people"] == len(contacts)
    assert await outbox.of(SeriesNewsTold) == []  # a preview tells nobody
    await change(coordinator, series, **body)
    letters = await outbox.of(SeriesNewsTold)
    assert {one.data.contact_id for one in letters} == set(contacts)
    assert len(letters) == len(contacts)
    for letter in letters:
        told = [str(date.meeting.meeting_id) for date in letter.data.dates]
        assert told == [one["meeting_id"] for one in series["dates"]]
        assert {(date.before.place, date.meeting.place) for date in letter.data.dates if date.before} == {
            ("Dorfgemeinschaftshaus Gossa", "Kiefernhof")
        }
    assert await outbox.of(MeetingNewsTold) == []


async def test_a_series_that_ends_cancels_what_is_known_and_drops_what_is_not(
    coordinator: httpx2.AsyncClient, begin: Callable[..., Any], registry: Any, outbox: Any, first_day: date
) -> None:
    await registry.lead(registry.gossa)
    series = await begin(weeks_ahead=10)
    await coordinator.post(f"/series/{series['id']}/publication")
    second = series["dates"][1]
    if (await read(coordinator, series))["dates"][1]["status"] == "draft":
        (await coordinator.post(f"/meetings/{second['meeting_id']}/publication")).raise_for_status()
    rhythm = {"rule": f"FREQ=MONTHLY;BYDAY=2WE;UNTIL={first_day:%Y%m%d}"}
    body = {"rhythm": rhythm, "reason": "Wir treffen uns anders."}
    shown = (await coordinator.post(f"/series/{series['id']}/change-preview", json=body)).json()
    assert shown["people"] == 1
    after = await change(coordinator, series, **body)
    assert after["dates"][0]["status"] == "published"
    told = await outbox.of(MeetingCancelled)
    assert [one.data.reason for one in told] == ["Wir treffen uns anders."] * shown["cancelled"]
    assert {one["status"] for one in after["dates"][1:]} == {"cancelled"}
    assert len(after["dates"]) == 1 + shown["cancelled"]
    assert shown["removed"] == len(series["dates"]) - len(after["dates"])


async def test_of_two_editors_one_learns_that_the_other_was_first(
    coordinator: httpx2.AsyncClient, officer: httpx2.AsyncClient, begin: Callable[..., Any],
    body_of: Callable[..., Json],
) -> None:  # fmt: skip
    series = await begin()
    first = series["dates"][0]
    bodies = [
        {
            "meeting_id": first["meeting_id"],
            "meeting": await edited(coordinator, first, body_of, place=place),
            "revision": series["revision"],
        }
        for place in ("Kiefernhof", "Haus am See")
    ]
    answers = await asyncio.gather(
        *(
            client.put(f"/series/{series['id']}", json=body)
            for client, body in zip((coordinator, officer), bodies, strict=True)
        )
    )
    assert sorted(one.status_code for one in answers) == [200, 409]
    places = {one["place"] for one in (await read(coordinator, series))["dates"]}
    assert places in ({"Kiefernhof"}, {"Haus am See"})


async def test_another_day_for_all_is_another_rhythm(
    coordinator: httpx2.AsyncClient, begin: Callable[..., Any], body_of: Callable[..., Json], first_day: date
) -> None:
    series = await begin()
    day = first_day + timedelta(days=1)
    wanted = await edited(coordinator, series["dates"][0], body_of)
    wanted |= {"starts_at": f"{day}T18:30", "ends_at": f"{day}T20:30"}
    body = {"meeting_id": series["dates"][0]["meeting_id"], "meeting": wanted}
    refused = await coordinator.put(f"/series/{series['id']}", json=body)
    assert refused.json()["code"] == "series_day_fixed"


async def test_a_course_is_published_as_a_whole_and_not_split(
    coordinator: httpx2.AsyncClient, begin: Callable[..., Any], body_of: Callable[..., Json]
) -> None:
    course = await begin(
        {"kind": "training_series"}, rule="FREQ=WEEKLY;BYDAY=WE;COUNT=4", one_registration=True
    )  # fmt: skip
    assert course["weeks_ahead"] is None
    shown = (await coordinator.post(f"/series/{course['id']}/publication")).json()
    assert [one["status"] for one in shown["dates"]] == ["published"] * 4
    second = course["dates"][1]["meeting_id"]
    split = await coordinator.put(f"/series/{course['id']}", json={"scope": "following", "meeting_id": second})
    assert split.json()["code"] == "course_not_split"


async def test_a_meeting_of_the_past_becomes_a_date_and_stays_what_it_was(
    coordinator: httpx2.AsyncClient, begin: Callable[..., Any], published: Callable[..., Any]
) -> None:
    series = await begin()
    old = await published(title="Damals", starts_at="2024-03-13T18:30", ends_at="2024-03-13T20:30")
    added = await coordinator.post(f"/series/{series['id']}/meetings", json={"meeting_id": old["id"]})
    assert added.json()["dates"][0]["title"] == "Damals"
    again = await coordinator.post(f"/series/{series['id']}/meetings", json={"meeting_id": old["id"]})
    assert again.json()["code"] in ("in_series_already", "series_day_taken")


async def test_the_dates_are_shown_with_holidays_and_what_else_is_on(
    coordinator: httpx2.AsyncClient, registry: Any, plan: Json, published: Callable[..., Any]
) -> None:
    year = datetime.now(UTC).year + 1
    times = {"starts_at": f"{year}-09-03T18:00", "ends_at": f"{year}-09-03T20:00"}
    meeting = (await coordinator.post("/meetings", json=plan | times)).json()
    other = await published(title="Fest", starts_at=f"{year}-11-03T15:00", ends_at=f"{year}-11-03T19:00")
    body = {"meeting_id": meeting["id"], "rule": "FREQ=MONTHLY;BYMONTHDAY=3"}
    shown = (await coordinator.post("/series/dates-preview", json=body)).raise_for_status().json()
    assert (len(shown["items"]), shown["more"]) == (12, True)
    assert [one["holiday"] for one in shown["items"]][:3] == [None, "Tag der Deutschen Einheit", None]
    assert [clash["id"] for clash in shown["items"][2]["clashes"]] == [other["id"]]
    body |= {"left_out": [f"{year}-10-03"], "extra": [f"{year}-10-10"]}
    shown = (await coordinator.post("/series/dates-preview", json=body)).json()
    assert [one["day"] for one in shown["items"]][:3] == [f"{year}-09-03", f"{year}-10-10", f"{year}-11-03"]


async def test_further_dates_address_whom_the_last_one_does(
    coordinator: httpx2.AsyncClient, registry: Any, plan: Json, first_day: date
) -> None:
    times = {"starts_at": f"{first_day}T18:30", "ends_at": f"{first_day}T20:30"}
    first = (await coordinator.post("/meetings", json=plan | times)).raise_for_status().json()
    group = {"role": "volunteers", "area": "villages", "area_ids": [str(registry.gossa)]}
    (await coordinator.put(f"/meetings/{first['id']}/audience", json={"groups": [group]})).raise_for_status()
    body = {"meeting_id": first["id"], "rule": "FREQ=MONTHLY;BYDAY=2WE;COUNT=3"}
    series = (await coordinator.post("/series", json=body)).raise_for_status().json()
    assert len(series["dates"]) == 3
    for one in series["dates"]:
        (chosen,) = (await coordinator.get(f"/meetings/{one['meeting_id']}/audience")).json()["groups"]
        assert {name: chosen[name] for name in group} == group
