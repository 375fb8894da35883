"""Consents on the pages: one's own, the staff's, the public's, with the registry and its events behind them."""

import asyncio
import html
import re
from typing import Any

import httpx2
import pytest
from portal_platform import Platform, post, until

ROOT = "/n/heidedoerfer"
VERSION = {"text_version": "2026-11"}


async def volunteer(platform: Platform, name: str = "Frida Freiwillig", **changes: Any) -> dict[str, Any]:
    """Somebody whom the district office has entered, for Gossa."""
    body = {
        "name": name,
        "email": f"{name.split()[0].lower()}@post.example",
        "fields": ["sport"],
        "areas": [{"kind": "village", "id": platform.villages["Gossa"]["id"]}],
        "consents": [{"purpose": "contact", **VERSION}],
        "channel": "paper",
    } | changes
    return await post(platform.officer, "/volunteers", **body)


async def logged_in(platform: Platform, entered: dict[str, Any]) -> httpx2.AsyncClient:
    """A browser in which this volunteer is logged in."""
    code = await platform.login_code_of(entered["person"]["email"])
    browser = await platform.browser()
    assert (await browser.post("/anmelden", data={"code": code})).status_code == 303
    return browser


async def gone(browser: httpx2.AsyncClient, path: str, text: str) -> None:
    """Load a page again until it no longer shows this text; an event needs a moment."""
    for _ in range(200):
        if text not in (await browser.get(path)).text:
            return
        await asyncio.sleep(0.05)
    raise AssertionError(f"{path} still shows {text!r}")


def buttons(page: str) -> list[str]:
    """Where the buttons of the consents lead."""
    return re.findall(r'action="/konto/einwilligungen/([a-z]+/[a-z]+)"', page)


async def test_each_purpose_has_one_button(platform: Platform) -> None:
    browser = await logged_in(platform, await volunteer(platform))
    page = (await browser.get("/konto/einwilligungen")).text
    assert buttons(page) == [
        "contact/widerrufen", "publication/geben", "newsletter/geben", "sharing/geben", "photos/geben",
    ]  # fmt: skip
    given = await browser.post("/konto/einwilligungen/photos/geben", data=VERSION)
    assert given.headers["location"].startswith("/konto/einwilligungen?meldung=eingewilligt")
    assert "photos/widerrufen" in buttons((await browser.get("/konto/einwilligungen")).text)
    withdrawn = await browser.post("/konto/einwilligungen/photos/widerrufen")
    assert withdrawn.headers["location"].startswith("/konto/einwilligungen?meldung=widerrufen")
    page = (await browser.get("/konto/einwilligungen")).text
    assert "photos/geben" in buttons(page)
    assert "widerrufen am" in page
    assert 'href="/konto/einwilligungen"' in (await browser.get("/konto")).text


async def test_older_words_are_not_agreed_to(platform: Platform) -> None:
    browser = await logged_in(platform, await volunteer(platform))
    answer = await browser.post("/konto/einwilligungen/photos/geben", data={"text_version": "2020-01"})
    assert answer.headers["location"].endswith("meldung=neuer-text")
    assert "photos/geben" in buttons((await browser.get("/konto/einwilligungen")).text)
    assert (await browser.post("/konto/einwilligungen/zaubern/geben", data=VERSION)).status_code == 404


async def test_a_stranger_has_no_such_page(platform: Platform) -> None:
    stranger = await platform.browser()
    entered = await volunteer(platform)
    for path in ("/konto/einwilligungen", f"/personen/{entered['person']['id']}/einwilligungen", "/freiwillige"):
        assert (await stranger.get(path)).headers["location"].startswith("/anmelden")
    own = await logged_in(platform, entered)
    assert (await own.get(f"/personen/{entered['person']['id']}/einwilligungen")).status_code == 403
    assert (await own.get("/freiwillige")).status_code == 403


