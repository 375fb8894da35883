"""A municipality's calendar is taken over on the pages of coordinators, and its dates stand on those of everybody."""

import re
from collections.abc import Iterator

import httpx2
import pytest
from example_network import NETWORK
from imported_calendar import Municipality, event
from portal_platform import Platform, until
from starlette.responses import Response
from testkit.pages import Page

HERE = f"/n/{NETWORK}/kalender/uebernehmen"


@pytest.fixture
def municipality() -> Iterator[Municipality]:
    with Municipality.running() as municipality:
        yield municipality


async def take_over(browser: httpx2.AsyncClient, municipality: Municipality, **changes: str) -> str:
    """The address of the calendar's page."""
    form = {"name": "Gemeinde Muldestausee", "url": municipality.url, "kind": "festival", **changes}
    answer = await browser.post(HERE, data=form)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"].partition("?")[0])


def meeting_on(page: str, title: str) -> str:
    """The address behind the link of this name."""
    (address,) = re.findall(rf'href="([^"]+)">{title}<', page)
    return str(address)


async def test_dates_of_the_calendar_stand_where_everybody_looks(
    platform: Platform, municipality: Municipality
) -> None:
    municipality.events = [event("1", "Erntefest am See")]
    browser, visitor = await platform.logged_in(), await platform.browser()
    path = await take_over(browser, municipality)
    await until(browser, path, "Erntefest am See")
    await until(browser, path, "Läuft")
    listed = await until(visitor, f"/n/{NETWORK}/treffen", "Erntefest am See")
    meeting = meeting_on(listed, "Erntefest am See")
    shown = (await visitor.get(meeting)).text
    assert "Aus dem Kalender" in shown
    assert "Gemeinde Muldestausee" in shown
    assert "Wer kommt" not in shown
    assert "Ich komme" not in (await browser.get(meeting)).text
    assert "kommt aus dem Kalender" in (await browser.get(f"{meeting}/bearbeiten")).text
    assert "Erntefest am See" in (await visitor.get(f"/kalender/{NETWORK}.ics")).text


async def test_an_error_stands_on_the_page_with_what_to_do(platform: Platform, municipality: Municipality) -> None:
    municipality.answer = Response("<html>Wartung</html>")
    browser = await platform.logged_in()
    path = await take_over(browser, municipality)
    page = await until(browser, path, "Unter dieser Adresse ist kein Kalender")
    assert "Geht zurzeit nicht" in page
    assert "Geht zurzeit nicht" in (await browser.get(HERE)).text
    municipality.answer = None
    assert (await browser.post(f"{path}/pruefen")).status_code == 303
    await until(browser, path, "Läuft")


async def test_what_was_changed_by_hand_is_marked(platform: Platform, municipality: Municipality) -> None:
    municipality.events = [event("1", "Erntefest am See")]
    browser = await platform.logged_in()
    path = await take_over(browser, municipality)
    page = await until(browser, path, "Erntefest am See")
    assert "Von Hand geändert" not in page
    edit = f"{meeting_on(page, 'Erntefest am See')}/bearbeiten"
    form = filled(await browser.get(edit), "title", title="Unser Erntefest")
    assert (await browser.post(edit, data=form)).status_code == 303
    page = (await browser.get(path)).text
    assert "Unser Erntefest" in page
    assert "Von Hand geändert" in page
    assert "Erntefest am See" in page  # what the calendar says


async def test_it_is_paused_and_removed(platform: Platform, municipality: Municipality) -> None:
    municipality.events = [event("1", "Erntefest am See")]
    browser = await platform.logged_in()
    path = await take_over(browser, municipality)
    await until(browser, path, "Erntefest am See")
    form = filled(await browser.get(path), "paused", paused="yes")
    assert (await browser.post(path, data=form)).status_code == 303
    assert "Pausiert" in (await browser.get(path)).text
    assert "1 kommender Termin wurde" in (await browser.get(f"{path}/entfernen")).text
    answer = await browser.post(f"{path}/entfernen", data={"dates": "cancel"})
    assert answer.headers["location"] == f"{HERE}?meldung=kalender-entfernt"
    assert (await browser.get(path)).status_code == 404
    assert "Noch wird kein Kalender übernommen" in (await browser.get(HERE)).text
    await until(await platform.browser(), f"/n/{NETWORK}/treffen", "Abgesagt")


async def test_a_wrong_address_is_told_beside_the_field(platform: Platform) -> None:
    browser = await platform.logged_in()
    answer = await browser.post(HERE, data={"name": "Gemeinde", "url": "gemeinde.example", "kind": "festival"})
    assert answer.status_code == 422
    assert 'id="url-error"' in answer.text
    assert 'value="gemeinde.example"' in answer.text


def filled(page: httpx2.Response, field: str, **values: str) -> dict[str, list[str]]:
    """What a browser sends of the form that has this field."""
    sent: dict[str, list[str]] = {}
    for name, value in Page(page).form(field).fill(**values):
        sent.setdefault(name, []).append(value)
    return sent
