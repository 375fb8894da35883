"""Logging in with the office's account: through a real provider, the portal and the registry."""

from collections.abc import AsyncIterator, Callable
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
import sqlalchemy as sa
from portal.sessions.limits import DEPARTURES_OF_CLIENT
from portal.sessions.model import PendingLogin
from portal_platform import Platform
from running_portal import running_office
from shared.access.tenancy import EVERYTHING, enter_scopes
from testkit.clients import Clients
from testkit.oidc import OpenIdProvider, ProviderPerson
from testkit.tokens import Issuer

TARGET = "/n/heidedoerfer/treffen/neu"


@pytest.fixture
async def office(
    service_database: Callable[[str], str], issuer: Issuer, client_for: Clients, openid_provider: OpenIdProvider
) -> AsyncIterator[Platform]:
    async with running_office(service_database, issuer, client_for, openid_provider) as ready:
        yield ready


async def departed(browser: httpx2.AsyncClient, target: str = TARGET) -> str:
    """The address at the provider to which the button leads."""
    page = await browser.get("/anmelden", params={"weiter": target})
    assert "Mit Dienstkonto anmelden" in page.text
    answer = await browser.get("/anmelden/dienstkonto", params={"weiter": target})
    assert answer.status_code == 303
    return answer.headers["location"]


async def returned(browser: httpx2.AsyncClient, provider: OpenIdProvider, target: str = TARGET) -> httpx2.Response:
    """What the portal answers to the browser that comes back."""
    return await browser.get(provider.come_back(await departed(browser, target)))


async def test_an_officer_logs_in(office: Platform, openid_provider: OpenIdProvider) -> None:
    browser = await office.browser()
    answer = await returned(browser, openid_provider)
    assert answer.headers["location"] == TARGET, answer.text
    assert "Petra Amtmann" in (await browser.get("/konto")).text
    (asked,) = openid_provider.seen.authorize
    assert asked["code_challenge_method"] == "S256"
    assert asked["redirect_uri"] == "http://dorfnetz.test/anmelden/rueckkehr"
    assert min(len(asked[name]) for name in ("state", "nonce", "code_challenge")) >= 20
    assert openid_provider.seen.token[0]["code_verifier"] not in str(asked)


async def test_departures_are_limited(office: Platform) -> None:
    browser = await office.browser()
    answers = [await browser.get("/anmelden/dienstkonto") for _ in range(DEPARTURES_OF_CLIENT.amount + 1)]
    assert [answer.status_code for answer in answers] == [303] * DEPARTURES_OF_CLIENT.amount + [429]
    assert 0 < int(answers[-1].headers["retry-after"]) <= 600
    assert "Bitte warten Sie ein wenig" in answers[-1].text
    assert (await browser.get("/anmelden")).status_code == 200


async def test_the_same_account_is_known_again_by_its_number(office: Platform, openid_provider: OpenIdProvider) -> None:
    await returned(await office.browser(), openid_provider)
    openid_provider.person = ProviderPerson(name="Petra Neu", email="neu@landkreis.example")
    browser = await office.browser()
    assert (await returned(browser, openid_provider)).status_code == 303
    assert "Petra Amtmann" in (await browser.get("/konto")).text, "the registry's name counts"


async def test_somebody_who_is_not_entered_stays_outside(office: Platform, openid_provider: OpenIdProvider) -> None:
    openid_provider.person = ProviderPerson("stranger", "Fremd", "fremd@landkreis.example")
    browser = await office.browser()
    answer = await returned(browser, openid_provider)
    assert answer.status_code == 403
    assert "kern-alert--danger" in answer.text
    assert "dorfnetz_session" not in browser.cookies


async def test_breaking_off_at_the_provider(office: Platform, openid_provider: OpenIdProvider) -> None:
    openid_provider.refuses = "access_denied"
    answer = await returned(await office.browser(), openid_provider)
    assert answer.status_code == 422
    assert "abgebrochen" in answer.text


async def test_new_keys_of_the_provider_are_fetched(office: Platform, openid_provider: OpenIdProvider) -> None:
    assert (await returned(await office.browser(), openid_provider)).status_code == 303
    openid_provider.rotate_key()
    office.registry.state.id_tokens._keys._refetch_after = 0  # it does not let itself be sent asking all the time
    assert (await returned(await office.browser(), openid_provider)).status_code == 303


async def test_logging_out_offers_to_log_out_of_the_office_too(
    office: Platform, openid_provider: OpenIdProvider
) -> None:
    browser = await office.browser()
    await returned(browser, openid_provider)
    page = await browser.post("/abmelden")
    assert "dorfnetz_session" not in browser.cookies
    link = next(part for part in page.text.split('"') if part.startswith(f"{openid_provider.issuer}/logout"))
    query = parse_qs(urlsplit(link.replace("&amp;", "&")).query)
    assert query["post_logout_redirect_uri"] == ["http://dorfnetz.test/?abgemeldet=1"]
    assert query["id_token_hint"][0].count(".") == 2
    assert (await browser.post("/abmelden")).status_code == 303, "there is nothing left to log out of"


async def test_without_a_logout_address_there_is_no_such_offer(
    office: Platform, openid_provider: OpenIdProvider
) -> None:
    openid_provider.ends_sessions = False
    browser = await office.browser()
    await returned(browser, openid_provider)
    assert (await browser.post("/abmelden")).headers["location"] == "/?abgemeldet=1"


async def test_while_the_provider_is_away_the_email_link_still_works(
    office: Platform, openid_provider: OpenIdProvider
) -> None:
    openid_provider.stop()
    browser = await office.browser()
    answer = await browser.get("/anmelden/dienstkonto")
    assert answer.status_code == 503
    assert "Link zuschicken" in answer.text
    assert (await browser.post("/anmelden", data={"code": await office.login_code()})).status_code == 303


async def test_a_departure_is_stored_sealed_and_used_up(office: Platform, openid_provider: OpenIdProvider) -> None:
    browser = await office.browser()
    there = await departed(browser)
    (row,) = await pending(office)
    dump = repr({column.name: getattr(row, column.name) for column in PendingLogin.__table__.columns})
    asked = parse_qs(urlsplit(there).query)
    for secret in (browser.cookies["dorfnetz_login"], asked["state"][0], asked["nonce"][0], TARGET):
        assert secret not in dump
    await browser.get(openid_provider.come_back(there))
    assert await pending(office) == []
    assert "dorfnetz_login" not in browser.cookies


async def test_without_a_provider_there_is_no_button(platform: Platform) -> None:
    browser = await platform.browser()
    assert "Dienstkonto" not in (await browser.get("/anmelden")).text
    for path in ("/anmelden/dienstkonto", "/anmelden/rueckkehr?code=a&state=b"):
        assert (await browser.get(path)).status_code == 404


async def pending(platform: Platform) -> list[PendingLogin]:
    async with platform.portal.state.sessions() as session:
        await enter_scopes(session, [EVERYTHING])
        return list(await session.scalars(sa.select(PendingLogin)))