async def test_a_withdrawn_name_leaves_the_pages(platform: Platform) -> None:
    association = await platform.enter("Heimatverein Gossa")
    await platform.lead(association)
    contact = await platform.appoint(association)
    office, anybody = await platform.logged_in(), await platform.browser()
    page = f"{ROOT}/organisationen/{association['slug']}"
    assert "Erna Beispiel" not in await until(anybody, page, "Heimatverein Gossa")
    consents = f"/personen/{contact['person']['id']}/einwilligungen"
    form = {**VERSION, "channel": "paper", "given_on": "2026-10-01"}
    done = await office.post(f"{consents}/publication/eintragen", data=form)
    assert done.headers["location"].endswith("meldung=einwilligung-eingetragen"), done.text
    assert "erna@" not in await until(anybody, page, "Erna Beispiel")
    await until(anybody, f"{ROOT}/orte/gossa", "Erna Beispiel")
    await office.post(f"{consents}/publication/widerrufen", data={"channel": "telephone"})
    await gone(anybody, page, "Erna Beispiel")
    await gone(anybody, f"{ROOT}/orte/gossa", "Erna Beispiel")


async def test_a_volunteer_shows_and_hides_their_name(platform: Platform) -> None:
    browser, anybody = await logged_in(platform, await volunteer(platform)), await platform.browser()
    await until(anybody, ROOT, "Eine Person hat sich")
    assert "Frida Freiwillig" not in (await anybody.get(ROOT)).text
    await browser.post("/konto/einwilligungen/publication/geben", data=VERSION)
    assert "frida@" not in await until(anybody, ROOT, "Frida Freiwillig")
    await until(anybody, f"{ROOT}/orte/gossa", "Frida Freiwillig")
    assert "Frida Freiwillig" not in (await anybody.get(f"{ROOT}/orte/krina")).text
    await browser.post("/konto/einwilligungen/contact/widerrufen")
    await gone(anybody, ROOT, "Frida Freiwillig")
    await until(anybody, ROOT, "Noch hat sich niemand gemeldet.")


