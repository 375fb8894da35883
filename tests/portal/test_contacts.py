"""Contact people of an organisation: entered, shown to those who keep its entry alone, struck off after a question."""

import re
from typing import Any
from uuid import UUID

import httpx2
import pytest
import sqlalchemy as sa
from portal.database import Base
from portal.web.services import ServiceClient
from portal_platform import Platform, until
from registry.people.model import ContactFunction

ROOT = "/n/heidedoerfer"
ERNA = {"name": "Erna Beispiel", "email": "erna@verein.example", "phone": "034955 12345", "function": "chair"}


async def entered(platform: Platform, browser: httpx2.AsyncClient, *, lead: bool = False) -> tuple[dict[str, Any], str]:
    """An association and the address of its page."""
    club = await platform.enter("Dorfclub Gossa e. V.")
    if lead:
        await platform.lead(club)
        await until(browser, f"{ROOT}/orte/gossa", "seit 1. Januar 2024")
    path = f"{ROOT}/organisationen/{club['slug']}"
    await until(browser, path)
    return club, path


async def test_a_lead_without_a_contact_is_said_until_one_is_entered(platform: Platform) -> None:
    browser = await platform.logged_in()
    _, path = await entered(platform, browser, lead=True)
    form_path = f"{path}/ansprechpersonen/neu"
    for page in (f"{ROOT}/orte/gossa", path):
        html = (await browser.get(page)).text
        assert "würde noch niemand eingeladen" in html, page
        assert form_path in html, page
    visitor = await platform.browser()
    assert "würde noch niemand eingeladen" not in (await visitor.get(f"{ROOT}/orte/gossa")).text

    form = (await browser.get(form_path)).text
    assert re.findall(r'<option value="(\w+)"', form) == list(ContactFunction)
    sent = {**ERNA, "_key": re.findall(r'name="_key" value="(\w+)"', form)[0]}
    for _ in range(2):  # sent twice by a nervous finger: entered once
        done = await browser.post(form_path, data=sent)
        assert done.headers["location"] == f"{path}?meldung=ansprechperson"
    html = (await browser.get(path)).text
    assert html.count(">Erna Beispiel<") == 1
    for shown in ("Vorsitz", "erna@verein.example", "+493495512345"):
        assert shown in html
    for page in (f"{ROOT}/orte/gossa", path):
        assert "würde noch niemand eingeladen" not in (await browser.get(page)).text, page


async def test_contacts_are_never_public_and_never_kept_here(platform: Platform) -> None:
    browser = await platform.logged_in()
    _, path = await entered(platform, browser)
    await browser.post(f"{path}/ansprechpersonen/neu", data=ERNA)
    own = await browser.get(path)
    assert "Erna Beispiel" in own.text
    assert own.headers["cache-control"] == "private, no-store"
    public = await (await platform.browser()).get(path)
    for secret in ("Erna", "erna@", "+4934955", "Ansprechpersonen"):
        assert secret not in public.text
    async with platform.portal.state.sessions() as session:
        for table in Base.metadata.sorted_tables:
            for row in await session.execute(sa.select(table)):
                assert "Erna" not in repr(row), table.name
                assert "erna@" not in repr(row), table.name


async def test_bad_input_is_shown_beside_its_field_and_kept(platform: Platform) -> None:
    browser = await platform.logged_in()
    _, path = await entered(platform, browser)
    form_path = f"{path}/ansprechpersonen/neu"
    bad = {"name": "<b>Erna</b>", "email": "erna", "phone": "12", "function": "queen"}
    answer = await browser.post(form_path, data=bad)
    assert answer.status_code == 422
    for field in ("email", "phone", "function"):
        assert f'id="{field}-error"' in answer.text, field
        assert f'href="#{field}"' in answer.text, field
    assert 'value="&lt;b&gt;Erna&lt;/b&gt;"' in answer.text
    unreachable = await browser.post(form_path, data={"name": "Erna Beispiel", "function": "chair"})
    assert 'id="email-error"' in unreachable.text
    nothing = await browser.post(form_path, data={})
    assert nothing.status_code == 422
    assert 'id="name-error"' in nothing.text
    long = await browser.post(form_path, data={**ERNA, "name": "E" * 500})
    assert 'id="name-error"' in long.text
    assert (await browser.post(form_path, data=ERNA)).status_code == 303
    again = await browser.post(form_path, data=ERNA)
    assert again.status_code == 422
    assert "Diese Person hat diese Funktion schon." in again.text
    assert 'id="function-error"' in again.text


