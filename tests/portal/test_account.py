"""One's own account: data, roles, where one is logged in; and asking for a login link."""

import re
from typing import Any

import httpx2
from portal.sessions.devices import device_of
from portal_platform import Platform
from registry.logins.model import LoginCode
from shared.access.tenancy import EVERYTHING, enter_scopes
from sqlalchemy import func, select

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.5 Mobile/15E148 Safari/604.1"
)
EDGE = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 "
    "Safari/537.36 Edg/140.0.0.0"
)


def test_a_device_is_called_as_its_owner_calls_it() -> None:
    assert [device_of(agent) for agent in (FIREFOX, IPHONE, EDGE, "curl/8.0", "")] == [
        "Firefox, Linux",
        "Safari, iPhone",
        "Edge, Windows",
        "",
        "",
    ]


async def logged_in_with(platform: Platform, agent: str) -> httpx2.AsyncClient:
    browser = await platform.browser()
    browser.headers["user-agent"] = agent
    assert (await browser.post("/anmelden", data={"code": await platform.login_code()})).status_code == 303
    return browser


async def test_one_sees_where_one_is_logged_in_and_ends_it_there(platform: Platform) -> None:
    phone, office = await logged_in_with(platform, IPHONE), await logged_in_with(platform, EDGE)
    page = (await office.get("/konto")).text
    assert "Safari, iPhone" in page
    assert page.count("dieses Gerät") == 1
    assert "Mozilla" not in page
    (there,) = [part.split('"')[0] for part in page.split('action="/konto/sitzungen/')[1:]]
    answer = await office.post(f"/konto/sitzungen/{there}")
    assert answer.headers["location"] == "/konto?meldung=sitzung-beendet"
    assert (await phone.get("/konto")).status_code == 303
    assert "Safari, iPhone" not in (await office.get("/konto")).text


async def test_everybody_changes_their_own_data(platform: Platform) -> None:
    association = await platform.enter("Dorfclub Gossa e. V.")
    browser = await platform.logged_in_as_contact_of(association)
    page = (await browser.get("/konto")).text
    assert "Ansprechperson eines Vereins" in page
    (own,) = re.findall(r'href="([^"]*)">Dorfclub Gossa e. V.<', page)
    assert "bearbeiten" in (await browser.get(own)).text, "the way to what one may change"
    form = {"name": "Karla Neu", "email": "karla@verein.example", "phone": "034955 12345"}  # the same address
    assert (await browser.post("/konto/angaben", data=form)).headers["location"] == "/konto?meldung=angaben"
    page = (await browser.get("/konto")).text
    assert "+493495512345" in page
    assert page.count("Karla Neu") == 2, "in the header and on the page"
    wrong = await browser.post("/konto/angaben", data={"name": "", "email": "karla", "phone": ""})
    assert wrong.status_code == 422
    for field in ("name", "email"):
        assert f'id="{field}-error"' in wrong.text


async def test_a_new_address_holds_after_a_click_in_its_mailbox(platform: Platform) -> None:
    browser = await platform.logged_in_as_contact_of(await platform.enter("Dorfclub Gossa e. V."))
    form = {"name": "Karla Kontakt", "email": "karla@neu.example"}
    sent = await browser.post("/konto/angaben", data=form)
    assert "einen Link an die neue E-Mail-Adresse" in (await browser.get(sent.headers["location"])).text
    link, anybody = f"/konto/adresse/{await platform.confirmation_token()}", await platform.browser()
    page = await anybody.get(link)
    assert "karla@neu.example" in page.text
    assert (page.headers["referrer-policy"], page.headers["cache-control"]) == ("no-referrer", "no-store")
    assert "karla@verein.example" in (await browser.get("/konto")).text, "reading the page took it over"
    done = (await anybody.post(link)).headers["location"]
    assert "Ihre neue Adresse gilt" in (await anybody.get(done)).text
    assert "karla@neu.example" in (await browser.get("/konto")).text
    for again in (await anybody.get(link), await anybody.post(link)):
        assert (again.status_code, "Dieser Link funktioniert nicht mehr" in again.text) == (404, True)


async def test_who_tries_too_often_reads_when_to_try_again(platform: Platform) -> None:
    browser = await platform.browser()
    answers = [await browser.post("/anmelden/link", data={"email": "oft@post.example"}) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    assert 0 < int(answers[-1].headers["retry-after"]) <= 900
    assert re.search(r"um \d\d:\d\d Uhr", answers[-1].text)


async def test_an_error_page_does_not_look_logged_out(platform: Platform) -> None:
    browser = await platform.logged_in()
    page = await browser.get("/gibt-es-nicht")
    assert (page.status_code, "Petra Amtmann" in page.text, page.headers["cache-control"]) == (404, True, "no-store")


async def test_the_account_is_for_whoever_is_logged_in(platform: Platform) -> None:
    anybody = await platform.browser()
    for path in ("/konto", "/konto/angaben", "/verwaltung"):
        answer = await anybody.get(path)
        assert answer.headers["location"] == f"/anmelden?weiter={path}"
    contact = await platform.logged_in_as_contact_of(await platform.enter("Dorfclub Gossa e. V."))
    assert "Verwaltung" not in (await contact.get("/konto")).text
    assert (await contact.get("/verwaltung")).status_code == 403


async def asked_for_link(platform: Platform, **form: Any) -> httpx2.Response:
    return await (await platform.browser()).post("/anmelden/link", data=form)


async def codes(platform: Platform) -> int:
    async with platform.registry.state.sessions() as session:
        await enter_scopes(session, [EVERYTHING])
        known = select(func.count()).select_from(LoginCode).where(LoginCode.person_id.is_not(None))
        return int(await session.scalar(known) or 0)


async def test_asking_for_a_link_looks_the_same_for_known_and_unknown(platform: Platform) -> None:
    await platform.login_code()
    before = await codes(platform)
    known = await asked_for_link(platform, email="petra@landkreis.example", weiter="/konto")
    assert await codes(platform) == before + 1
    unknown = await asked_for_link(platform, email="niemand@landkreis.example", weiter="/konto")
    assert await codes(platform) == before + 1
    assert known.status_code == unknown.status_code == 200
    assert "Schauen Sie in Ihr Postfach" in known.text
    assert known.text == unknown.text.replace("niemand@", "petra@")


async def test_a_mistyped_address_is_said_beside_the_field(platform: Platform) -> None:
    answer = await asked_for_link(platform, email="petra.landkreis.example", weiter="https://evil.example")
    assert answer.status_code == 422
    assert 'id="email-error"' in answer.text
    assert 'value="petra.landkreis.example"' in answer.text
    assert "evil.example" not in answer.text


async def test_asking_too_often(platform: Platform) -> None:
    answers = [await asked_for_link(platform, email="petra@landkreis.example") for _ in range(12)]
    statuses = [answer.status_code for answer in answers]
    assert statuses[0] == 200
    assert statuses[-1] == 429
    assert "kern-alert--danger" in answers[-1].text
