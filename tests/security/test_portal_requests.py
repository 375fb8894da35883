"""S11: what another site's page sends in somebody's name is refused, and every answer carries its headers.

Both are generated over the routes, and both have a control run without the protection.
"""

from collections.abc import Callable

import httpx2
import portal.app
import pytest
from fastapi import Request
from portal.web import security
from portal_platform import Platform
from portal_routes import readable, unsafe
from shared.web import middleware
from starlette.types import Receive, Scope, Send
from testkit.clients import Clients

REFUSED = "nicht von unserer eigenen Seite"
FOREIGN: list[dict[str, str]] = [
    {"origin": "https://evil.example"},
    {"origin": "null"},
    {"origin": "http://dorfnetz.test.evil.example"},
    {"origin": "https://evil.example", "referer": "http://dorfnetz.test/"},
    {"sec-fetch-site": "cross-site", "origin": "http://dorfnetz.test"},
    {"sec-fetch-site": "same-site", "origin": "http://dorfnetz.test"},
    {},
]
# Whoever knows these addresses needs no session: the secret in them is the proof (RFC 8058 wants it for newsletters).
BY_SECRET = (
    "/antwort/",
    "/anmeldung/",
    "/newsletter/abbestellen/",
    "/mitmachen/bestaetigen/",
    "/konto/adresse/",
    "/eintrag/",
    "/bescheinigung/",  # whoever holds the code may compare a name; nothing is changed
)


@pytest.fixture
async def officer(platform: Platform) -> httpx2.AsyncClient:
    """A browser in which a district officer is logged in, without the header that our own pages send."""
    browser = await platform.logged_in()
    del browser.headers["origin"]
    return browser


async def let_through(
    browser: httpx2.AsyncClient, routes: list[tuple[str, str]], foreign: list[dict[str, str]]
) -> list[tuple[str, str, str]]:
    """The routes and headers that were not refused as foreign."""
    found = []
    for method, path in routes:
        for headers in foreign:
            if path.startswith(BY_SECRET) and headers in ({"origin": "null"}, {}):
                continue
            answer = await browser.request(method, path, data={"name": "Angriff"}, headers=headers)
            if answer.status_code != 403 or REFUSED not in answer.text:
                found.append((method, path, str(headers)))
    return found


async def test_no_form_of_another_site_is_taken(platform: Platform, officer: httpx2.AsyncClient) -> None:
    routes = unsafe(platform.portal)
    assert len(routes) >= 20
    assert await let_through(officer, routes, FOREIGN) == []
    assert (await officer.get("/konto")).status_code == 200, "nobody was logged out by it"
    own = await officer.post("/konto/angaben", data={"name": "P"}, headers={"sec-fetch-site": "same-origin"})
    assert own.status_code == 422, "our own page's form arrives"


async def test_control_without_the_protection_every_form_is_taken(
    platform: Platform, client_for: Clients, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def let_everything_pass(request: Request) -> None:
        """No protection."""

    monkeypatch.setattr(security, "from_our_pages", let_everything_pass)
    monkeypatch.setattr(portal.app, "ROUTER", portal.app.join_slices())
    transport = httpx2.ASGITransport(app=platform.behind)
    unprotected = await client_for(portal.app.create_app(platform.portal.state.settings, transport=transport))
    routes = unsafe(platform.portal)
    passed = await let_through(unprotected, routes, FOREIGN[:1])
    assert len(passed) == len(routes)


HEADERS: dict[str, Callable[[str], bool]] = {
    "content-security-policy": lambda value: (
        "default-src 'none'" in value
        and "script-src 'self'" in value
        and "form-action 'self'" in value
        and "frame-ancestors 'none'" in value
        and "unsafe" not in value
    ),
    "x-content-type-options": lambda value: value == "nosniff",
    "x-frame-options": lambda value: value == "DENY",
    "cross-origin-opener-policy": lambda value: value == "same-origin",
    "referrer-policy": lambda value: value in ("no-referrer", "same-origin"),
    "cache-control": bool,
}


async def lacking(browser: httpx2.AsyncClient, paths: list[str]) -> list[tuple[str, str]]:
    """The pages that lack a header, or send a weaker one."""
    found = []
    for path in paths:
        answer = await browser.get(path)
        found += [(path, name) for name, right in HEADERS.items() if not right(answer.headers.get(name, ""))]
    return found


WRONG = ["/gibt-es-nicht", "/personen/keine-nummer", "/anmelden/rueckkehr?code=a&state=b"]


async def test_every_page_carries_the_headers(platform: Platform, officer: httpx2.AsyncClient) -> None:
    paths = [*readable(platform.portal), *WRONG]
    assert len(paths) >= 40
    assert await lacking(await platform.browser(), paths) == []
    assert await lacking(officer, paths) == []


async def test_what_is_shown_to_somebody_logged_in_is_kept_by_no_cache(officer: httpx2.AsyncClient) -> None:
    for path in ("/", "/n/heidedoerfer", "/konto", "/verwaltung", "/personen"):
        assert "no-store" in (await officer.get(path)).headers["cache-control"], path


async def test_control_without_the_middleware_the_headers_are_missing(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def pass_on(self: middleware.SecurityHeaders, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app(scope, receive, send)

    monkeypatch.setattr(middleware.SecurityHeaders, "__call__", pass_on)
    names = {name for _, name in await lacking(await platform.browser(), ["/"])}
    assert {"content-security-policy", "x-content-type-options", "x-frame-options"} <= names
