"""Coming to a meeting by account."""

import re
from datetime import timedelta

from example_network import NETWORK, id_of
from portal.web.dates import today
from portal_platform import Platform

ROOT = f"/n/{NETWORK}"


async def published(platform: Platform, days: int = 30) -> str:
    """The address of a meeting's page."""
    day = today() + timedelta(days=days)
    browser = await platform.logged_in()
    form = {
        "kind": "network_meeting",
        "title": "Netzwerktreffen im Herbst",
        "starts_on": day.isoformat(),
        "starts_at": "18:00",
        "ends_at": "20:00",
        "place": "Dorfgemeinschaftshaus",
    }
    path = (await browser.post(f"{ROOT}/treffen/neu", data=form)).headers["location"].partition("?")[0]
    assert (await browser.post(f"{path}/veroeffentlichen")).status_code == 303
    return str(path)


async def test_register_once_and_be_told_the_second_time(platform: Platform) -> None:
    path = await published(platform)
    club = await platform.enter("Dorfclub Gossa e. V.")
    browser = await platform.logged_in_as_contact_of(club)
    page = (await browser.get(path)).text
    assert "Ich komme" in page
    key = re.findall(r'anmeldung"><input type="hidden" name="_key" value="(\w+)"', page)[0]
    for _ in range(2):  # a double click is one registration
        done = await browser.post(f"{path}/anmeldung", data={"_key": key})
        assert done.headers["location"] == f"{path}?meldung=dabei"
    shown = await browser.get(f"{path}?meldung=dabei")
    assert "Sie sind angemeldet." in shown.text
    assert "Ich komme" not in shown.text
    assert shown.headers["cache-control"] == "private, no-store"
    assert re.search(r"<strong>1</strong>\s*Person kommt", shown.text)
    again = await browser.post(f"{path}/anmeldung")
    assert again.status_code == 409
    assert "Sie sind für dieses Treffen schon angemeldet." in again.text
    assert "Sie sind angemeldet." in again.text


async def test_visitors_see_nothing_of_it(platform: Platform) -> None:
    path = await published(platform)
    visitor = await platform.browser()
    page = (await visitor.get(path)).text
    assert "Ich komme" not in page
    assert "anmeldung" not in page
    assert (await visitor.post(f"{path}/anmeldung")).status_code == 403


async def test_no_meeting_no_registration(platform: Platform) -> None:
    browser = await platform.logged_in()
    assert (await browser.post(f"{ROOT}/treffen/{id_of('invented')}/anmeldung")).status_code == 404
