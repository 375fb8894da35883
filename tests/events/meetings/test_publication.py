"""Publishing a meeting, changing it afterwards, its calendar file."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import httpx2
from icalendar import Calendar
from shared.contracts.events import InvitationIssued, MeetingChanged, MeetingPublished, RegistrationsCounted


def body_of(meeting: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """The meeting as its form sends it."""
    names = ("kind", "title", "description", "village_id", "place", "starts_at", "ends_at", "revision")
    agenda = [{"title": item["title"], "minutes": item["minutes"]} for item in meeting["agenda"]]
    return {name: meeting[name] for name in names} | {"agenda": agenda} | changes


async def test_publication_tells_the_world(
    anybody: httpx2.AsyncClient, published: Any, registry: Any, outbox: Any
) -> None:
    await registry.lead(registry.gossa)
    meeting = await published()
    assert meeting["status"] == "published"
    assert (await anybody.get(f"/meetings/{meeting['id']}")).json() == meeting
    (told,) = await outbox.of(MeetingPublished)
    assert (told.subject, told.networkid) == (meeting["id"], "heidedoerfer")
    assert told.data.meeting.title == meeting["title"]
    assert told.data.meeting.starts_at == datetime.fromisoformat(meeting["starts_at"])
    (counted,) = await outbox.of(RegistrationsCounted)
    assert (counted.data.invited, counted.data.registered) == (1, 0)
    assert counted.sequence > told.sequence


async def test_a_meeting_is_published_once(coordinator: httpx2.AsyncClient, published: Any, outbox: Any) -> None:
    meeting = await published()
    again = await coordinator.post(f"/meetings/{meeting['id']}/publication")
    assert (again.status_code, again.json()["code"]) == (409, "already_published")
    assert again.json()["detail"] == "Das Treffen ist schon veröffentlicht."
    assert len(await outbox.of(MeetingPublished)) == 1


async def test_publications_at_the_same_time_are_one(
    coordinator: httpx2.AsyncClient, registry: Any, plan: dict[str, Any], outbox: Any
) -> None:
    contacts = await registry.lead(registry.gossa, contacts=3)
    draft = (await coordinator.post("/meetings", json=plan)).json()
    answers = await asyncio.gather(*(coordinator.post(f"/meetings/{draft['id']}/publication") for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409, 409]
    assert len(await outbox.of(MeetingPublished)) == 1
    assert sorted(e.data.contact_id for e in await outbox.of(InvitationIssued)) == sorted(contacts)


async def test_a_change_of_time_or_place_counts_in_calendars(
    coordinator: httpx2.AsyncClient, published: Any, outbox: Any
) -> None:
    meeting = await published()
    address = f"/meetings/{meeting['id']}"
    renamed = (await coordinator.put(address, json=body_of(meeting, title="Treffen"))).raise_for_status().json()
    assert (renamed["title"], renamed["calendar_sequence"]) == ("Treffen", 0)
    moved = (await coordinator.put(address, json=body_of(renamed, place="Kirche Krina"))).raise_for_status().json()
    assert moved["calendar_sequence"] == 1
    later = meeting["ends_at"].replace("T20", "T21")
    longer = (await coordinator.put(address, json=body_of(moved, ends_at=later))).raise_for_status().json()
    assert longer["calendar_sequence"] == 2
    told = await outbox.of(MeetingChanged)
    assert [event.data.meeting.calendar_sequence for event in told] == [0, 1, 2]
    assert len({event.data.meeting.calendar_uid for event in told}) == 1
    assert [event.sequence for event in told] == sorted({event.sequence for event in told})


async def test_a_change_of_a_draft_tells_nobody(
    coordinator: httpx2.AsyncClient, registry: Any, plan: dict[str, Any], outbox: Any
) -> None:
    draft = (await coordinator.post("/meetings", json=plan)).json()
    shorter = body_of(draft, agenda=[{"title": "Nur Kaffee"}], place="Krina")
    changed = (await coordinator.put(f"/meetings/{draft['id']}", json=shorter)).raise_for_status().json()
    assert [item["title"] for item in changed["agenda"]] == ["Nur Kaffee"]
    assert changed["calendar_sequence"] == 0
    assert await outbox.types() == []


async def test_of_two_planners_the_second_is_told(
    coordinator: httpx2.AsyncClient, officer: httpx2.AsyncClient, published: Any
) -> None:
    meeting = await published()
    address = f"/meetings/{meeting['id']}"
    (await officer.put(address, json=body_of(meeting, title="Vom Amt"))).raise_for_status()
    refused = await coordinator.put(address, json=body_of(meeting, title="Vom Verein"))
    assert (refused.status_code, refused.json()["code"]) == (409, "changed_meanwhile")
    assert (await coordinator.get(address)).json()["title"] == "Vom Amt"


async def test_a_stranger_sees_but_does_not_change(stranger: httpx2.AsyncClient, published: Any, outbox: Any) -> None:
    meeting = await published()
    answer = await stranger.put(f"/meetings/{meeting['id']}", json=body_of(meeting, title="Fremd"))
    assert answer.status_code == 404
    assert await outbox.of(MeetingChanged) == []


async def test_the_calendar_file(anybody: httpx2.AsyncClient, published: Any) -> None:
    meeting = await published(
        title="Fest; mit, Komma", starts_at="2031-10-25T22:00", ends_at="2031-10-26T04:00", place="Gossa, Anger"
    )
    answer = await anybody.get(f"/meetings/{meeting['id']}/calendar.ics")
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert b"\r\nDTSTART;TZID=Europe/Berlin:20311025T220000\r\n" in answer.content
    calendar = Calendar.from_ical(answer.content)
    (event,) = calendar.walk("VEVENT")
    assert [zone["TZID"] for zone in calendar.walk("VTIMEZONE")] == ["Europe/Berlin"]
    assert (event["SUMMARY"], event["LOCATION"]) == ("Fest; mit, Komma", "Gossa, Anger")
    assert event.decoded("DTEND").astimezone(UTC) == datetime(2031, 10, 26, 3, 0, tzinfo=UTC)
    assert "1. Begrüßung (10 Min.)" in str(event["DESCRIPTION"])
    assert all(len(line) <= 75 for line in answer.content.split(b"\r\n"))
