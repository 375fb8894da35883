"""Volunteers on their pages: entered by the staff, found by filters, their own profile with breaks and leaving."""

import html
import re
from typing import Any

import httpx2
import pytest
from portal_platform import Platform, until

ROOT = "/n/heidedoerfer"
Browser = httpx2.AsyncClient


def entered(platform: Platform, **changes: Any) -> dict[str, Any]:
    """What the office types from a paper."""
    return {
        "name": "Renate Papier",
        "email": "renate@post.example",
        "fields": "sport",
        "area": [f"village:{platform.villages['Gossa']['id']}", ""],
        "km": ["", ""],
        "channel": "paper",
        "given_on": "2026-10-05",
        "consents": "contact:2026-11",
        "times": ["6-morning", "6-evening"],
        "rhythm": "regular",
        "skills": ["crafts"],
        "own_skills": "Imkern\nKörbe flechten",
        "preferred_channel": "telephone",
        "phone": "034955 2233",
    } | changes


@pytest.fixture
async def office(platform: Platform) -> Browser:
    return await platform.logged_in()


@pytest.fixture
async def path(platform: Platform, office: Browser) -> str:
    """The page of somebody whom the office has entered from a paper."""
    await until(office, ROOT)
    done = await office.post("/freiwillige/neu", data=entered(platform))
    assert done.status_code == 303, html.unescape(done.text)
    location: str = done.headers["location"].partition("?")[0]
    return location


async def text_of(browser: Browser, address: str) -> str:
    answer = await browser.get(address)
    assert answer.status_code == 200, answer.text
    return html.unescape(answer.text)


async def test_the_office_enters_from_paper(platform: Platform, office: Browser, path: str) -> None:
    page = await text_of(office, path)
    for words in ("Renate Papier", "Samstag vormittags, abends", "regelmäßig", "Handwerk", "Körbe flechten", "Gossa"):
        assert words in page
    consents = re.findall(r'href="(/personen/[^"]+/einwilligungen)"', page)[0]
    history = await text_of(office, consents)
    assert "auf Papier" in history
    assert "5. Oktober 2026" in history
    assert "Papier" in await text_of(office, "/freiwillige")


async def test_a_refused_entry_keeps_what_was_typed(platform: Platform, office: Browser) -> None:
    await until(office, ROOT)
    around = [f"village:{platform.villages['Gossa']['id']}", ""]
    wrong = entered(platform, km=["10", ""], area=around)
    refused = await office.post("/freiwillige/neu", data=wrong)
    assert refused.status_code == 422
    page = html.unescape(refused.text)
    assert "Wo Gossa liegt, ist noch nicht eingetragen" in page
    assert 'id="area-error"' in page
    assert "Renate Papier" in page
    assert "Körbe flechten" in page
    letter = await office.post("/freiwillige/neu", data=entered(platform, preferred_channel="letter"))
    assert (letter.status_code, 'id="preferred_channel-error"' in letter.text) == (422, True)
    more = await office.post("/freiwillige/neu", data={**entered(platform), "more": "1"})
    assert (more.status_code, more.text.count('name="area"')) == (200, 3)
    assert "Renate Papier" not in await text_of(office, "/freiwillige")


async def test_filters_find_and_say_when_nobody_fits(office: Browser, path: str) -> None:
    for query, found in (
        ("tag=6&zeit=evening", True),
        ("tag=1", False),
        ("kann=crafts&feld=sport", True),
        ("kann=music", False),
        ("stand=paused", False),
        ("einwilligung=photos", False),
        ("tag=9&gebiet=quatsch", True),  # filters nothing
    ):
        page = await text_of(office, f"/freiwillige?{query}")
        assert ("Renate Papier" in page) is found, query
        assert ("passt zu allem zugleich" in page) is not found


async def test_the_office_changes_pauses_and_ends(platform: Platform, office: Browser, path: str) -> None:
    form = await text_of(office, f"{path}/bearbeiten")
    version = re.findall(r'name="_version" value="(\d+)"', form)[0]
    changed = entered(platform, _version=version, times="1-afternoon", own_skills="")
    assert (await office.post(f"{path}/bearbeiten", data=changed)).status_code == 303
    assert "Montag nachmittags" in await text_of(office, path)
    outdated = await office.post(f"{path}/bearbeiten", data=changed)
    assert outdated.status_code == 422
    early = await office.post(f"{path}/pause", data={"until": "2020-01-01"})
    assert (early.status_code, "frühestens heute" in early.text) == (422, True)
    await office.post(f"{path}/pause", data={"until": "2099-03-31"})
    assert "macht Pause bis 31. März 2099" in await text_of(office, path)
    await office.post(f"{path}/zurueck")
    assert "macht Pause" not in await text_of(office, path)
    gone = await office.post(f"{path}/ausscheiden", data={"channel": "telephone", "reason": "no_time"})
    assert gone.headers["location"].startswith("/freiwillige?meldung=")
    assert (await office.get(path)).status_code == 404


