"""Subscribing to a calendar: addresses for everybody, and the secret one of one's own."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

import httpx2
import pytest
from example_network import NETWORK
from icalendar import Calendar
from portal.web.dates import today
from portal_platform import Platform

ROOT = f"/n/{NETWORK}"


async def publish(platform: Platform, title: str, **changes: str) -> str:
    """The address of a meeting's page."""
    browser = await platform.logged_in()
    form = {
        "kind": "festival",
        "title": title,
        "starts_on": (today() + timedelta(days=30)).isoformat(),
        "starts_at": "18:00",
        "ends_at": "20:00",
        "place": "Anger",
        **changes,
    }
    path = (await browser.post(f"{ROOT}/treffen/neu", data=form)).headers["location"].partition("?")[0]
    assert (await browser.post(f"{path}/veroeffentlichen")).status_code == 303
    return str(path)


def address_on(page: str, base: str = "http://dorfnetz.test") -> str:
    """The path of the address to copy; the button for this device leads to the same place."""
    (address,) = re.findall(r'id="adresse" value="([^"]+)"', page)
    (webcal,) = re.findall(r'href="(webcal://[^"]+)"', page)
    assert unescape(webcal).partition("://")[2] == unescape(address).partition("://")[2]
    assert "<svg" in page
    return "/" + unescape(address).split("/", 3)[3]


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("", "Treffen: Heidedörfer"),
        ("?ort=gossa", "Treffen: Gossa"),
        ("?feld=sport", "Treffen: Sport und Bewegung in Heidedörfer"),
    ],
)
async def test_the_page_leads_to_a_calendar_that_says_when_it_is_unchanged(
    platform: Platform, query: str, name: str
) -> None:
    visitor = await platform.browser()
    page = await visitor.get(f"{ROOT}/kalender{query}")
    assert page.status_code == 200
    path = address_on(page.text)
    answer = await visitor.get(path)
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert str(Calendar.from_ical(answer.content)["X-WR-CALNAME"]).startswith(name)
    again = await visitor.get(path, headers={"if-none-match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == answer.headers["etag"]


async def test_a_published_meeting_is_in_the_calendar_of_its_network_and_village(platform: Platform) -> None:
    gossa, krina = platform.villages["Gossa"], platform.villages["Krina"]
    path = await publish(platform, "Backofenfest", village_id=gossa["id"])
    visitor = await platform.browser()
    for feed in (f"/kalender/{NETWORK}.ics", f"/kalender/{NETWORK}/orte/{gossa['slug']}.ics"):
        calendar: Any = Calendar.from_ical((await visitor.get(feed)).content)
        (event,) = calendar.events
        assert (event["SUMMARY"], event["LOCATION"]) == ("Backofenfest", "Anger, Gossa")
        assert str(event["URL"]).endswith(path)
    elsewhere = await visitor.get(f"/kalender/{NETWORK}/orte/{krina['slug']}.ics")
    assert not Calendar.from_ical(elsewhere.content).events


@pytest.mark.parametrize(
    "path",
    [
        f"{ROOT}/kalender?ort=nirgends",
        f"{ROOT}/kalender?feld=nichts",
        "/kalender/nirgends.ics",
        f"/kalender/{NETWORK}/orte/nirgends.ics",
        f"/kalender/{NETWORK}/felder/nichts.ics",
        "/kalender/persoenlich/geraten.ics",
        "/kalender/persoenlich/..%2Fnetworks%2Fheidedoerfer.ics",
    ],
)
async def test_what_does_not_exist_is_not_found(platform: Platform, path: str) -> None:
    assert (await (await platform.browser()).get(path)).status_code == 404


async def test_ones_own_address_is_shown_once_and_renewed(platform: Platform) -> None:
    await publish(platform, "Beratung", visibility="network")
    browser, visitor = await platform.logged_in(), await platform.browser()
    assert "Meine Adresse erzeugen" in (await browser.get("/konto/kalender")).text
    made = await browser.post("/konto/kalender")
    assert made.headers["cache-control"] == "no-store"
    first = address_on(made.text)
    secret = first.rpartition("/")[2].removesuffix(".ics")
    answer = await visitor.get(first)
    assert answer.headers["x-robots-tag"] == "noindex"
    assert answer.headers["cache-control"] == "private, no-cache"
    assert [str(event["SUMMARY"]) for event in Calendar.from_ical(answer.content).events] == ["Beratung"]
    shown = (await browser.get("/konto/kalender")).text
    assert secret not in shown
    assert "Adresse erneuern" in shown
    assert "gilt sofort nicht mehr" in (await browser.get("/konto/kalender/erneuern")).text
    second = address_on((await browser.post("/konto/kalender")).text)
    assert (await visitor.get(first)).status_code == 404
    assert (await visitor.get(second)).status_code == 200
    closed = await browser.post("/konto/kalender/schliessen")
    assert closed.headers["location"] == "/konto/kalender?meldung=kalender-geschlossen"
    assert (await visitor.get(second)).status_code == 404


async def test_pages_about_meetings_lead_there(platform: Platform) -> None:
    path = await publish(platform, "Fest")
    visitor = await platform.browser()
    for page in (path, ROOT, f"{ROOT}/treffen", f"{ROOT}/orte/gossa"):
        assert f'href="{ROOT}/kalender' in (await visitor.get(page)).text, page


async def test_visitors_have_no_calendar_of_their_own(platform: Platform) -> None:
    answer: httpx2.Response = await (await platform.browser()).get("/konto/kalender")
    assert answer.status_code in (302, 303, 401)
