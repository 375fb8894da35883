"""S11: the session's cookie, and that nobody can prepare a session for somebody else."""

import secrets
from collections.abc import Callable

import httpx2
import portal.app
import pytest
from portal_platform import Platform
from running_portal import portal_settings
from testkit.clients import Clients
from testkit.tokens import Issuer

OWN_PAGE = "/konto"
PLANTED = "a-value-that-the-attacker-knows"


def attributes(cookie: str) -> set[str]:
    return {part.strip().lower() for part in cookie.split(";")[1:]}


async def test_on_https_the_cookie_has_every_protection(
    platform: Platform, service_database: Callable[[str], str], issuer: Issuer, client_for: Clients
) -> None:
    settings = portal_settings(service_database, issuer, public_url="https://dorfnetz.test")
    app = portal.app.create_app(settings, transport=httpx2.ASGITransport(app=platform.behind))
    browser = await client_for(app, base_url="https://dorfnetz.test")
    answer = await browser.post(
        "/anmelden", data={"code": await platform.login_code()}, headers={"origin": "https://dorfnetz.test"}
    )
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-dorfnetz_session=")
    assert {"secure", "httponly", "samesite=lax", "path=/", "max-age=43200"} <= attributes(cookie)
    assert not any(part.startswith("domain") for part in attributes(cookie)), "a __Host- cookie has none"
    browser.cookies.set("dorfnetz_session", "planted by a neighbouring host", domain="dorfnetz.test")
    assert (await browser.get(OWN_PAGE)).status_code == 200, "the cookie without the prefix is not looked at"
    gone = await browser.post("/abmelden", headers={"origin": "https://dorfnetz.test"})
    cookie = gone.headers["set-cookie"]
    assert cookie.startswith('__Host-dorfnetz_session=""')
    assert {"secure", "path=/", "max-age=0"} <= attributes(cookie), "else the browser would keep it"


async def attacker_gets_in(platform: Platform) -> bool:
    """Plant a cookie in a browser, let its owner log in, and use the planted value oneself."""
    victim, attacker = await platform.browser(), await platform.browser()
    for browser in (victim, attacker):
        browser.cookies.set("dorfnetz_session", PLANTED, domain="dorfnetz.test")
    answer = await victim.post("/anmelden", data={"code": await platform.login_code()})
    assert answer.status_code == 303
    return (await attacker.get(OWN_PAGE)).status_code == 200


async def test_a_planted_session_opens_nothing(platform: Platform) -> None:
    assert not await attacker_gets_in(platform)


async def test_control_with_a_session_id_that_stays_the_attacker_gets_in(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(secrets, "token_urlsafe", _kept_id(secrets.token_urlsafe))
    assert await attacker_gets_in(platform)


def _kept_id(real: Callable[..., str]) -> Callable[..., str]:
    """The portal keeps the id that the browser had; the registry goes on drawing its secrets."""
    import inspect

    def drawn(size: int | None = None) -> str:
        caller = inspect.stack()[1].function
        return PLANTED if caller == "open_session" else real(size)

    return drawn


async def test_logging_out_everywhere_ends_every_browser(platform: Platform) -> None:
    phone, office = await platform.logged_in(), await platform.logged_in()
    other = await platform.logged_in_as_contact_of(await platform.enter("Dorfclub Gossa e. V."))
    answer = await office.post("/konto/ueberall-abmelden")
    assert answer.headers["location"] == "/?meldung=ueberall-abgemeldet"
    assert (await phone.get(OWN_PAGE)).status_code == 303
    assert (await office.get(OWN_PAGE)).status_code == 303
    assert (await other.get(OWN_PAGE)).status_code == 200, "another person stays logged in"


async def test_nobody_ends_another_persons_session(platform: Platform) -> None:
    officer = await platform.logged_in()
    contact = await platform.logged_in_as_contact_of(await platform.enter("Dorfclub Gossa e. V."))
    second = await platform.logged_in()
    page = (await officer.get(OWN_PAGE)).text
    (foreign,) = [part.split("/")[0] for part in page.split("/konto/sitzungen/")[1:]]
    assert foreign not in (await contact.get(OWN_PAGE)).text
    await contact.post(f"/konto/sitzungen/{foreign}/beenden")
    assert (await second.get(OWN_PAGE)).status_code == 200
    await officer.post(f"/konto/sitzungen/{foreign}/beenden")
    assert (await second.get(OWN_PAGE)).status_code == 303
