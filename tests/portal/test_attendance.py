"""At the door: the list on a phone, checking in by oneself, paper, certificates."""

import asyncio
import re
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
from portal.attendance.people import german_order
from portal.web.qr import code_of
from portal_platform import Platform
from sqlalchemy import text
from testkit.pages import pdf_text

PUBLIC_URL = "http://dorfnetz.test"


class Hall:
    """A meeting that is on now, as the service has it, and its staff's browser."""

    def __init__(self, platform: Platform, api: httpx2.AsyncClient, staff: httpx2.AsyncClient, meeting: str) -> None:
        self.platform, self.api, self.staff, self.meeting = platform, api, staff, meeting
        self.page = f"/n/{platform.network['slug']}/treffen/{meeting}"
        self.path = f"{self.page}/einlass"

    async def register(self, name: str, people: int = 1, **told: Any) -> str:
        body = {"name": name, "people": people, **told}
        answer = await self.api.post(f"/meetings/{self.meeting}/registrations/for-somebody", json=body)
        return str(answer.raise_for_status().json()["id"])

    async def note(self, entry: str, state: str, version: int = 0) -> httpx2.Response:
        return await self.staff.post(f"{self.path}/{entry}", data={"state": state, "version": str(version)})

    async def is_over(self) -> None:
        """The meeting was three hours earlier."""
        events = next(route.app for route in self.platform.behind.routes if route.path == "/api/events")  # type: ignore[attr-defined]
        async with events.state.engine.begin() as connection:
            await connection.execute(text("SELECT set_config('dorfnetz.scopes', '*', true)"))
            earlier = "starts_at = starts_at - interval '3 hours', ends_at = ends_at - interval '3 hours'"
            await connection.execute(text(f"UPDATE meeting SET {earlier} WHERE id = :id"), {"id": self.meeting})

    async def door(self) -> str:
        answer = await self.api.post(f"/meetings/{self.meeting}/door-codes")
        return f"/tuer/{answer.raise_for_status().json()['code']}"


@pytest.fixture
async def hall(platform: Platform) -> Any:
    headers = {"authorization": platform.officer.headers["authorization"]}
    transport = httpx2.ASGITransport(app=platform.behind)
    begins = datetime.now(UTC) - timedelta(minutes=30)
    plan = {
        "network": platform.network["slug"], "kind": "seminar", "title": "Fördermittel für Vereine",
        "place": "Dorfgemeinschaftshaus Gossa",
        "starts_at": begins.isoformat(), "ends_at": (begins + timedelta(minutes=90)).isoformat(),
    }  # fmt: skip
    async with httpx2.AsyncClient(
        transport=transport, base_url="http://services.test/api/events", headers=headers
    ) as api:
        meeting = (await api.post("/meetings", json=plan)).raise_for_status().json()["id"]
        (await api.post(f"/meetings/{meeting}/publication")).raise_for_status()
        yield Hall(platform, api, await platform.logged_in(), meeting)


async def test_the_list_at_the_door(hall: Hall) -> None:
    ottilie = await hall.register("Ottilie Specht", people=3)
    await hall.register("Kuno Elster")
    page = (await hall.staff.get(hall.path)).text
    assert page.index("Kuno Elster") < page.index("Ottilie Specht")
    assert "0 von 4 da" in page
    done = await hall.staff.post(f"{hall.path}/{ottilie}", data={"state": "attended", "people": "2", "version": "0"})
    assert done.headers["location"] == f"{hall.path}#p-{ottilie}"
    page = (await hall.staff.get(hall.path)).text
    assert "2 von 4 da" in page
    assert "2 davon sind da" in page
    found = (await hall.staff.get(f"{hall.path}?suche=specht")).text
    assert "Ottilie Specht" in found
    assert "Kuno Elster" not in found
    assert "Kuno Elster" not in (await hall.staff.get(f"{hall.path}?stand=da")).text
    late = await hall.note(ottilie, "absent")  # somebody who has not seen it yet
    assert late.status_code == 409
    assert "Inzwischen hat jemand anderes etwas geändert" in late.text
    guest = await hall.staff.post(f"{hall.path}/gast", data={"name": "Falk Wiedehopf", "organisation": "Pouch"})
    assert guest.headers["location"] == f"{hall.path}?meldung=gast-da"
    refused = await hall.staff.post(f"{hall.path}/gast", data={"name": "", "organisation": "Pouch"})
    assert (refused.status_code, 'value="Pouch"' in refused.text) == (422, True)
    assert (await hall.staff.post(f"{hall.path}/abschliessen")).status_code == 303
    page = (await hall.staff.get(hall.path)).text
    for words in ("3 von 4 da", "1 Gast darunter", "1 fehlt", "Die Liste wurde abgeschlossen"):
        assert words in page, words


