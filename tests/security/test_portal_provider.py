"""S4, S11: at the address to which the office's provider sends people back, only the right answer opens a session."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx2
import pytest
import sqlalchemy as sa
from portal.sessions import departures
from portal.sessions.model import PendingLogin, Session
from portal.sessions.openid import ServiceAccounts
from portal_platform import Platform
from shared.access.tenancy import EVERYTHING, enter_scopes
from testkit.oidc import Fault, OpenIdProvider

TARGET = "/n/heidedoerfer/treffen/neu"
REGISTRYS = {Fault.UNVERIFIED_EMAIL}  # what only the registry looks at; the portal's own checks are the others


async def left(browser: httpx2.AsyncClient, target: str = TARGET) -> str:
    answer = await browser.get("/anmelden/dienstkonto", params={"weiter": target})
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def changed(address: str, **values: str | None) -> str:
    """An address with other values in its query; None leaves one out."""
    query = {**dict(parse_qsl(urlsplit(address).query)), **values}
    return f"{address.partition('?')[0]}?{urlencode({name: value for name, value in query.items() if value})}"


async def sessions_of(platform: Platform) -> int:
    async with platform.portal.state.sessions() as session:
        await enter_scopes(session, [EVERYTHING])
        return int(await session.scalar(sa.select(sa.func.count()).select_from(Session)) or 0)


async def is_refused(platform: Platform, browser: httpx2.AsyncClient, address: str) -> bool:
    before = await sessions_of(platform)
    answer = await browser.get(address)
    refused = answer.status_code in (403, 422, 503) and "dorfnetz_session=" not in str(answer.headers.get("set-cookie"))
    return refused and await sessions_of(platform) == before


async def test_each_fault_of_the_provider_is_noticed(office: Platform, openid_provider: OpenIdProvider) -> None:
    for fault in Fault:
        openid_provider.fault = fault
        browser = await office.browser()
        assert await is_refused(office, browser, openid_provider.come_back(await left(browser))), fault
    openid_provider.fault = None
    browser = await office.browser()
    assert not await is_refused(office, browser, openid_provider.come_back(await left(browser))), "control: no fault"


async def test_control_with_a_portal_that_checks_nothing_the_faults_get_in(
    office: Platform, openid_provider: OpenIdProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def believe(self: ServiceAccounts, code: str, nonce: str, verifier: str, answered_by: str) -> str:
        answer = await self._client.fetch_access_token(self._back, code=code, code_verifier=verifier)
        return str(answer["id_token"])

    monkeypatch.setattr(ServiceAccounts, "arrive", believe)
    for fault in (Fault.WRONG_NONCE, Fault.OTHER_ISSUER_ANSWERS):  # the others the registry would notice, too
        openid_provider.fault = fault
        browser = await office.browser()
        assert not await is_refused(office, browser, openid_provider.come_back(await left(browser))), fault


async def test_an_answer_counts_in_the_browser_that_left_and_once(
    office: Platform, openid_provider: OpenIdProvider
) -> None:
    browser, other = await office.browser(), await office.browser()
    back = openid_provider.come_back(await left(browser))
    assert await is_refused(office, other, back), "no cookie"
    await left(other)
    assert await is_refused(office, other, back), "the cookie of another departure"
    for wrong in ({"state": "x"}, {"state": None}, {"code": None}, {"code": "x"}, {"iss": None}, {"iss": "https://x"}):
        fresh = await office.browser()
        address = changed(openid_provider.come_back(await left(fresh)), **wrong)
        assert await is_refused(office, fresh, address), wrong
    assert not await is_refused(office, browser, back)
    assert await is_refused(office, browser, back), "a second time"


async def test_the_code_of_another_login_is_not_taken(office: Platform, openid_provider: OpenIdProvider) -> None:
    """Code injection: PKCE binds the code to the departure (RFC 9700, section 2.1.1)."""
    victim, attacker = await office.browser(), await office.browser()
    stolen = dict(parse_qsl(urlsplit(openid_provider.come_back(await left(attacker))).query))["code"]
    own = openid_provider.come_back(await left(victim))
    assert await is_refused(office, victim, changed(own, code=stolen))


async def test_a_departure_does_not_wait_for_ever(office: Platform, openid_provider: OpenIdProvider) -> None:
    browser = await office.browser()
    back = openid_provider.come_back(await left(browser))
    async with office.portal.state.sessions() as session, session.begin():
        await enter_scopes(session, [EVERYTHING])
        await session.execute(sa.update(PendingLogin).values(ends_at=datetime(2020, 1, 1, tzinfo=UTC)))
    assert await is_refused(office, browser, back)


async def test_control_without_the_binding_to_the_browser_another_one_gets_in(
    office: Platform, openid_provider: OpenIdProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser, other = await office.browser(), await office.browser()
    back = openid_provider.come_back(await left(browser))
    left_with = browser.cookies["dorfnetz_login"]
    monkeypatch.setattr(departures, "take", _unbound(departures.take, left_with))
    assert not await is_refused(office, other, back)


def _unbound(take: Callable[..., Any], left_with: str) -> Callable[..., Any]:
    """The browser need not show the cookie."""

    async def taken(session: Any, secret: str | None, state: str) -> Any:
        return await take(session, left_with, state)

    return taken


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/" + "a" * 600]
)
async def test_coming_back_leads_to_our_own_pages_only(
    office: Platform, openid_provider: OpenIdProvider, target: str
) -> None:
    browser = await office.browser()
    answer = await browser.get("/anmelden/dienstkonto", params={"weiter": target[:500]})
    answer = await browser.get(openid_provider.come_back(answer.headers["location"]))
    assert answer.headers["location"] in ("/", target[:500])
    assert urlsplit(answer.headers["location"]).netloc == ""
    asked = openid_provider.seen.authorize[-1]
    assert asked["redirect_uri"] == "http://dorfnetz.test/anmelden/rueckkehr", "it never depends on the request"


async def test_only_the_registered_address_is_led_back_to(office: Platform, openid_provider: OpenIdProvider) -> None:
    openid_provider.redirect_uris = {"http://dorfnetz.test/anmelden/rueckkehr"}
    browser = await office.browser()
    browser.headers["host"] = "evil.example"  # a forged host does not change where the provider sends people
    assert not await is_refused(office, browser, openid_provider.come_back(await left(browser)))
