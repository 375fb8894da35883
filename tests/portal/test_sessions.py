"""Logging in and out, and what another site's page cannot do in somebody's name."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest
import sqlalchemy as sa
from portal.sessions.model import Session
from portal.sessions.opening import own_path
from portal_platform import Platform
from shared.access.tenancy import EVERYTHING, enter_scopes
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

ROOT = "/n/heidedoerfer"


async def stored(platform: Platform) -> list[Session]:
    async with platform.portal.state.sessions() as session:
        await enter_scopes(session, [EVERYTHING])
        return list(await session.scalars(sa.select(Session)))


async def change_session(platform: Platform, **values: Any) -> None:
    async with platform.portal.state.sessions() as session, session.begin():
        await enter_scopes(session, [EVERYTHING])
        await session.execute(sa.update(Session).values(**values))


async def test_a_login_link_works_once_and_reading_it_uses_nothing_up(platform: Platform) -> None:
    browser, code = await platform.browser(), await platform.login_code()
    for _ in range(2):
        page = await browser.get("/anmelden", params={"code": code, "weiter": f"{ROOT}/treffen/neu"})
        assert "Jetzt anmelden" in page.text
    answer = await browser.post("/anmelden", data={"code": code, "weiter": f"{ROOT}/treffen/neu"})
    assert answer.headers["location"] == f"{ROOT}/treffen/neu"
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Petra Amtmann" in (await browser.get(ROOT)).text
    thief = await platform.browser()
    second = await thief.post("/anmelden", data={"code": code})
    assert second.status_code == 422
    assert "schon benutzt" in second.text
    assert "set-cookie" not in second.headers


async def test_the_database_holds_no_secret_and_no_name(platform: Platform) -> None:
    browser = await platform.logged_in()
    secret = browser.cookies["dorfnetz_session"]
    (row,) = await stored(platform)
    dump = repr({column.name: getattr(row, column.name) for column in Session.__table__.columns})
    for hidden in (secret, "Petra", "eyJhbGciOiJFZERTQSI"):
        assert hidden not in dump
    assert row.tokens.count(".") == 4, "an encrypted token (RFC 7516)"


async def test_an_access_token_is_renewed_before_it_ends(platform: Platform) -> None:
    browser = await platform.logged_in()
    before = (await stored(platform))[0].tokens
    await change_session(platform, access_ends_at=datetime.now(UTC) + timedelta(seconds=5))
    assert (await browser.get(f"{ROOT}/treffen")).status_code == 200  # staff: asks for drafts
    (row,) = await stored(platform)
    assert row.tokens != before
    assert row.access_ends_at > datetime.now(UTC) + timedelta(minutes=5)


async def test_idle_and_absolute_end(platform: Platform) -> None:
    long_ago = datetime(2020, 1, 1, tzinfo=UTC)
    for ended in ({"ends_at": long_ago}, {"seen_at": long_ago}):
        browser = await platform.logged_in()
        await change_session(platform, **ended)
        answer = await browser.get(f"{ROOT}/treffen/neu")
        assert answer.status_code == 303
        assert answer.headers["location"] == f"/anmelden?weiter={ROOT}/treffen/neu"
        assert "Petra" not in (await browser.get(ROOT)).text


async def test_logging_out_ends_the_session_here_and_at_the_registry(platform: Platform) -> None:
    browser = await platform.logged_in()
    secret = browser.cookies["dorfnetz_session"]
    answer = await browser.post("/abmelden")
    assert answer.status_code == 303
    assert await stored(platform) == []
    browser.cookies.set("dorfnetz_session", secret, domain="dorfnetz.test")
    assert (await browser.get(f"{ROOT}/treffen/neu")).status_code == 303


async def test_a_new_login_ends_the_old_session_of_the_browser(platform: Platform) -> None:
    browser = await platform.logged_in()
    old = browser.cookies["dorfnetz_session"]
    await browser.post("/anmelden", data={"code": await platform.login_code()})
    assert browser.cookies["dorfnetz_session"] != old
    assert len(await stored(platform)) == 1


FOREIGN: list[dict[str, str]] = [
    {"origin": "https://evil.example"},
    {"origin": "null"},
    {"sec-fetch-site": "cross-site", "origin": "http://dorfnetz.test"},
    {"sec-fetch-site": "same-site", "origin": "http://dorfnetz.test"},
    {},
]


async def test_another_sites_form_is_refused(platform: Platform) -> None:
    browser = await platform.logged_in()
    del browser.headers["origin"]
    for headers in FOREIGN:
        for path in ("/abmelden", "/anmelden", f"{ROOT}/eintragen", f"{ROOT}/mitmachen", f"{ROOT}/treffen/neu"):
            answer = await browser.post(path, data={"name": "Angriff"}, headers=headers)
            assert answer.status_code == 403, (path, headers)
            assert "nicht von unserer eigenen Seite" in answer.text
    assert len(await stored(platform)) == 1
    answer = await browser.post("/abmelden", headers={"sec-fetch-site": "same-origin"})
    assert answer.status_code == 303


async def test_staff_pages_need_a_login_and_the_right_scope(platform: Platform) -> None:
    anybody = await platform.browser()
    for path in (f"{ROOT}/treffen/neu", f"{ROOT}/eintragen", f"{ROOT}/orte/gossa/federfuehrung"):
        answer = await anybody.get(path)
        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/anmelden?weiter=/n/")
        assert (await anybody.post(path, data={})).status_code == 403
    assert "Treffen planen" not in (await anybody.get(ROOT)).text


@pytest.mark.parametrize(
    "target",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/\tevil", "", "evil"],
)
def test_logging_in_leads_to_our_own_pages_only(target: str) -> None:
    assert own_path(target) == "/"


def test_logging_in_leads_back() -> None:
    assert own_path("/n/heidedoerfer/treffen?seite=2") == "/n/heidedoerfer/treffen?seite=2"


async def test_too_large_a_form(pages: httpx2.AsyncClient, sessions: async_sessionmaker[AsyncSession]) -> None:
    answer = await pages.post("/anmelden", data={"code": "x" * 1_100_000})
    assert answer.status_code == 413
    async with sessions() as session:
        assert await session.scalar(sa.select(sa.func.count()).select_from(Session)) == 0