async def test_afterwards_an_empty_list_says_what_can_be_done(hall: Hall) -> None:
    section = re.compile(r'aria-labelledby="danach">(.*?)</section>', re.DOTALL)
    await hall.is_over()
    (empty,) = section.findall((await hall.staff.get(hall.path)).text)
    assert "tragen Sie sie oben als Gäste ein" in empty
    assert "Liste abschließen" not in empty
    assert f'href="{hall.page}/protokoll"' in empty
    await hall.staff.post(f"{hall.path}/gast", data={"name": "Falk Wiedehopf", "organisation": "Pouch"})
    (filled,) = section.findall((await hall.staff.get(hall.path)).text)
    assert "Liste abschließen" in filled
    assert "als Gäste ein" not in filled


async def test_what_others_note_appears_by_itself(hall: Hall) -> None:
    entry = await hall.register("Ottilie Specht")
    page = (await hall.staff.get(hall.path)).text
    ask = re.findall(r'hx-get="([^"]+)"', page)[0].replace("&amp;", "&")
    partial = {"hx-request-type": "partial"}
    assert (await hall.staff.get(ask, headers=partial)).status_code == 204
    await hall.note(entry, "attended")
    news = await hall.staff.get(ask, headers=partial)
    assert "1 von 1 da" in news.text
    assert "<html" not in news.text


async def test_an_invited_contact_who_registers_stands_on_list_and_sheet_once(
    hall: Hall, platform: Platform, tmp_path: Path
) -> None:
    club = await platform.enter("Dorfclub Gossa e. V.")
    await platform.lead(club)
    erna = await platform.logged_in_as_contact_of(club, "Erna Beispiel", "erna@verein.example")
    await platform.appoint(club)
    entries: list[dict[str, Any]] = []
    for _ in range(200):  # what the registry tells is on its way for a moment
        (await hall.api.post(f"/meetings/{hall.meeting}/invitations")).raise_for_status()
        if entries := (await hall.api.get(f"/meetings/{hall.meeting}/attendance")).json()["entries"]:
            break
        await asyncio.sleep(0.05)
    assert [one["kind"] for one in entries] == ["invitation"]
    assert (await erna.post(f"{hall.page}/anmeldung", data={"people": "1"})).status_code == 303
    page = (await hall.staff.get(hall.path)).text
    assert "0 von 1 da" in page
    assert page.count(">Erna Beispiel</h2>") == page.count(">Dorfclub Gossa e. V.<") == 1
    sheet = pdf_text((await hall.staff.post(f"{hall.path}/liste")).content, tmp_path)
    assert (sheet.count("Erna Beispiel"), sheet.count("Dorfclub Gossa e. V.")) == (1, 1)


async def test_others_do_not_see_the_list(hall: Hall, platform: Platform) -> None:
    club = await platform.enter("Dorfclub Gossa e. V.")
    contact, visitor = await platform.logged_in_as_contact_of(club), await platform.browser()
    entry = await hall.register("Ottilie Specht")
    assert (await contact.get(hall.path)).status_code == 403
    assert (await visitor.get(hall.path)).status_code == 303
    assert (await contact.post(f"{hall.path}/{entry}", data={"state": "attended", "version": "0"})).status_code == 403


async def test_the_staff_scan_somebodys_own_code(hall: Hall, platform: Platform) -> None:
    await hall.register("Ottilie Specht", people=2, email="ottilie@specht.example")
    visitor = await platform.browser()
    own = await visitor.get(await platform.registration_link())
    assert "Ihr Code für den Einlass" in own.text
    linked = {"registration-token": (await platform.registration_link()).rpartition("/")[2]}
    code = (await hall.api.get("/attendance/by-token", headers=linked)).json()["check_in_code"]
    squares = code_of(f"{PUBLIC_URL}/einlass/{code}").svg_inline(
        scale=5, omitsize=True, border=4, dark="#000", light="#fff"
    )
    assert squares in own.text
    stranger = await visitor.get(f"/einlass/{code}")
    assert "Diese Anmeldung gilt" in stranger.text
    assert "Specht" not in stranger.text
    shown = (await hall.staff.get(f"/einlass/{code}")).text
    assert "Ottilie Specht" in shown
    action = re.findall(r'action="([^"]+/einlass/[0-9a-f-]{36})"', shown)[0]
    form = {"state": "attended", "people": "2", "version": "0", "back": "pass", "code": code}
    done = await hall.staff.post(action, data=form)
    assert done.headers["location"] == f"/einlass/{code}"
    assert "Ist da" not in (again := (await hall.staff.get(f"/einlass/{code}")).text)
    assert "ist da" in again
    assert "Eingetragen" in (await visitor.get(f"/einlass/{code}")).text
    assert (await visitor.get("/einlass/geraten")).status_code == 404


