"""Confirming an entry by the mailed link, and the office's list of those who are silent."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from portal_platform import Platform, until
from registry.clock import today
from registry.freshness.asking import look
from registry.organisations.model import Organisation
from registry.settings import RegistrySettings
from shared.access.tenancy import EVERYTHING, enter_scopes
from shared.database import create_engine, create_sessions, transaction
from sqlalchemy import update

ROOT = "/n/heidedoerfer"


async def age(platform: Platform, organisation: dict[str, Any], days: int) -> None:
    """As if the entry had been confirmed for the last time so many days ago."""
    async with transaction(platform.registry.state.sessions) as session:
        await enter_scopes(session, [EVERYTHING])
        this = Organisation.id == organisation["id"]
        await session.execute(update(Organisation).where(this).values(confirmed_on=today() - timedelta(days=days)))


@pytest.fixture
async def club(platform: Platform) -> dict[str, Any]:
    club = await platform.enter("Dorfclub Gossa e. V.")
    await platform.appoint(club)
    await age(platform, club, 340)
    return club


async def ask(platform: Platform, club: dict[str, Any]) -> str:
    """The page that the mail leads to."""
    answer = await platform.officer.post(f"/organisations/{club['id']}/confirmation-requests")
    assert answer.status_code == 204, answer.text
    return await platform.entry_link()


async def test_the_chair_says_yes_without_logging_in(platform: Platform, club: dict[str, Any]) -> None:
    browser = await platform.browser()
    link = await ask(platform, club)
    page = await browser.get(link)
    assert "Ja, stimmt noch" in page.text
    assert "Dorfclub Gossa e. V." in page.text
    assert "Erna" not in page.text, "the link shows people"
    assert page.headers["referrer-policy"] == "no-referrer"
    assert "no-store" in page.headers["cache-control"]
    done = await browser.post(link)
    assert done.headers["location"] == f"{link}?danke=bestaetigt"
    assert "Wir fragen Sie in einem Jahr wieder." in (await browser.get(done.headers["location"])).text
    for again in (await browser.get(link), await browser.post(link), await browser.get(f"{link}/aendern")):
        assert again.status_code == 404
        assert "Dieser Link wird nicht mehr gebraucht" in again.text
    entry = (await platform.officer.get(f"/organisations/{club['id']}")).json()
    assert entry["confirmed_on"] == str(today())


async def test_a_change_by_the_link_is_seen_by_everybody(platform: Platform, club: dict[str, Any]) -> None:
    browser = await platform.browser()
    link = await ask(platform, club)
    form = (await browser.get(f"{link}/aendern")).text
    assert 'name="publication"' not in form
    wrong = await browser.post(f"{link}/aendern", data={"name": club["name"], "founded": "31.2.1990", "goals": "Neu"})
    assert wrong.status_code == 422
    assert 'id="founded-error"' in wrong.text
    assert "Neu" in wrong.text
    sent = {"name": club["name"], "goals": "Ein Fest im Jahr", "kind": "company", "publication": "hidden"}
    done = await browser.post(f"{link}/aendern", data=sent)
    assert done.headers["location"] == f"{link}?danke=geaendert"
    page = await until(browser, f"{ROOT}/organisationen/{club['slug']}", "Ein Fest im Jahr")
    assert "Verein" in page


async def test_the_office_sees_who_is_silent_and_why(
    platform: Platform, club: dict[str, Any], service_database: Callable[[str], str]
) -> None:
    officer = await platform.logged_in()
    alone = await platform.enter("Angler Krina", "Krina")
    await age(platform, alone, 370)
    engine = create_engine(RegistrySettings(database_url=service_database("registry")), scopes=EVERYTHING)
    await look(create_sessions(engine))
    await engine.dispose()
    page = (await officer.get("/unbestaetigt")).text
    assert "Dorfclub Gossa e. V." in page
    assert "keine Ansprechperson eingetragen" in page
    only = (await officer.get("/unbestaetigt?grund=no_contact")).text
    assert "Angler Krina" in only
    assert "Dorfclub" not in only
    late = (await officer.get("/unbestaetigt?stand=stumm")).text
    assert "seit einem Jahr nicht bestätigt" in late
    letter = await officer.get(f"/unbestaetigt/{alone['id']}/brief.pdf")
    assert (letter.headers["content-type"], letter.content[:5]) == ("application/pdf", b"%PDF-")
    refused = await officer.post(f"/unbestaetigt/{alone['id']}/nachfragen")
    assert refused.status_code == 422
    assert "Keine der Ansprechpersonen hat eine E-Mail-Adresse." in refused.text
    done = await officer.post(f"/unbestaetigt/{alone['id']}/bestaetigen")
    assert done.headers["location"] == "/unbestaetigt?meldung=eintrag-bestaetigt"
    assert "Angler Krina" not in (await officer.get("/unbestaetigt")).text
    assert (await officer.get("/unbestaetigt?ort=unsinn")).status_code == 200
