"""Courses afterwards and in calendars: one certificate over all dates attended, one file with all dates."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
from ical.calendar_stream import IcsCalendarStream
from icalendar import Calendar
from portal_platform import Platform, until
from sqlalchemy import text
from testkit.pages import pdf_text


class Course:
    """A training of three evenings, its staff's browser, and the API."""

    def __init__(self, platform: Platform, api: httpx2.AsyncClient, staff: httpx2.AsyncClient) -> None:
        self.platform, self.api, self.staff = platform, api, staff
        self.dates: list[str] = []

    async def publish(self, **changes: Any) -> None:
        begins = (datetime.now(UTC) + timedelta(days=10)).replace(hour=17, minute=0, second=0, microsecond=0)
        plan = {
            "network": self.platform.network["slug"], "kind": "training_series", "title": "Vereinsrecht",
            "place": "Dorfgemeinschaftshaus Gossa",
            "starts_at": begins.isoformat(), "ends_at": (begins + timedelta(minutes=90)).isoformat(), **changes,
        }  # fmt: skip
        first = (await self.api.post("/meetings", json=plan)).raise_for_status().json()["id"]
        rule = {"meeting_id": first, "rule": "FREQ=DAILY;INTERVAL=7;COUNT=3", "one_registration": True}
        series = (await self.api.post("/series", json=rule)).raise_for_status().json()["id"]
        published = (await self.api.post(f"/series/{series}/publication")).raise_for_status().json()
        self.dates = [one["meeting_id"] for one in published["dates"]]

    def page(self, number: int) -> str:
        return f"/n/{self.platform.network['slug']}/treffen/{self.dates[number]}"

    async def is_over(self) -> None:
        events = next(route.app for route in self.platform.behind.routes if route.path == "/api/events")  # type: ignore[attr-defined]
        async with events.state.engine.begin() as connection:
            await connection.execute(text("SELECT set_config('dorfnetz.scopes', '*', true)"))
            earlier = "starts_at = starts_at - interval '28 days', ends_at = ends_at - interval '28 days'"
            await connection.execute(text(f"UPDATE meeting SET {earlier} WHERE course_id = :id"), {"id": self.dates[0]})

    async def calendar(self, browser: httpx2.AsyncClient, number: int) -> dict[str, Any]:
        """The file of one of the dates as two parsers read it: what stands in it, by UID."""
        answer = await browser.get(f"{self.page(number)}/kalender.ics")
        assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
        assert all(len(line) <= 75 and b"\n" not in line for line in answer.content.split(b"\r\n"))
        read: Any = Calendar.from_ical(answer.content)
        assert not read.errors
        assert (read["METHOD"], len(read.walk("VTIMEZONE"))) == ("PUBLISH", 1)
        found = {
            str(one["UID"]): (one.start, one.end, int(one["SEQUENCE"]), str(one["STATUS"]), str(one["URL"]))
            for one in read.events
        }
        other: Any = IcsCalendarStream.calendar_from_ics(answer.content.decode())
        assert found == {
            str(one.uid): (one.dtstart, one.dtend, int(one.sequence or 0), one.status.value, str(one.url))
            for one in other.events
        }
        assert len(found) == len(read.events)
        return found


@pytest.fixture
async def course(platform: Platform) -> Any:
    headers = {"authorization": platform.officer.headers["authorization"]}
    async with httpx2.AsyncClient(
        transport=httpx2.ASGITransport(app=platform.behind),
        base_url="http://services.test/api/events",
        headers=headers,
    ) as api:
        yield Course(platform, api, await platform.logged_in())


