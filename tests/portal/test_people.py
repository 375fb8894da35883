"""Staff see who is entered in their scope, give roles and take them back, and let programs in."""

import re
from uuid import uuid4

import httpx2
from portal_platform import Platform, post, until
from running_portal import SERVICES


async def entered(browser: httpx2.AsyncClient, name: str, email: str = "") -> str:
    """The address of a new person's page."""
    answer = await browser.post("/personen/neu", data={"name": name, "email": email, "phone": "034955 777"})
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"]).partition("?")[0]


async def test_enter_somebody_and_find_them_by_name(platform: Platform) -> None:
    browser = await platform.logged_in()
    await entered(browser, "Gerda Sommer", "gerda@verein.example")
    await entered(browser, "Hans Winter")
    page = (await browser.get("/personen", params={"name": "SOMM"})).text
    assert "Gerda Sommer" in page
    assert "Hans Winter" not in page
    assert "niemand mit diesem Namen" in (await browser.get("/personen", params={"name": "50%_"})).text
    assert "Hans Winter" in (await browser.get("/personen")).text
    again = await browser.post("/personen/neu", data={"name": "Gerda Sommer", "email": "gerda@verein.example"})
    assert again.status_code == 422
    assert "kern-alert--danger" in again.text


async def test_change_somebody_unless_another_has_meanwhile(platform: Platform) -> None:
    browser = await platform.logged_in()
    there = await entered(browser, "Hans Winter")
    form = (await browser.get(f"{there}/bearbeiten")).text
    version = re.findall(r'name="_version" value="([^"]*)"', form)[0].replace("&#34;", '"')
    changed = {"name": "Hans Winter", "email": "hans@verein.example", "phone": "", "_version": version}
    assert (await browser.post(f"{there}/bearbeiten", data=changed)).status_code == 303
    assert "hans@verein.example" in (await browser.get(there)).text
    late = await browser.post(f"{there}/bearbeiten", data={**changed, "email": "spaet@verein.example"})
    assert late.status_code == 422
    assert "spaet@verein.example" in late.text, "what was typed is still there"
    assert "hans@verein.example" in (await browser.get(there)).text


async def test_give_a_role_after_reading_what_it_means_and_take_it_back(platform: Platform) -> None:
    browser = await platform.logged_in()
    there = await entered(browser, "Gerda Sommer", "gerda@verein.example")
    choice = (await browser.get(f"{there}/rollen/neu")).text
    assert "rolle=network_coordinator" in choice
    form = (await browser.get(f"{there}/rollen/neu?rolle=network_coordinator")).text
    assert f'value="{platform.network["id"]}"' in form
    values = {"role": "network_coordinator", "scope_id": platform.network["id"], "ends_on": "2199-12-31"}
    question = await browser.post(f"{there}/rollen/neu", data=values)
    assert "Soll Gerda Sommer diese Rolle bekommen?" in question.text
    assert "31. Dezember 2199" in question.text
    assert "Keine Rolle" in (await browser.get(there)).text, "asking gives nothing yet"
    given = await browser.post(f"{there}/rollen/neu", data={**values, "confirmed": "1"})
    assert given.headers["location"] == f"{there}?meldung=rolle-gegeben"
    page = (await browser.get(there)).text
    assert "Heidedörfer" in page
    assert "bis 31. Dezember 2199" in page
    (back,) = re.findall(rf'href="({there}/rollen/[\w-]+/zuruecknehmen)"', page)
    assert "wegnehmen?" in (await browser.get(back)).text
    assert "Heidedörfer" in (await browser.get(there)).text, "reading the question takes nothing back"
    assert (await browser.post(back)).status_code == 303
    assert "Keine Rolle" in (await browser.get(there)).text


