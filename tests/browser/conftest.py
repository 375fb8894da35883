"""A running platform with its example network, and browsers that look at it."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, expect
from testkit.platforms import standalone

ROOT = "/n/heidedoerfer"
expect.set_options(timeout=60_000)  # nothing here is about speed: only what never comes is an error
OpenBrowser = Callable[..., BrowserContext]


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the platform answers."""
    with standalone(tmp_path_factory.mktemp("platform") / "data") as running:
        yield running.url


@pytest.fixture
def open_browser(browser: Browser, address: str) -> Iterator[OpenBrowser]:
    """`open_browser(person=None, **options)`: a browser of its own; `person` is the key of an example person."""
    contexts: list[BrowserContext] = []

    def opened(person: str | None = None, **options: Any) -> BrowserContext:
        context = browser.new_context(base_url=address, locale="de-DE", **options)
        context.set_default_timeout(30_000)
        contexts.append(context)
        if person is not None:
            page = context.new_page()
            page.goto("/demo/anmelden")
            page.locator("form", has=page.locator(f'input[value="{person}"]')).get_by_role("button").click()
            page.get_by_role("button", name="Abmelden").wait_for()
            page.close()
        return context

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture(scope="module")
def paths(browser: Browser, address: str) -> dict[str, str]:
    """One page of each kind, by a name. Those that begin with `staff` need a login."""
    context = browser.new_context(base_url=address)
    page = context.new_page()
    page.goto(f"{ROOT}/treffen")
    meeting = page.locator(".dn-date a", has_text="Netzwerktreffen").first.get_attribute("href") or ""
    page.goto(f"{ROOT}/orte/gossa")
    organisation = page.locator(".dn-leadbox a").first.get_attribute("href") or ""
    page.goto("/demo/anmelden")
    page.locator("form", has=page.locator('input[value="netzwerk"]')).get_by_role("button").click()
    page.goto("/personen")
    person = page.locator(".dn-people__name").first.get_attribute("href") or ""
    context.close()
    return {
        "start": "/",
        "network": ROOT,
        "village": f"{ROOT}/orte/gossa",
        "village without lead": f"{ROOT}/orte/plodda",
        "organisation": organisation,
        "meetings": f"{ROOT}/treffen",
        "meeting": meeting,
        "sign up": f"{ROOT}/mitmachen",
        "thanks": f"{ROOT}/mitmachen?danke=mail",
        "events": "/ereignisse",
        "search": "/suche?q=Verein",
        "nothing found": "/suche?q=Quastenflosser",
        "easy language": "/leichte-sprache",
        "accessibility": "/barrierefreiheit",
        "imprint": "/impressum",
        "privacy": "/datenschutz",
        "login": "/anmelden?code=abc",
        "login by mail": "/anmelden",
        "unknown invitation": "/antwort/unbekannt",
        "missing": "/gibt-es-nicht",
        "staff new entry": f"{ROOT}/eintragen",
        "staff lead": f"{ROOT}/orte/gossa/federfuehrung",
        "staff new meeting": f"{ROOT}/treffen/neu",
        "staff edit meeting": f"{meeting}/bearbeiten",
        "staff edit entry": f"{organisation}/bearbeiten",
        "staff account": "/konto",
        "staff own data": "/konto/angaben",
        "staff own consents": "/konto/einwilligungen",
        "staff volunteers": "/freiwillige",
        "staff consents": f"{person}/einwilligungen",
        "staff record consent": f"{person}/einwilligungen/photos/eintragen",
        "confirmed": "/mitmachen/bestaetigen/fertig",
        "unknown confirmation": "/mitmachen/bestaetigen/unbekannt",
        "unsubscribe": "/newsletter/abbestellen/unbekannt",
        "staff administration": "/verwaltung",
        "staff people": "/personen",
        "staff person": person,
        "staff new person": "/personen/neu",
        "staff choose role": f"{person}/rollen/neu",
        "staff give role": f"{person}/rollen/neu?rolle=network_coordinator",
        "staff programs": "/programme",
        "staff new program": "/programme/neu",
        "staff new contact": f"{organisation}/ansprechpersonen/neu",
    }


class Watched:
    """What a page asked for and complained about while it was open."""

    def __init__(self, page: Page, address: str) -> None:
        self.foreign: list[str] = []
        self.complaints: list[str] = []
        self._address = address
        page.on("request", self._asked)
        page.on("console", lambda message: self.complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _asked(self, request: Request) -> None:
        if not request.url.startswith((self._address, "data:")):
            self.foreign.append(request.url)


@pytest.fixture
def watch(address: str) -> Callable[[Page], Watched]:
    return lambda page: Watched(page, address)
