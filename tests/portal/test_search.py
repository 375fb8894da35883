"""/suche: what readers see of the registry's answers."""

import asyncio
from typing import Any

import httpx2
import pytest
from portal.search.addresses import Asked, address_of, facet_links
from portal_platform import Platform, post


async def found(browser: httpx2.AsyncClient, query: str, text: str) -> str:
    """The page of a search, once the registry's worker has read what was entered."""
    for _ in range(200):
        page = (await browser.get("/suche", params={"q": query})).text
        if text in page:
            return page
        await asyncio.sleep(0.1)
    raise AssertionError(page)


async def test_results_are_marked_linked_and_escaped(platform: Platform) -> None:
    await platform.enter("Förderverein <i>Feuerwehr</i> e. V.")
    browser = await platform.logged_in()
    page = await found(browser, "Feuerwehrverein", "<mark>Förderverein</mark>")
    assert "&lt;i&gt;<mark>Feuerwehr</mark>&lt;/i&gt;" in page
    assert "/organisationen/" in page
    fragment = await browser.get("/suche", params={"q": "Feuerwehrverein"}, headers={"hx-request-type": "partial"})
    assert fragment.text.lstrip().startswith('<div id="ergebnisse">')
    corrected = (await browser.get("/suche", params={"q": "Feurwehr"})).text
    assert "Meinten Sie" in corrected
    assert '<a class="kern-link" href="/suche?q=Feuerwehr">Feuerwehr</a>' in corrected


@pytest.mark.parametrize(
    ("query", "answer"),
    [
        ({"q": "Quastenflosser"}, "Nichts gefunden für „Quastenflosser“"),
        ({"q": "der und die"}, "Diese Wörter stehen überall"),
        ({"q": "x" * 201}, "zu lang für eine Suche"),
        ({"q": "Feuer\0wehr"}, "Zeichen, nach denen nicht gesucht werden kann"),
        ({"q": "Verein", "art": "quatsch"}, "Diesen Filter gibt es nicht."),
        ({"q": "Verein", "feld": "' OR 1=1"}, "Diesen Filter gibt es nicht."),
        ({"q": "<script>alert(1)</script>"}, "&lt;script&gt;"),
        ({}, "Was suchen Sie?"),
    ],
)
async def test_what_is_not_found_is_explained(platform: Platform, query: dict[str, str], answer: str) -> None:
    browser = await platform.client_for(platform.portal)
    page = await browser.get("/suche", params=query)
    assert page.status_code == 200
    assert answer in page.text
    assert "<script>alert" not in page.text


async def test_needs_lead_to_their_page_and_filters_that_leave_nothing_away_from_them(platform: Platform) -> None:
    entered = await platform.enter("Heimatverein Gossa")
    body = {"side": "need", "organisation_id": entered["id"], "kind": "people", "title": "Hände für das Erntefest"}
    need = await post(platform.officer, "/help-entries", **body)
    browser = await platform.client_for(platform.portal)
    page = await found(browser, "Erntefest", "für das <mark>Erntefest</mark>")
    assert f'/hilfe/{need["id"]}">' in page
    assert '<p class="kern-body kern-body--muted">Heimatverein Gossa, Gossa, Muldestausee</p>' in page
    nothing = (await browser.get("/suche", params={"q": "Erntefest", "art": "village"})).text
    assert '<a class="kern-btn kern-btn--primary" href="/suche?q=Erntefest">' in nothing
    assert "1 Ergebnis ohne Filter zeigen" in nothing


async def test_every_page_has_the_box(pages: httpx2.AsyncClient) -> None:
    assert 'action="/suche"' in (await pages.get("/impressum")).text


def test_a_chosen_filter_is_a_link_away_from_it() -> None:
    value: dict[str, Any] = {"value": "gossa", "name": "Gossa", "count": 3}
    facets: dict[str, Any] = {name: [] for name in ("kind", "field", "municipality", "network")}
    facets["village"] = [value, {"value": "krina", "name": "Krina", "count": 1}]
    [(_, links)] = facet_links(Asked("Chor"), facets)
    assert [link.href for link in links] == ["/suche?q=Chor&ort=gossa", "/suche?q=Chor&ort=krina"]
    [(_, [chosen])] = facet_links(Asked("Chor", {"village": "gossa"}), {**facets, "village": [value]})
    assert (chosen.chosen, chosen.href) == (True, "/suche?q=Chor")
    assert address_of("a&b", {"kind": "village"}, "20") == "/suche?q=a%26b&art=village&ab=20"