async def test_a_form_that_cannot_be_right_is_not_asked_about(platform: Platform) -> None:
    browser = await platform.logged_in()
    there = await entered(browser, "Gerda Sommer", "gerda@verein.example")
    wrong = {"role": "network_coordinator", "scope_id": str(uuid4()), "starts_on": "31.02.2026"}
    answer = await browser.post(f"{there}/rollen/neu", data=wrong)
    assert answer.status_code == 422
    for field in ("scope_id", "starts_on"):
        assert f'id="{field}-error"' in answer.text
    for role in ("volunteer", "api_client", "king"):
        assert (await browser.get(f"{there}/rollen/neu", params={"rolle": role})).status_code == 403


async def coordinator_of(platform: Platform, network: str) -> httpx2.AsyncClient:
    """A browser in which the coordinator of this network is logged in."""
    person = await post(platform.officer, "/persons", name="Kora Koordina", email="kora@netz.example")
    await post(platform.officer, "/grants", person_id=person["id"], role="network_coordinator", scope_id=network)
    browser = await platform.browser()
    code = await platform.login_code_of("kora@netz.example")
    assert (await browser.post("/anmelden", data={"code": code})).status_code == 303
    return browser


async def test_a_coordinator_gives_what_they_hold_and_sees_their_own_people(platform: Platform) -> None:
    officer = await platform.logged_in()
    foreign = await entered(officer, "Fremde Person", "fremd@verein.example")
    association = await platform.enter("Dorfclub Gossa e. V.")
    await until(officer, "/n/heidedoerfer/orte/gossa", "Dorfclub")
    await platform.appoint(association)
    browser = await coordinator_of(platform, platform.network["id"])
    people = (await browser.get("/personen")).text
    assert "Erna Beispiel" in people
    assert "Fremde Person" not in people
    for path in (foreign, f"{foreign}/bearbeiten", f"{foreign}/rollen/neu"):
        answer = await browser.get(path)
        missing = await browser.get(path.replace(foreign, f"/personen/{uuid4()}"))
        assert answer.status_code == 404
        assert answer.text == missing.text.replace(missing.url.path, answer.url.path)
    there = re.findall(r'href="(/personen/[\w-]{36})"[^>]*>Erna', people)[0]
    choice = (await browser.get(f"{there}/rollen/neu")).text
    assert "rolle=network_coordinator" in choice
    for higher in ("district_officer", "municipality_officer"):
        assert f"rolle={higher}" not in choice
        values = {"role": higher, "scope_id": str(uuid4()), "confirmed": "1"}
        assert (await browser.post(f"{there}/rollen/neu", data=values)).status_code == 403
    given = {"role": "association_contact", "scope_id": association["id"], "confirmed": "1"}
    assert (await browser.post(f"{there}/rollen/neu", data=given)).status_code == 303


async def test_a_program_gets_a_secret_that_is_shown_once(platform: Platform) -> None:
    browser = await platform.logged_in()
    assert "hat kein Programm einen Zugang" in (await browser.get("/programme")).text
    assert (await browser.post("/programme/neu", data={"name": "Website"})).status_code == 422
    values = {"name": "Website", "scope": f"network:{platform.network['id']}"}
    made = await browser.post("/programme/neu", data=values)
    number, secret = re.findall(r'<code class="dn-secret">([^<]+)</code>', made.text)
    assert await token_status(platform, number, secret) == 200
    page = (await browser.get("/programme")).text
    assert "Website" in page
    assert secret not in page
    renewed = await browser.post(f"/programme/{number}/geheimnis")
    _, other = re.findall(r'<code class="dn-secret">([^<]+)</code>', renewed.text)
    assert await token_status(platform, number, secret) == 401
    assert await token_status(platform, number, other) == 200
    assert "Website sperren?" in (await browser.get(f"/programme/{number}/beenden")).text
    assert (await browser.post(f"/programme/{number}/beenden")).status_code == 303
    assert await token_status(platform, number, other) == 401
    assert (await browser.get(f"/programme/{number}/beenden")).status_code == 404


async def token_status(platform: Platform, number: str, secret: str) -> int:
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=platform.behind)) as program:
        form = {"grant_type": "client_credentials"}
        answer = await program.post(f"{SERVICES}/registry/auth/token", data=form, auth=(number, secret))
        return answer.status_code