async def test_ones_own_profile(platform: Platform, office: Browser, path: str) -> None:
    me = await platform.browser()
    code = await platform.login_code_of("renate@post.example")
    assert (await me.post("/anmelden", data={"code": code})).status_code == 303
    assert "/konto/mitmachen" in await text_of(me, "/konto")
    page = await text_of(me, "/konto/mitmachen")
    assert "Samstag vormittags, abends" in page
    form = await text_of(me, "/konto/mitmachen/aendern")
    version = re.findall(r'name="_version" value="(\d+)"', form)[0]
    assert 'value="6-evening" aria-label="Samstag abends" checked' in form
    body = {"_version": version, "fields": "umwelt", "area": f"network:{platform.network['id']}", "km": ""}
    refused = await me.post("/konto/mitmachen/aendern", data={**body, "available_from": "31.02."})
    assert (refused.status_code, 'id="available_from-error"' in refused.text) == (422, True)
    assert (await me.post("/konto/mitmachen/aendern", data=body)).status_code == 303
    assert "Umwelt" in await text_of(me, "/konto/mitmachen")
    await me.post("/konto/mitmachen/pause", data={"until": ""})
    assert "macht Pause" in await text_of(me, "/konto/mitmachen")
    assert "macht Pause" in await text_of(office, path)
    await me.post("/konto/mitmachen/zurueck")
    await me.post("/konto/mitmachen/aufhoeren", data={"reason": "not_asked"})
    left = await text_of(me, "/konto/mitmachen")
    assert "Möchten Sie wieder helfen?" in left
    assert (await office.get(path)).status_code == 404
    again = re.findall(r'name="text_version" value="([^"]+)"', left)[0]
    assert (await me.post("/konto/mitmachen/wieder", data={"text_version": again})).status_code == 303
    assert "Umwelt" in await text_of(office, path)


async def test_signing_up_with_more_than_is_needed(platform: Platform) -> None:
    browser = await platform.browser()
    await until(browser, ROOT)
    form = await text_of(browser, f"{ROOT}/mitmachen")
    assert 'name="radius"' not in form, "where the villages lie is not entered"
    typed = {
        "name": "Karl Muster",
        "email": "karl@muster.example",
        "areas": "network",
        "fields": "sport",
        "age": "older",
        "consents": "contact:2026-11",
        "times": ["2-morning"],
        "skills": ["music"],
    }
    bad = await browser.post(f"{ROOT}/mitmachen", data={**typed, "available_from": "gestern"})
    assert (bad.status_code, 'id="available_from-error"' in bad.text) == (422, True)
    assert 'value="2-morning" aria-label="Dienstag vormittags" checked' in bad.text
    assert (await browser.post(f"{ROOT}/mitmachen", data=typed)).status_code == 303
    await browser.post(f"/mitmachen/bestaetigen/{await platform.confirmation_token()}")
    me = await platform.browser()
    await me.post("/anmelden", data={"code": await platform.login_code_of("karl@muster.example")})
    page = await text_of(me, "/konto/mitmachen")
    assert "Dienstag vormittags" in page
    assert "Musik und Singen" in page


async def test_around_a_village(platform: Platform) -> None:
    """Kilometres are offered once it is known where the villages lie, and count people in the villages nearby."""
    for number, village in enumerate(platform.villages.values()):
        place = {"latitude": 51.66 + number / 100, "longitude": 12.43}
        await platform.officer.patch(f"/villages/{village['id']}", json=place)
    browser = await platform.browser()
    await until(browser, f"{ROOT}/mitmachen", 'name="radius"')
    typed = {
        "name": "Weite Wege",
        "email": "weit@muster.example",
        "areas": platform.villages["Gossa"]["id"],
        "radius": "30",
        "fields": "sport",
        "age": "older",
        "consents": "contact:2026-11",
    }
    assert (await browser.post(f"{ROOT}/mitmachen", data=typed)).status_code == 303
    await browser.post(f"/mitmachen/bestaetigen/{await platform.confirmation_token()}")
    await until(browser, ROOT, "Eine Person hat sich")
    other = next(one for name, one in platform.villages.items() if name != "Gossa")
    await until(browser, f"{ROOT}/orte/{other['slug']}", "Eine Person")