async def test_striking_off_asks_first(platform: Platform) -> None:
    browser = await platform.logged_in()
    club, path = await entered(platform, browser, lead=True)
    contact = await platform.appoint(club)
    await until(browser, path, "Erna Beispiel")
    (link,) = re.findall(r'href="([^"]+/austragen)"', (await browser.get(path)).text)
    assert link == f"{path}/ansprechpersonen/{contact['id']}/austragen"
    question = (await browser.get(link)).text
    assert "Erna Beispiel austragen?" in question
    assert "Dann wird für den federführenden Verein niemand mehr eingeladen" in question
    assert "Erna Beispiel" in (await browser.get(path)).text, "reading the question changes nothing"
    for _ in range(2):
        done = await browser.post(link)
        assert done.headers["location"] == f"{path}?meldung=ausgetragen"
    page = (await browser.get(path)).text
    present, _, former = page.partition("Wer es früher war")
    assert "Erna Beispiel" not in present
    assert "Erna Beispiel" in former
    assert "würde noch niemand eingeladen" in page
    assert (await browser.get(link)).status_code == 404


async def test_a_contact_is_struck_off_on_its_own_organisations_page_alone(platform: Platform) -> None:
    browser = await platform.logged_in()
    club, path = await entered(platform, browser)
    contact = await platform.appoint(club)
    other = await platform.enter("Mühlenverein Krina e. V.", "Krina")
    other_path = f"{ROOT}/organisationen/{other['slug']}"
    await until(browser, other_path)
    foreign = f"{other_path}/ansprechpersonen/{contact['id']}/austragen"
    assert (await browser.get(foreign)).status_code == 404
    await browser.post(foreign)
    assert "Erna Beispiel" in (await browser.get(path)).text


@pytest.mark.parametrize("last", ["neu", f"{UUID(int=0)}/austragen"])
async def test_only_those_who_keep_the_entry_may(platform: Platform, last: str) -> None:
    officer, visitor = await platform.logged_in(), await platform.browser()
    club, path = await entered(platform, officer)
    other = await platform.enter("Mühlenverein Krina e. V.", "Krina")
    address = f"{path}/ansprechpersonen/{last}"
    anonymous = await visitor.get(address)
    assert anonymous.status_code == 303
    assert anonymous.headers["location"].startswith("/anmelden?weiter=")
    assert (await visitor.post(address, data=ERNA)).status_code == 403
    stranger = await platform.logged_in_as_contact_of(other)
    assert (await stranger.get(address)).status_code == 403
    assert (await stranger.post(address, data=ERNA)).status_code == 403
    own = await platform.logged_in_as_contact_of(club, name="Otto Eigen", email="otto@verein.example")
    assert "Ansprechpersonen" in (await own.get(path)).text
    assert (await own.get(f"{path}/ansprechpersonen/neu")).status_code == 200


async def test_the_page_is_shown_although_the_registry_is_away(platform: Platform) -> None:
    browser = await platform.logged_in()
    _, path = await entered(platform, browser)
    page = (await browser.get(path)).text
    assert "Noch ist keine Ansprechperson eingetragen." in page
    away = httpx2.MockTransport(lambda _request: httpx2.Response(503))
    platform.portal.state.services.registry = ServiceClient("http://away.test", 1, away)
    page = (await browser.get(path)).text
    assert "Dorfclub Gossa" in page
    assert "Die Ansprechpersonen können gerade nicht gezeigt werden." in page
    answer = await browser.post(f"{path}/ansprechpersonen/neu", data=ERNA)
    assert "Der Dienst ist gerade nicht erreichbar" in answer.text
    assert 'value="erna@verein.example"' in answer.text, "what was typed is kept"