async def test_phones_at_the_door(hall: Hall, platform: Platform) -> None:
    door, visitor = await hall.door(), await platform.browser()
    assert "Sie kommen als Gast?" in (await visitor.get(door)).text
    refused = await visitor.post(door, data={"way": "guest", "name": ""})
    assert refused.status_code == 422
    done = await visitor.post(door, data={"way": "guest", "name": "Ilse Goldammer", "organisation": "Krina"})
    assert "Sie sind eingetragen" in (await visitor.get(done.headers["location"])).text
    assert "Ilse Goldammer" in (await hall.staff.get(hall.path)).text

    await hall.register("Kuno Elster", email="kuno@elster.example")
    link = await platform.registration_link()
    assert "Ich bin da" in (await visitor.get(link)).text, "this phone has scanned the code at the door"
    elsewhere = await platform.browser()
    assert "Ich bin da" not in (await elsewhere.get(link)).text
    refused = await elsewhere.post(f"{link}/da")
    assert (refused.status_code, "Bitte scannen Sie zuerst den Code am Eingang." in refused.text) == (409, True)
    there = await visitor.post(f"{link}/da")
    assert there.headers["location"] == f"{link}?meldung=bin-da"
    assert "2 von 2 da" in (await hall.staff.get(hall.path)).text

    assert (await hall.staff.post(f"{hall.path}/tuercodes")).status_code == 303
    assert (await visitor.get(door)).status_code == 404


async def test_one_tap_by_account(hall: Hall, platform: Platform) -> None:
    club = await platform.enter("Dorfclub Gossa e. V.")
    person = await platform.logged_in_as_contact_of(club)
    assert (await person.post(f"{hall.page}/anmeldung")).status_code == 303
    assert "Ihr Code für den Einlass" in (await person.get(hall.page)).text
    door = await hall.door()
    assert "Ich bin da" in (await person.get(door)).text
    assert (await person.post(door, data={"way": "mine"})).status_code == 303
    assert "selbst eingetragen" in (await hall.staff.get(hall.path)).text
    assert (await person.post(f"{hall.page}/bescheinigung")).status_code == 409, "it is not over yet"
    await hall.is_over()
    assert "Prüfen" not in (await person.get(door)).text
    assert "Eintragen ist gerade nicht möglich" in (await person.get(await hall.door())).text


async def test_paper_for_the_door(hall: Hall, tmp_path: Path) -> None:
    await hall.register("Ottilie Specht", people=2)
    gone = await hall.register("Zita Zaun")
    (await hall.api.post(f"/registrations/{gone}/withdrawal")).raise_for_status()
    for name in ("Änne Adler", "Kuno von der Elster-Müller"):
        await hall.register(name)
    sheet = await hall.staff.post(f"{hall.path}/liste")
    assert (sheet.headers["content-type"], sheet.headers["cache-control"]) == ("application/pdf", "private, no-store")
    printed = pdf_text(sheet.content, tmp_path)
    order = [printed.index(words) for words in ("Änne Adler", "Kuno von der", "Ottilie Specht", "Gäste")]
    assert order == sorted(order)
    for words in ("Fördermittel für Vereine", "Dorfgemeinschaftshaus Gossa", "Unterschrift", "1/1"):
        assert words in printed, words
    assert "Zaun" not in printed
    assert "Herzlich willkommen!" in pdf_text((await hall.staff.post(f"{hall.path}/aushang")).content, tmp_path)


@pytest.mark.parametrize(("people", "pages_needed"), [(10, 1), (16, 2), (60, 3)])  # the guests of 16 have a page apart
async def test_a_sheet_of_many_pages_repeats_its_head(
    hall: Hall, tmp_path: Path, people: int, pages_needed: int
) -> None:
    for number in range(people):
        await hall.register(f"Vorname Nachname{number:02}")
    printed = pdf_text((await hall.staff.post(f"{hall.path}/liste")).content, tmp_path)
    pages = printed.strip("\f").split("\f")
    assert len(pages) == pages_needed
    for number, page in enumerate(pages, 1):
        assert "Unterschrift" in page
        assert f"{number}/{len(pages)}" in page