async def test_one_certificate_tells_of_all_dates_attended(course: Course, platform: Platform, tmp_path: Path) -> None:
    await course.publish()
    body = {"name": "Ottilie Specht", "people": 1, "email": "ottilie@specht.example"}
    registered = await course.api.post(f"/meetings/{course.dates[0]}/registrations/for-somebody", json=body)
    entry = registered.raise_for_status().json()["id"]
    link = await platform.registration_link()
    await course.is_over()
    for number in (0, 2):
        noted = await course.staff.post(
            f"{course.page(number)}/einlass/{entry}", data={"state": "attended", "version": "0"}
        )
        assert noted.status_code == 303
    assert (
        "eine einzige Bescheinigung für den ganzen Kurs" in (await course.staff.get(f"{course.page(2)}/einlass")).text
    )
    printed = pdf_text((await course.staff.post(f"{course.page(2)}/einlass/bescheinigungen")).content, tmp_path)
    assert len(printed.strip("\f").split("\f")) == 1
    for words in ("an diesem Kurs", "Vereinsrecht", "2 von 3", "3 Stunden", "Dorfgemeinschaftshaus Gossa"):
        assert words in printed, words
    assert printed.count("1,5 Stunden") == 2
    code = re.findall(r"((?:[2-9A-Z]{4} ){6}[2-9A-Z]{4})", printed)[0]

    visitor = await platform.browser()
    shown = (await visitor.get("/bescheinigung", params={"code": code})).text
    assert "2 von 3" in shown
    assert (shown.count("1,5 Stunden"), shown.count("3 Stunden")) == (2, 1)
    address = f"/bescheinigung/{code.replace(' ', '')}"
    assert "Ja:" in (await visitor.post(address, data={"name": "Ottilie Specht"})).text
    own = pdf_text((await visitor.post(f"{link}/bescheinigung")).content, tmp_path)
    assert own.count("1,5 Stunden") == 2

    await course.staff.post(f"{course.page(0)}/einlass/{entry}", data={"state": "absent", "version": "1"})
    assert "widerrufen" in (await visitor.get(address)).text


async def test_the_calendar_file_of_any_date_has_all_dates(course: Course, platform: Platform) -> None:
    await course.publish()
    visitor = await platform.browser()
    page = await until(visitor, course.page(1), "Alle Kurstermine in meinen Kalender")
    assert f'href="{course.page(1)}/kalender.ics"' in page
    for number in range(3):  # until the last one is told
        await until(visitor, course.page(number), "Man meldet sich für alle 3 Termine auf einmal an.")
    before = await course.calendar(visitor, 0)
    assert before == await course.calendar(visitor, 2)
    planned = [(await course.api.get(f"/meetings/{one}")).json() for one in course.dates]
    assert set(before) == {one["calendar_uid"] for one in planned}
    for number, one in enumerate(planned):
        starts, ends, sequence, status, url = before[one["calendar_uid"]]
        assert (starts, ends) == tuple(datetime.fromisoformat(one[name]) for name in ("starts_at", "ends_at"))
        assert (sequence, status, url) == (0, "CONFIRMED", f"http://dorfnetz.test{course.page(number)}")

    await course.api.post(f"/meetings/{course.dates[1]}/cancellation", json={"reason": "Sturm"})
    page = await until(visitor, course.page(1), "Dieses Treffen findet nicht statt.")
    assert "Alle Kurstermine in meinen Kalender" in page, "the others are still to come"
    after = await course.calendar(visitor, 0)
    states = {uid: found[2:4] for uid, found in after.items()}
    assert states == {
        one["calendar_uid"]: (1, "CANCELLED") if number == 1 else (0, "CONFIRMED") for number, one in enumerate(planned)
    }


async def test_of_a_course_online_only_those_who_come_get_the_address(course: Course, platform: Platform) -> None:
    await course.publish(online_link="https://treffen.example/kurs")
    club = await platform.enter("Dorfclub Gossa e. V.")
    member, visitor = await platform.logged_in_as_contact_of(club), await platform.browser()
    for number in range(3):
        await until(visitor, course.page(number), "Man meldet sich für alle 3 Termine auf einmal an.")
    path = f"{course.page(1)}/kalender.ics"
    for browser in (visitor, member):
        assert "treffen.example" not in (await browser.get(path)).text
    assert (await member.post(f"{course.page(0)}/anmeldung")).status_code == 303
    assert (await member.get(path)).text.count("https://treffen.example/kurs") == 3
    assert "treffen.example" not in (await visitor.get(path)).text


async def test_a_course_that_is_not_for_everybody_is_told_whole_to_those_who_may_know(
    course: Course, platform: Platform
) -> None:
    await course.publish(visibility="network")
    assert len(await course.calendar(course.staff, 1)) == 3
    assert (await (await platform.browser()).get(f"{course.page(1)}/kalender.ics")).status_code == 404
