"""Choosing whom a meeting invites, looking at the numbers, inviting, and keeping mailing lists: on pages."""

import asyncio
import re
from datetime import timedelta
from typing import Any

import httpx2
from example_network import NETWORK
from portal.web.dates import today
from portal_platform import Platform, post

ROOT = f"/n/{NETWORK}"


async def draft(browser: httpx2.AsyncClient, query: str = "") -> str:
    day = today() + timedelta(days=30)
    form = {
        "kind": "festival",
        "title": "Heidefest",
        "starts_on": day.isoformat(),
        "starts_at": "14:00",
        "ends_at": "20:00",
        "place": "Festwiese",
    }
    planned = await browser.post(f"{ROOT}/treffen/neu{query}", data=form)
    return str(planned.headers["location"].partition("?")[0])


async def volunteer(platform: Platform, name: str, village: str = "Gossa", field: str = "kultur") -> dict[str, Any]:
    texts = (await platform.officer.get("/consent-texts")).json()["items"]
    version = next(text["version"] for text in texts if text["purpose"] == "contact")
    return await post(
        platform.officer,
        "/volunteers",
        name=name,
        email=f"{name.split()[0].lower()}@helfer.example",
        fields=[field],
        areas=[{"kind": "village", "id": platform.villages[village]["id"]}],
        consents=[{"purpose": "contact", "text_version": version}],
        channel="paper",
    )


async def shows(browser: httpx2.AsyncClient, path: str, *words: str) -> str:
    """The page, as soon as it says so: what the registry tells is on its way for a moment."""
    for _ in range(200):
        page = (await browser.get(path)).text
        if all(re.search(word, page) for word in words):
            return page
        await asyncio.sleep(0.05)
    raise AssertionError(f"{path} never shows {words}: {page}")


async def test_volunteers_of_a_village_are_chosen_counted_and_invited(platform: Platform) -> None:
    browser = await platform.logged_in()
    for name, field in (("Horst Wiesental", "kultur"), ("Nele Barfuss", "kultur"), ("Udo Sportlich", "sport")):
        await volunteer(platform, name, field=field)
    path = await draft(browser)
    assert f'href="{path}/einladungen"' in (await browser.get(path)).text
    page = (await browser.get(f"{path}/einladungen")).text
    assert "Ansprechpersonen der federführenden Vereine" in page
    assert "Probe an mich schicken" in page

    refused = await browser.post(f"{path}/einladungen/gruppe", data={"role": "volunteers", "area": "villages"})
    assert refused.status_code == 422
    assert "Bitte wählen Sie mindestens einen Ort." in refused.text
    village = str(platform.villages["Gossa"]["id"])
    group = {"role": "volunteers", "area": "villages", "villages": village, "fields": "kultur"}
    added = await browser.post(f"{path}/einladungen/gruppe", data=group)
    assert added.headers["location"] == f"{path}/einladungen"
    page = await shows(browser, f"{path}/einladungen", r"Zusammen 2 Personen\.")
    assert "Freiwillige, die angesprochen werden möchten" in page
    assert "Gossa" in page
    people = (await browser.get(f"{path}/einladungen/leute")).text
    assert "Horst Wiesental" in people
    assert "Udo Sportlich" not in people
    assert "2 Personen bekommen eine Einladung" in (await browser.get(f"{path}/veroeffentlichen")).text

    assert (await browser.post(f"{path}/veroeffentlichen")).status_code == 303
    page = await shows(browser, f"{path}/einladungen", "2 Personen sind eingeladen", "Alle sind eingeladen")
    assert "eingeladen seit" in page
    listed = (await browser.get(f"{path}/einladungen/liste?stand=offen")).text
    assert "Nele Barfuss" in listed
    assert "noch keine Antwort" in listed or "noch nicht geantwortet" in listed or "offen" in listed
    assert "Nele Barfuss" not in (await browser.get(f"{path}/einladungen/liste?stand=zugesagt")).text

    group = {"role": "volunteers", "area": "network", "fields": "sport"}
    await browser.post(f"{path}/einladungen/gruppe", data=group)
    await shows(browser, f"{path}/einladungen", "Jetzt 1 Person einladen")
    sent = await browser.post(f"{path}/einladungen")
    assert sent.headers["location"] == f"{path}/einladungen?meldung=eingeladen"
    await shows(browser, f"{path}/einladungen/liste", "Udo Sportlich")

    copy = await draft(browser, f"?vorlage={path.rpartition('/')[2]}")
    await shows(browser, f"{copy}/einladungen", r"Zusammen 3 Personen\.", "Noch ist niemand eingeladen")


async def test_a_group_is_removed(platform: Platform) -> None:
    browser = await platform.logged_in()
    path = await draft(browser)
    page = (await browser.get(f"{path}/einladungen")).text
    (remove,) = re.findall(r'action="([^"]+/entfernen)"', page)
    assert (await browser.post(remove)).headers["location"] == f"{path}/einladungen"
    assert "Es ist keine Gruppe gewählt" in (await browser.get(f"{path}/einladungen")).text


async def test_the_trial_leads_to_a_page_that_answers_nothing(platform: Platform) -> None:
    browser = await platform.logged_in()
    path = await draft(browser)
    sent = await browser.post(f"{path}/einladungen/probe")
    assert sent.headers["location"] == f"{path}/einladungen?meldung=probe"
    for _ in range(10):
        answer = await browser.post(f"{path}/einladungen/probe")
    assert answer.status_code == 429
    visitor = await platform.browser()
    page = await visitor.get("/antwort/probe")
    assert "Das war eine Probe" in page.text
    assert "<form method=" not in page.text.partition("<main")[2]


async def test_a_mailing_list_is_kept_and_invited(platform: Platform) -> None:
    browser = await platform.logged_in()
    club = await platform.enter("Dorfclub Gossa e. V.")
    await platform.appoint(club)
    helper = await volunteer(platform, "Horst Wiesental")
    assert "Es gibt noch keinen Verteiler." in (await browser.get(f"{ROOT}/verteiler")).text
    await shows(browser, f"{ROOT}/verteiler/neu", "Dorfclub Gossa", "Horst Wiesental")
    empty = await browser.post(f"{ROOT}/verteiler/neu", data={"name": "", "organisation_ids": club["id"]})
    assert empty.status_code == 422
    assert re.search(rf'value="{club["id"]}" checked', empty.text)
    typed = {"name": "Festausschuss", "organisation_ids": club["id"], "volunteer_ids": helper["id"]}
    for _ in range(100):
        saved = await browser.post(f"{ROOT}/verteiler/neu", data=typed)
        if saved.status_code == 303:
            break
        await asyncio.sleep(0.05)
    assert saved.status_code == 303, saved.text
    page = (await browser.get(f"{ROOT}/verteiler")).text
    assert "Festausschuss" in page
    (kept,) = set(re.findall(rf'href="({ROOT}/verteiler/[0-9a-f-]{{36}})"', page))
    shown = (await browser.get(kept)).text
    assert re.search(rf'value="{helper["id"]}" checked', shown)

    path = await draft(browser)
    group = {"role": "mailing_list", "mailing_list": kept.rpartition("/")[2], "area": "network"}
    assert (await browser.post(f"{path}/einladungen/gruppe", data=group)).status_code == 303
    await shows(browser, f"{path}/einladungen", "Verteiler: Festausschuss", r"Zusammen 2 Personen\.")
    assert "löschen?" in (await browser.get(f"{kept}/entfernen")).text
    assert (await browser.post(f"{kept}/entfernen")).headers["location"] == f"{ROOT}/verteiler?meldung=geloescht"
    assert (await browser.get(kept)).status_code == 404
