"""Dates of a municipality's calendar become meetings, follow it, and keep what staff changed."""

from collections.abc import Awaitable, Callable
from typing import Any

import httpx2
import pytest
from events.invitations.handlers import issue_late
from imported_calendar import day, event
from shared.contracts.events import InvitationIssued, MeetingPublished

Look = Callable[[], Awaitable[None]]
Meetings = Callable[[], Awaitable[list[dict[str, Any]]]]


async def state_of(coordinator: httpx2.AsyncClient, source: dict[str, Any]) -> dict[str, Any]:
    answer: dict[str, Any] = (await coordinator.get(f"/calendar-sources/{source['id']}")).raise_for_status().json()
    return answer


async def dates_of(coordinator: httpx2.AsyncClient, source: dict[str, Any]) -> list[dict[str, Any]]:
    answer = await coordinator.get(f"/calendar-sources/{source['id']}/dates")
    items: list[dict[str, Any]] = answer.raise_for_status().json()["items"]
    return items


async def edit(coordinator: httpx2.AsyncClient, body_of: Any, meeting: dict[str, Any], **changes: Any) -> None:
    newest = (await coordinator.get(f"/meetings/{meeting['id']}")).json()
    answer = await coordinator.put(f"/meetings/{meeting['id']}", json=body_of(newest, **changes))
    answer.raise_for_status()


async def test_a_date_becomes_a_public_meeting_of_its_village(
    source: Any, municipality: Any, look: Look, meetings: Meetings, registry: Any, coordinator: httpx2.AsyncClient
) -> None:
    municipality.events = [
        event(
            "1",
            "Erntefest",
            description="<p>Mit Musik&nbsp;&amp; Tanz</p><script>boese()</script>Bis sp\\u00e4t",
            url="https://muldestausee.example/erntefest",
        )
    ]
    await look()
    (meeting,) = await meetings()
    assert (meeting["title"], meeting["kind"], meeting["status"]) == ("Erntefest", "festival", "published")
    assert (meeting["place"], meeting["village_id"]) == ("Festplatz Gossa", str(registry.gossa))
    assert meeting["starts_at"][11:16] == "18:00"
    assert meeting["taken_over_from"] == "Gemeinde Muldestausee"
    assert "Mit Musik" in meeting["description"]
    assert "boese" not in meeting["description"]
    assert "<" not in meeting["description"]
    assert meeting["description"].endswith("Mehr dazu: https://muldestausee.example/erntefest")
    state = await state_of(coordinator, source)
    assert (state["coming"], state["failure"], state["unreadable"]) == (1, None, 0)
    assert state["checked_at"] is not None


async def test_nobody_is_invited_to_it_and_nobody_registers(
    source: Any,
    municipality: Any,
    look: Look,
    meetings: Meetings,
    registry: Any,
    outbox: Any,
    resident: httpx2.AsyncClient,
    sessions: Any,
    published: Any,
) -> None:
    await registry.lead(registry.gossa)
    municipality.events = [event("1", "Erntefest")]
    await look()
    await issue_late(sessions)
    (meeting,) = await meetings()
    assert await outbox.of(InvitationIssued) == []
    (told,) = await outbox.of(MeetingPublished)
    assert told.data.meeting.taken_over_from == "Gemeinde Muldestausee"
    refused = await resident.post(f"/meetings/{meeting['id']}/registrations")
    assert (refused.status_code, refused.json()["code"]) == (409, "meeting_not_ours")
    await published(title="Eigenes")
    assert len(await outbox.of(InvitationIssued)) == 1  # of the network's own


async def test_it_follows_the_calendar(source: Any, municipality: Any, look: Look, meetings: Meetings) -> None:
    municipality.events = [event("1", "Erntefest", sequence="1")]
    await look()
    (before,) = await meetings()
    moved = {
        "dtstart;TZID=Europe/Berlin": f"{day(1)}T190000",
        "dtend;TZID=Europe/Berlin": f"{day(1)}T210000",
        "location": "Kulturhaus Krina",
    }
    municipality.events = [event("1", "Großes Erntefest", sequence="2", **moved)]
    await look()
    (after,) = await meetings()
    assert (after["id"], after["calendar_uid"]) == (before["id"], before["calendar_uid"])
    assert (after["title"], after["place"], after["starts_at"][11:16]) == (
        "Großes Erntefest",
        "Kulturhaus Krina",
        "19:00",
    )
    assert after["village_id"] != before["village_id"]
    assert after["calendar_sequence"] == before["calendar_sequence"] + 1
    municipality.events = [event("1", "Alte Fassung", sequence="1")]
    await look()
    assert (await meetings())[0]["title"] == "Großes Erntefest"  # an older copy, as caches hand out