async def test_while_the_registry_is_away_no_name_is_shown(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    entered = await volunteer(platform, consents=[{"purpose": one, **VERSION} for one in ("contact", "publication")])
    anybody = await platform.browser()
    await until(anybody, ROOT, entered["person"]["name"])
    directory = platform.portal.state.profiles
    monkeypatch.setattr("portal.profiles.directory.KEPT", 0.0)
    elsewhere = httpx2.AsyncClient(base_url="http://127.0.0.1:1")
    monkeypatch.setattr(platform.portal.state.services.registry, "_http", elsewhere)
    page = await anybody.get(ROOT)
    assert (page.status_code, entered["person"]["name"] in page.text) == (200, False)
    assert directory._known, "it was shown from memory before"
    await elsewhere.aclose()


async def test_pages_do_not_wait_one_by_one_for_a_registry_that_is_away(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def away(request: httpx2.Request) -> httpx2.Response:
        asked.append(request.url.path)
        return httpx2.Response(503)

    anybody = await platform.browser()
    await until(anybody, ROOT, "Gossa")
    platform.portal.state.profiles._known.clear()
    async with httpx2.AsyncClient(base_url="http://away.test", transport=httpx2.MockTransport(away)) as client:
        monkeypatch.setattr(platform.portal.state.services.registry, "_http", client)
        for _ in range(3):
            assert (await anybody.get(ROOT)).status_code == 200
    assert asked == ["/profiles"]


async def test_staff_sees_who_waits_and_who_helps(platform: Platform) -> None:
    await volunteer(platform, consents=[{"purpose": one, **VERSION} for one in ("contact", "photos", "sharing")])
    anybody, office = await platform.browser(), await platform.logged_in()
    form = (await anybody.get(f"{ROOT}/mitmachen")).text
    field = re.findall(r'name="fields" type="checkbox" value="([^"]+)"', form)[0]
    typed = {"name": "Tom Telefon", "phone": "034955 12345", "areas": "network", "fields": field, "age": "older"}
    sent = await anybody.post(f"{ROOT}/mitmachen", data={**typed, "consents": "contact:2026-11"})
    assert sent.headers["location"].endswith("danke=anruf")
    page = (await office.get("/freiwillige")).text
    assert all(words in page for words in ("Tom Telefon", "+493495512345", "Frida Freiwillig", "Fotos", "Andere Gem"))
    path = re.findall(r'action="(/freiwillige/anmeldungen/[^"]+/bestaetigen)"', page)[0]
    done = await office.post(path, data={"channel": "telephone"})
    assert done.headers["location"].endswith("meldung=anmeldung-bestaetigt")
    page = (await office.get("/freiwillige")).text
    assert "Gesprochen" not in page
    assert "Tom Telefon" in page


async def test_a_guardian_agrees(platform: Platform) -> None:
    anybody = await platform.browser()
    form = (await anybody.get(f"{ROOT}/mitmachen")).text
    field = re.findall(r'name="fields" type="checkbox" value="([^"]+)"', form)[0]
    typed = {"name": "Kim Klein", "areas": "network", "fields": field, "consents": "contact:2026-11"}
    unsaid = await anybody.post(f"{ROOT}/mitmachen", data=typed)
    assert 'id="age-error"' in unsaid.text
    missing = await anybody.post(f"{ROOT}/mitmachen", data={**typed, "age": "younger"})
    assert all(f'id="{name}-error"' in missing.text for name in ("birth_date", "guardian_name", "guardian_email"))
    minor = {"birth_date": "2014-05-01", "guardian_name": "Gerda Klein", "guardian_email": "gerda@post.example"}
    sent = await anybody.post(f"{ROOT}/mitmachen", data={**typed, **minor, "age": "younger"})
    assert sent.headers["location"].endswith("danke=sorgeberechtigt"), html.unescape(sent.text)
    link = f"/mitmachen/bestaetigen/{await platform.confirmation_token()}"
    page = await anybody.get(link)
    assert "Sind Sie einverstanden, dass Kim Klein mithilft?" in page.text
    assert (page.headers["referrer-policy"], page.headers["cache-control"]) == ("no-referrer", "no-store")
    assert (await anybody.post(link)).headers["location"] == "/mitmachen/bestaetigen/fertig"
    office = await platform.logged_in()
    assert "Kim Klein" in (await office.get("/freiwillige")).text


async def test_a_mail_program_unsubscribes_with_one_post(platform: Platform) -> None:
    entered = await volunteer(platform, consents=[{"purpose": one, **VERSION} for one in ("contact", "newsletter")])
    program = await platform.client_for(platform.portal)  # sends neither cookie nor origin (RFC 8058)
    assert (await program.get("/newsletter/abbestellen/erraten")).status_code == 200
    body = {"List-Unsubscribe": "One-Click"}
    unknown = await program.post("/newsletter/abbestellen/erraten", data=body)
    assert "newsletter/widerrufen" in buttons(
        (await (await logged_in(platform, entered)).get("/konto/einwilligungen")).text
    )
    known = await program.post(f"/newsletter/abbestellen/{await platform.unsubscribe_token()}", data=body)
    assert (known.status_code, known.headers["location"]) == (unknown.status_code, unknown.headers["location"])
    page = (await (await logged_in(platform, entered)).get("/konto/einwilligungen")).text
    assert "newsletter/geben" in buttons(page)
    assert "über den Link in einer E-Mail" in page


async def test_officers_note_certificates_and_coordinators_do_not(platform: Platform) -> None:
    entered = await volunteer(platform)
    path = f"/personen/{entered['person']['id']}/fuehrungszeugnis"
    office = await platform.logged_in()
    wrong = await office.post(path, data={"issued_on": "2026-09-02", "inspected_on": "2026-09-01", "result": "clear"})
    assert 'id="inspected_on-error"' in wrong.text
    await office.post(path, data={"issued_on": "2026-08-01", "inspected_on": "2026-09-01", "result": "clear"})
    page = (await office.get(path)).text
    assert "Eingesehen am 1. September 2026" in page
    end = re.findall(rf'action="({path}/[^"]+/beendet)"', page)[0]
    await office.post(end)
    assert "wird sechs Monate danach gelöscht" in (await office.get(path)).text
    await office.post(end.replace("beendet", "loeschen"))
    assert "Eingesehen am 1." not in (await office.get(path)).text
    person = await post(platform.officer, "/persons", name="Karl Koord", email="karl@netz.example")
    grant = {"role": "network_coordinator", "scope_id": platform.network["id"]}
    await post(platform.officer, "/grants", person_id=person["id"], **grant)
    code = await platform.login_code_of("karl@netz.example")
    coordinator = await platform.browser()
    await coordinator.post("/anmelden", data={"code": code})
    assert (await coordinator.get(path)).status_code == 403
    person_page = (await coordinator.get(f"/personen/{entered['person']['id']}")).text
    assert "/einwilligungen" in person_page
    assert "fuehrungszeugnis" not in person_page
