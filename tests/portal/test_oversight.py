"""The pages by which officers see who looked at what, how long data is kept, and the register of processing."""

import re

import pytest
from portal_platform import Platform


async def test_the_log_names_who_saw_whom(platform: Platform) -> None:
    club = await platform.enter("Dorfclub Gossa e. V.")
    contact = await platform.appoint(club)
    browser = await platform.logged_in()
    await browser.get(f"/personen/{contact['person']['id']}")
    html = (await browser.get("/protokoll?art=person.seen")).text
    assert "Angaben zu einer Person angesehen" in html
    assert "Petra Amtmann" in html
    assert contact["person"]["name"] in html


async def test_the_log_of_a_person_shows_what_concerns_them(platform: Platform) -> None:
    club = await platform.enter("Dorfclub Gossa e. V.")
    contact = await platform.appoint(club)
    browser = await platform.logged_in()
    html = (await browser.get(f"/personen/{contact['person']['id']}/protokoll", follow_redirects=True)).text
    assert f"Nur was {contact['person']['name']} betrifft." in html
    assert "Ansprechperson eingetragen" in html
    assert "Angemeldet</strong>" not in html


@pytest.mark.parametrize("query", ["von=gestern", "art=unbekannt", "von=0001-01-01", "bis=9999-12-31"])
async def test_a_filter_that_makes_no_sense_is_left_out(platform: Platform, query: str) -> None:
    browser = await platform.logged_in()
    answer = await browser.get(f"/protokoll?{query}")
    assert answer.status_code == 200
    assert "Eintrag" in answer.text


async def test_retention_shows_the_rules_of_every_service_and_the_heads_of_the_logs(platform: Platform) -> None:
    browser = await platform.logged_in()
    html = (await browser.get("/aufbewahrung")).text
    for rule in ("Menschen mit einer Aufgabe", "Anmeldungen zu Treffen", "Adressbuch für E-Mails", "im Browser"):
        assert rule in html
    assert "6 Monate nach dem Treffen" in html
    assert re.search(r"Eintrag \d+: <code>[0-9a-f]{64}</code>", html)


async def test_the_register_puts_the_services_together(platform: Platform) -> None:
    browser = await platform.logged_in()
    html = (await browser.get("/verarbeitungen")).text
    assert html.count("Vermittlung von Freiwilligen</h2>") == 1
    for word in ("Rechtsgrundlage", "Drittländer", "Technische und organisatorische Maßnahmen"):
        assert word in html


@pytest.mark.parametrize("path", ["/protokoll", "/aufbewahrung", "/verarbeitungen"])
async def test_only_staff_gets_in(platform: Platform, path: str) -> None:
    visitor = await platform.browser()
    assert (await visitor.get(path)).status_code in (303, 401)
    club = await platform.enter("Dorfclub Gossa e. V.")
    contact = await platform.logged_in_as_contact_of(club)
    assert (await contact.get(path)).status_code == 403
