"""Courses afterwards: one certificate over all dates attended."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
from portal_platform import Platform
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
