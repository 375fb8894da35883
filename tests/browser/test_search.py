"""The search box as people use it: on every page, while they type, and without JavaScript."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, expect

pytestmark = [pytest.mark.timeout(600), pytest.mark.xdist_group("browser")]

OpenBrowser = Callable[..., BrowserContext]


def test_without_javascript_from_any_page(open_browser: OpenBrowser) -> None:
    page = open_browser(java_script_enabled=False).new_page()
    page.goto("/impressum")
    page.get_by_role("searchbox").fill("Gossa")
    page.get_by_role("search").get_by_role("button").click()
    expect(page.get_by_role("heading", name="Orte")).to_be_visible()
    page.get_by_role("navigation", name="Ergebnisse eingrenzen").get_by_role("link", name="Orte").click()
    chosen = page.get_by_role("link", name="Filter entfernen: Orte")
    expect(chosen).to_be_visible()
    expect(page.get_by_role("heading", name="Vereine und Unternehmen")).to_have_count(0)
    chosen.click()
    expect(page.get_by_role("heading", name="Vereine und Unternehmen")).to_be_visible()


def test_results_come_while_one_types(open_browser: OpenBrowser, watch: Callable[..., Any]) -> None:
    page = open_browser().new_page()
    watched = watch(page)
    page.goto("/suche")
    page.get_by_role("searchbox").press_sequentially("Goss", delay=30)
    found = page.get_by_role("link", name="Gossa", exact=True)
    expect(found).to_be_visible()
    expect(page.locator("mark").first).to_be_visible()
    assert watched.complaints == []
    page.get_by_role("searchbox").fill("Quastenflosser")
    expect(page.get_by_role("heading", name="Nichts gefunden")).to_be_visible()
