"""The addresses that a network takes over: entered, paused, removed, and what is told when one does not answer."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import httpx2
import pytest
import sqlalchemy as sa
from events.imported_calendars.checking import Checks
from imported_calendar import day, event
from shared.audit.tables import audit_entry
from shared.contracts.events import MeetingCancelled
from shared.outside import Outside
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from starlette.responses import RedirectResponse, Response

Look = Callable[[], Awaitable[None]]
Meetings = Callable[[], Awaitable[list[dict[str, Any]]]]


def changed(source: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {name: source[name] for name in ("name", "url", "kind", "paused", "version")} | changes


async def newest(coordinator: httpx2.AsyncClient, source: dict[str, Any]) -> dict[str, Any]:
    answer: dict[str, Any] = (await coordinator.get(f"/calendar-sources/{source['id']}")).raise_for_status().json()
    return answer


@pytest.mark.parametrize(
    ("answer", "failure", "detail"),
    [
        (Response(status_code=404), "status", "404"),
        (Response("<html>Wartung</html>"), "no_calendar", ""),
        (RedirectResponse("http://127.0.0.2/termine.ics"), "address", ""),
        (Response(b"x" * 6_000_000), "size", ""),
    ],
    ids=["not found", "no calendar", "redirect inward", "too large"],
)
async def test_a_failure_is_told_and_changes_no_date(
    source: Any,
    municipality: Any,
    look: Look,
    meetings: Meetings,
    coordinator: httpx2.AsyncClient,
    answer: Response,
    failure: str,
    detail: str,
) -> None:
    municipality.events = [event("1", "Erntefest")]
    await look()
    municipality.answer = answer
    await look()
    state = await newest(coordinator, source)
    assert (state["failure"], state["failure_detail"], state["coming"]) == (failure, detail, 1)
    assert [one["status"] for one in await meetings()] == ["published"]
    first = state["next_check_at"]
    await look()
    assert (await newest(coordinator, source))["next_check_at"] > first
    municipality.answer = None
    await look()
    assert (await newest(coordinator, source))["failure"] is None


async def test_an_inward_address_is_not_asked(
    source: Any, municipality: Any, sessions: Any, coordinator: httpx2.AsyncClient
) -> None:
    await Checks(Outside()).run(sessions)
    assert (await newest(coordinator, source))["failure"] == "address"
    assert municipality.asked == []


async def test_a_calendar_that_is_suddenly_empty_cancels_nothing(
    source: Any, municipality: Any, look: Look, meetings: Meetings, coordinator: httpx2.AsyncClient
) -> None:
    municipality.events = [event(str(number), "Fest") for number in range(3)]
    await look()
    municipality.events = []
    await look()
    assert (await newest(coordinator, source))["failure"] == "emptied"
    assert {one["status"] for one in await meetings()} == {"published"}


@pytest.mark.parametrize("rule", ["FREQ=SECONDLY", "FREQ=DAILY;BYHOUR=8,9,10,11,12,13"])
async def test_a_rule_for_countless_dates_harms_nobody(
    source: Any, municipality: Any, look: Look, meetings: Meetings, coordinator: httpx2.AsyncClient, rule: str
) -> None:
    municipality.events = [event("1", "Fest"), event("2", "Sekundentakt", dtstart="19700101T000000Z", rrule=rule)]
    await look()
    assert (await newest(coordinator, source))["failure"] == "too_many"
    assert await meetings() == []


async def test_what_did_not_change_is_not_sent_again(
    source: Any, municipality: Any, look: Look, coordinator: httpx2.AsyncClient
) -> None:
    municipality.events = [event("1", "Erntefest")]
    await look()
    await look()
    assert "if-none-match" not in municipality.asked[0]
    assert "if-none-match" in municipality.asked[1]
    assert (await newest(coordinator, source))["failure"] is None
    (await coordinator.post(f"/calendar-sources/{source['id']}/check")).raise_for_status()
    await look()
    assert "if-none-match" not in municipality.asked[2]  # staff wanted it whole


async def test_a_paused_calendar_is_left_alone(
    source: Any, municipality: Any, look: Look, meetings: Meetings, coordinator: httpx2.AsyncClient
) -> None:
    path = f"/calendar-sources/{source['id']}"
    municipality.events = [event("1", "Erntefest")]
    paused = (await coordinator.put(path, json=changed(source, paused=True))).raise_for_status().json()
    await look()
    assert await meetings() == []
    assert municipality.asked == []
    (await coordinator.put(path, json=changed(paused, paused=False))).raise_for_status()
    await look()
    assert len(await meetings()) == 1


async def test_a_new_name_reaches_the_dates(
    source: Any, municipality: Any, look: Look, meetings: Meetings, coordinator: httpx2.AsyncClient
) -> None:
    municipality.events = [event("1", "Erntefest")]
    await look()
    await coordinator.put(f"/calendar-sources/{source['id']}", json=changed(source, name="Rathaus Pouch"))
    (await coordinator.post(f"/calendar-sources/{source['id']}/check")).raise_for_status()
    await look()
    assert [one["taken_over_from"] for one in await meetings()] == ["Rathaus Pouch"]


async def test_whoever_enters_changes_or_removes_one_stands_in_the_log(
    source: Any, coordinator: httpx2.AsyncClient, sessions: async_sessionmaker[AsyncSession]
) -> None:
    path = f"/calendar-sources/{source['id']}"
    (await coordinator.put(path, json=changed(source, name="Rathaus Pouch"))).raise_for_status()
    stale = await coordinator.put(path, json=changed(source, name="Rathaus Krina"))
    assert stale.status_code == 409
    (await coordinator.put(path, json=changed(source, name="Rathaus Pouch", version=2))).raise_for_status()
    (await coordinator.delete(f"{path}?cancel=false")).raise_for_status()
    noted = sa.select(audit_entry.c.action, audit_entry.c.subject, audit_entry.c.details)
    async with sessions() as session:
        entries = (await session.execute(noted.order_by(audit_entry.c.position))).all()
    assert [tuple(one) for one in entries] == [
        (f"calendar_source.{done}", UUID(source["id"]), details)
        for done, details in (("added", {}), ("changed", {"fields": "name"}), ("removed", {}))
    ]


@pytest.mark.parametrize(("cancel", "status"), [("false", "published"), ("true", "cancelled")])
async def test_a_removed_calendar_leaves_its_dates_or_cancels_them(
    source: Any,
    municipality: Any,
    look: Look,
    meetings: Meetings,
    coordinator: httpx2.AsyncClient,
    outbox: Any,
    cancel: str,
    status: str,
) -> None:
    municipality.events = [event("1", "Erntefest")]
    await look()
    answer = await coordinator.delete(f"/calendar-sources/{source['id']}?cancel={cancel}")
    assert answer.status_code == 204
    assert [one["status"] for one in await meetings()] == [status]
    assert len(await outbox.of(MeetingCancelled)) == (status == "cancelled")
    assert (await coordinator.get(f"/calendar-sources/{source['id']}")).status_code == 404
    await look()
    assert [one["status"] for one in await meetings()] == [status]


async def test_an_address_is_written_as_people_find_it(coordinator: httpx2.AsyncClient, registry: Any) -> None:
    body = {"network": "heidedoerfer", "name": "Gemeinde", "url": "webcal://muldestausee.example/termine.ics"}
    added = await coordinator.post("/calendar-sources", json=body)
    assert added.json()["url"] == "https://muldestausee.example/termine.ics"
    again = await coordinator.post("/calendar-sources", json=body | {"url": added.json()["url"]})
    assert (again.status_code, again.json()["code"]) == (409, "calendar_address_known")
    for url in ("muldestausee.example", "ftp://muldestausee.example/", "https://a:b@muldestausee.example/"):
        refused = await coordinator.post("/calendar-sources", json=body | {"url": url})
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "url")


async def test_only_planners_of_the_network_know_of_it(
    source: Any, stranger: httpx2.AsyncClient, resident: httpx2.AsyncClient, officer: httpx2.AsyncClient
) -> None:
    path = f"/calendar-sources/{source['id']}"
    assert (await officer.get(path)).status_code == 200
    assert (await stranger.get(path)).status_code == 404
    assert (await stranger.get(f"{path}/dates")).status_code == 404
    assert (await stranger.put(path, json=changed(source))).status_code == 404
    assert (await stranger.post(f"{path}/check")).status_code == 404
    assert (await stranger.delete(path)).status_code == 404
    assert (await stranger.get("/calendar-sources?network=heidedoerfer")).status_code == 403
    assert (await resident.get(path)).status_code == 403
    assert len((await officer.get("/calendar-sources?network=heidedoerfer")).json()["items"]) == 1


async def test_who_saw_an_older_state_changes_nothing(source: Any, coordinator: httpx2.AsyncClient) -> None:
    path = f"/calendar-sources/{source['id']}"
    (await coordinator.put(path, json=changed(source, name="Rathaus"))).raise_for_status()
    refused = await coordinator.put(path, json=changed(source, name="Anderes"))
    assert refused.status_code == 409
    assert (await newest(coordinator, source))["name"] == "Rathaus"


async def test_a_broken_calendar_harms_no_other(
    source: Any, municipality: Any, look: Look, meetings: Meetings, coordinator: httpx2.AsyncClient
) -> None:
    broken = {"network": "heidedoerfer", "name": "Kaputt", "url": f"{municipality.url}/gibt-es-nicht"}
    second = (await coordinator.post("/calendar-sources", json=broken)).raise_for_status().json()
    municipality.events = [event("1", "Erntefest", location=f"Am {day()}")]
    await look()
    assert len(await meetings()) == 1
    assert (await newest(coordinator, second))["failure"] == "status"