async def test_certificates_are_printed_checked_and_revoked(hall: Hall, platform: Platform, tmp_path: Path) -> None:
    ottilie = await hall.register("Ottilie Specht", email="ottilie@specht.example")
    kuno = await hall.register("Kuno Elster")
    await hall.register("Zita Zaun")
    for entry in (ottilie, kuno):
        await hall.note(entry, "attended")
    link = await platform.registration_link()
    assert (await hall.staff.post(f"{hall.path}/bescheinigungen")).status_code == 409
    await hall.is_over()
    printed = await hall.staff.post(f"{hall.path}/bescheinigungen")
    assert printed.headers["content-type"] == "application/pdf"
    pages = pdf_text(printed.content, tmp_path).strip("\f").split("\f")
    assert ["Elster" in pages[0], "Specht" in pages[1], len(pages)] == [True, True, 2]
    for words in ("Fördermittel für Vereine", "1,5 Stunden", "Heidedörfer", "Seminar"):
        assert words in pages[1], words
    code = re.findall(r"((?:[2-9A-Z]{4} ){6}[2-9A-Z]{4})", pages[1])[0]
    assert squares_on_page(tmp_path / "document.pdf", 2) == matrix_of(code)

    visitor = await platform.browser()
    shown = await visitor.get("/bescheinigung", params={"code": code.lower()})
    assert "haben wir ausgestellt" in shown.text
    assert "Specht" not in shown.text
    address = f"/bescheinigung/{code.replace(' ', '')}"
    right = await visitor.post(address, data={"name": "ottilie specht"})
    assert "Ja: Die Bescheinigung wurde für ottilie specht ausgestellt." in right.text
    assert "Nein:" in (await visitor.post(address, data={"name": "Kuno Elster"})).text
    assert (await visitor.get("/bescheinigung/ABCD")).status_code == 404

    own = await visitor.get(link)
    assert f'action="{link}/bescheinigung"' in own.text
    again = pdf_text((await visitor.post(f"{link}/bescheinigung")).content, tmp_path)
    assert "Ottilie Specht" in again
    assert code not in again, "each print has a code of its own"

    await hall.note(ottilie, "absent", version=1)
    assert "widerrufen" in (await visitor.get(address)).text
    assert "Ja:" not in (await visitor.post(address, data={"name": "Ottilie Specht"})).text


async def test_a_certificate_by_account_and_one_with_another_name(
    hall: Hall, platform: Platform, tmp_path: Path
) -> None:
    club = await platform.enter("Dorfclub Gossa e. V.")
    person = await platform.logged_in_as_contact_of(club)
    await person.post(f"{hall.page}/anmeldung")
    await person.post(await hall.door(), data={"way": "mine"})
    await hall.is_over()
    assert "Teilnahmebescheinigung (PDF)" in (await person.get(hall.page)).text
    mine = await person.post(f"{hall.page}/bescheinigung")
    assert "Karla Kontakt" in pdf_text(mine.content, tmp_path)
    (entry,) = (await hall.api.get(f"/meetings/{hall.meeting}/attendance")).json()["entries"]
    wanted = {"entry": entry["id"], "name": "Dr. Karla Kontakt"}
    named = await hall.staff.post(f"{hall.path}/bescheinigungen", data=wanted)
    assert "Dr. Karla Kontakt" in pdf_text(named.content, tmp_path)


def test_names_stand_in_german_order() -> None:
    names = ["Zita Zaun", "Bernd Öller", "Änne Adler", "Anna Oelze", "Uwe Ott", "Karl Straße", "Karla Strasse"]
    assert sorted(names, key=german_order) == [
        "Änne Adler", "Anna Oelze", "Bernd Öller", "Uwe Ott", "Karl Straße", "Karla Strasse", "Zita Zaun",
    ]  # fmt: skip


def matrix_of(code: str) -> list[list[bool]]:
    address = f"{PUBLIC_URL}/bescheinigung/{code.replace(' ', '')}"
    return [[bool(cell) for cell in row] for row in code_of(address).matrix]


def squares_on_page(document: Path, page: int) -> list[list[bool]]:
    """The QR code at the foot of a certificate, read back from how it looks on paper."""
    dpi, cm = 254, 100  # pixels
    command = ["pdftoppm", "-gray", "-r", str(dpi), "-f", str(page), "-l", str(page), "-singlefile", str(document)]
    subprocess.run([*command, str(document.with_suffix(""))], check=True)
    head, pixels = document.with_suffix(".pgm").read_bytes().split(b"\n255\n", 1)
    width = int(head.split()[1])
    dark = [
        (x, y)
        for y in range(int(22.5 * cm), int(27.5 * cm))
        for x in range(int(2.4 * cm), int(5.6 * cm))
        if pixels[y * width + x] < 128
    ]
    left, right = min(x for x, _ in dark), max(x for x, _ in dark) + 1
    top, bottom = min(y for _, y in dark), max(y for _, y in dark) + 1
    black, modules = set(dark), len(code_of(f"{PUBLIC_URL}/bescheinigung/{'A' * 28}").matrix)
    step = (right - left) / modules
    assert abs((bottom - top) - (right - left)) <= 2
    return [
        [(int(left + (x + 0.5) * step), int(top + (y + 0.5) * step)) in black for x in range(modules)]
        for y in range(modules)
    ]