async def test_what_staff_changed_is_kept_and_marked(
    source: Any, municipality: Any, look: Look, meetings: Meetings, coordinator: httpx2.AsyncClient, body_of: Any
) -> None:
    municipality.events = [event("1", "Erntefest", description="Alt")]
    await look()
    (meeting,) = await meetings()
    assert (await dates_of(coordinator, source))[0]["edited"] == []
    await edit(coordinator, body_of, meeting, title="Erntefest der Heidedörfer", place="Scheune")
    municipality.events = [event("1", "Fest", description="Neu", location="Rathaus")]
    await look()
    (meeting,) = await meetings()
    assert (meeting["title"], meeting["place"]) == ("Erntefest der Heidedörfer", "Scheune")
    assert meeting["description"] == "Neu"
    (shown,) = await dates_of(coordinator, source)
    assert shown["edited"] == ["title", "place"]
    assert (shown["theirs"]["title"], shown["theirs"]["place"]) == ("Fest", "Rathaus")
    await edit(coordinator, body_of, meeting, title="Fest")
    municipality.events = [event("1", "Herbstfest", description="Neu", location="Rathaus")]
    await look()
    assert (await meetings())[0]["title"] == "Herbstfest"  # what is as the calendar has it, follows it again
    assert (await dates_of(coordinator, source))[0]["edited"] == ["place"]


@pytest.mark.parametrize("how", ["gone", "called off"])
async def test_what_the_calendar_drops_is_cancelled_and_may_come_back(
    source: Any, municipality: Any, look: Look, meetings: Meetings, coordinator: httpx2.AsyncClient, how: str
) -> None:
    other = event("2", "Bleibt", location="")
    municipality.events = [event("1", "Erntefest"), other]
    await look()
    municipality.events = [other] if how == "gone" else [event("1", "Erntefest", status="CANCELLED"), other]
    await look()
    states = {one["title"]: (one["status"], one["cancel_reason"]) for one in await meetings()}
    assert states["Erntefest"][0] == "cancelled"
    assert "Gemeinde Muldestausee" in states["Erntefest"][1]
    assert states["Bleibt"] == ("published", "")
    assert [one["withdrawn"] for one in await dates_of(coordinator, source) if one["title"] == "Erntefest"] == [True]
    municipality.events = [event("1", "Erntefest"), other]
    await look()
    assert sorted((one["title"], one["status"]) for one in await meetings()) == [
        ("Bleibt", "published"),
        ("Erntefest", "cancelled"),
        ("Erntefest", "published"),
    ]
    await look()
    assert len(await meetings()) == 3


async def test_what_staff_cancelled_stays_so(
    source: Any, municipality: Any, look: Look, meetings: Meetings, coordinator: httpx2.AsyncClient
) -> None:
    municipality.events = [event("1", "Erntefest")]
    await look()
    (meeting,) = await meetings()
    await coordinator.post(f"/meetings/{meeting['id']}/cancellation", json={"reason": "Doppelt eingetragen"})
    municipality.events = [event("1", "Erntefest am Abend", sequence="5")]
    await look()
    assert [(one["title"], one["status"]) for one in await meetings()] == [("Erntefest", "cancelled")]


async def test_dates_of_a_series_come_one_by_one(
    source: Any, municipality: Any, look: Look, meetings: Meetings
) -> None:
    """Every week, one left out, one moved; half past three stays half past three when the clock changes."""
    weekly = event(
        "1",
        "Sprechstunde",
        **{
            "dtstart;TZID=Europe/Berlin": f"{day()}T153000",
            "duration": "PT1H",
            "rrule": "FREQ=WEEKLY",
            "exdate;TZID=Europe/Berlin": f"{day(7)}T153000",
        },
    )
    moved = event(
        "1",
        "Sprechstunde im Rathaus",
        **{
            "recurrence-id;TZID=Europe/Berlin": f"{day(14)}T153000",
            "dtstart;TZID=Europe/Berlin": f"{day(15)}T160000",
            "duration": "PT1H",
        },
    )
    municipality.events = [weekly, moved]
    await look()
    found = await meetings()
    assert 45 <= len(found) <= 48  # a year ahead
    assert {one["starts_at"][11:16] for one in found} == {"15:30", "16:00"}
    days = [one["starts_at"][:10].replace("-", "") for one in found]
    assert days[:3] == [day(), day(15), day(21)]
    assert found[1]["title"] == "Sprechstunde im Rathaus"
    ids = {one["id"] for one in found}
    await look()
    assert {one["id"] for one in await meetings()} == ids


async def test_a_whole_day_is_a_day_in_berlin(source: Any, municipality: Any, look: Look, meetings: Meetings) -> None:
    municipality.events = [event("1", "Tag des Denkmals", **{"dtstart;VALUE=DATE": day()})]
    await look()
    (meeting,) = await meetings()
    assert (meeting["starts_at"][11:16], meeting["ends_at"][11:16]) == ("00:00", "00:00")
    assert meeting["ends_at"][:10].replace("-", "") == day(1)


async def test_what_is_private_or_makes_no_sense_is_left_out(
    source: Any, municipality: Any, look: Look, meetings: Meetings, coordinator: httpx2.AsyncClient
) -> None:
    municipality.events = [
        event("1", "Geheim", **{"class": "PRIVATE"}),
        event("2", "Ohne Zeit", dtstart=""),
        event("", "Ohne Kennung"),
        event("4", "Kaputt", dtstart="morgen"),
        event("5", "  ", description="Nur \\u0000 ein Titel fehlt", location=""),
        event("6", "L" * 5000, location="Halle " * 200),
    ]
    await look()
    found = {one["title"][:6]: one for one in await meetings()}
    assert set(found) == {"Termin", "LLLLLL"}
    assert found["Termin"]["place"] == "Ort siehe Veranstalter"
    assert len(found["LLLLLL"]["title"]) == 200
    assert (await state_of(coordinator, source))["unreadable"] == 3
