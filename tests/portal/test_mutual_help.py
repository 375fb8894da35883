"""A need on its way through the pages: entered, seen, asked for, answered, thanked; and the picture of the gaps."""

import re
from typing import Any

import httpx2
import pytest
from portal_platform import Platform, post, until

ROOT = "/n/heidedoerfer"
Club = dict[str, Any]
Browser = httpx2.AsyncClient
NEED: dict[str, Any] = {
    "kind": "people",
    "title": "Vier Leute für den Zeltaufbau",
    "description": "Am Freitag vor dem Fest.",
    "reach": "village",
    "fields": "sport",
    "ends_on": "2099-09-05",
    "weekdays": ["5", "6"],
    "wanted": "1",
}


@pytest.fixture
async def club(platform: Platform) -> Club:
    return await platform.enter("Dorfclub Gossa e. V.")


@pytest.fixture
async def keeper(platform: Platform, club: Club) -> Browser:
    """A browser of the club's contact."""
    browser = await platform.logged_in_as_contact_of(club)
    await until(browser, f"{ROOT}/organisationen/{club['slug']}")
    return browser


async def enter_need(keeper: Browser, club: Club, **changes: Any) -> str:
    """The path of its page."""
    form = f"{ROOT}/organisationen/{club['slug']}/hilfe/neu"
    sent = {**NEED, "village_id": club["village_id"], **changes}
    done = await keeper.post(form, data=sent)
    assert done.status_code == 303, done.text
    path, _, message = done.headers["location"].partition("?")
    assert message == "meldung=hilfe-eingetragen"
    return path


async def test_from_the_need_to_the_thanks(platform: Platform, club: Club, keeper: Browser) -> None:
    version = (await platform.officer.get("/consent-texts")).json()["items"]
    contact = next(text["version"] for text in version if text["purpose"] == "contact")
    await post(
        platform.officer,
        "/volunteers",
        name="Kurt Helfer",
        email="kurt@post.example",
        fields=["sport"],
        areas=[{"kind": "village", "id": club["village_id"]}],
        consents=[{"purpose": "contact", "text_version": contact}],
        channel="in_person",
    )
    path = await enter_need(keeper, club)
    visitor = await platform.browser()
    for page in (f"{ROOT}/suche-biete", f"{ROOT}/orte/gossa", f"{ROOT}/organisationen/{club['slug']}"):
        assert NEED["title"] in (await visitor.get(page)).text, page
    public = (await visitor.get(path)).text
    assert "bis 5. September 2099 · Freitag, Samstag" in public
    assert "Wer helfen könnte" not in public

    html = (await keeper.get(path)).text
    assert "gleiches Einsatzfeld: Sport und Bewegung" in html
    assert "im selben Ort" in html
    assert "Kurt" not in html
    volunteer = re.findall(r'name="volunteer_id" value="([\w-]+)"', html)
    sent = {"volunteer_id": volunteer[0], "words": "Wir freuen uns."}
    asked = await keeper.post(f"{path}/anfragen", data=sent)
    assert asked.headers["location"] == f"{path}?meldung=angefragt"
    html = (await keeper.get(path)).text
    assert "angefragt, noch keine Antwort" in html
    assert "Kurt" not in html

    link = await platform.help_link()
    for _ in range(2):  # reading changes nothing
        shown = await visitor.get(link)
        assert "Wir freuen uns." in shown.text
        assert (shown.headers["referrer-policy"], shown.headers["cache-control"]) == ("no-referrer", "no-store")
    answered = await visitor.post(link, data={"answer": "yes"})
    assert "Wunderbar!" in (await visitor.get(answered.headers["location"])).text
    assert (await visitor.get(link)).status_code == 404
    assert (await visitor.post(link, data={"answer": "no"})).status_code == 404

    html = await until(keeper, path, "hat zugesagt")
    assert "kurt@post.example" in html
    [request] = re.findall(r"/anfragen/([\w-]+)/danke", html)
    thanked = await keeper.post(f"{path}/anfragen/{request}/danke", data={"thanks": "Das war eine große Hilfe."})
    assert thanked.headers["location"] == f"{path}?meldung=gedankt"
    assert "Das war eine große Hilfe." in (await keeper.get(path)).text
    assert "Kurt" not in (await visitor.get(path)).text


async def test_a_need_is_changed_and_ended(platform: Platform, club: Club, keeper: Browser) -> None:
    path = await enter_need(keeper, club)
    form = (await keeper.get(f"{path}/bearbeiten")).text
    assert NEED["description"] in form
    changed = {**NEED, "village_id": club["village_id"], "reach": "district", "title": "Fünf Leute"}
    assert (await keeper.post(f"{path}/bearbeiten", data=changed)).status_code == 303
    assert "Fünf Leute" in (await keeper.get(path)).text
    entry = (await platform.officer.get(f"/help-entries/{path.rpartition('/')[2]}")).json()
    assert entry["area"]["kind"] == "district"
    await keeper.post(f"{path}/stand", data={"state": "done"})
    assert "erledigt" in (await keeper.get(path)).text
    refused = await keeper.post(f"{path}/stand", data={"state": "open"})
    assert (refused.status_code, "Bitte legen Sie einen neuen Eintrag an" in refused.text) == (422, True)
    mistake = await enter_need(keeper, club, title="Versehen")
    await keeper.post(f"{mistake}/stand", data={"state": "withdrawn"})
    listed = (await keeper.get(f"{ROOT}/suche-biete")).text
    assert "Fünf Leute" not in listed
    assert "Versehen" not in listed
    assert (await keeper.get(mistake)).status_code == 404


async def test_wrong_input_stays_in_the_form(club: Club, keeper: Browser) -> None:
    form = f"{ROOT}/organisationen/{club['slug']}/hilfe/neu?art=angebot"
    sent = {**NEED, "village_id": club["village_id"], "title": "", "starts_on": "2099-12-01", "wanted": "viele"}
    answer = await keeper.post(form, data=sent)
    assert answer.status_code == 422
    assert "Was bieten Sie?" in answer.text
    assert NEED["description"] in answer.text
    assert {"title-error", "wanted-error"} <= set(re.findall(r'id="([\w-]+-error)"', answer.text))


async def test_others_keep_their_hands_off(platform: Platform, club: Club, keeper: Browser) -> None:
    path = await enter_need(keeper, club)
    stranger = await platform.logged_in_as_contact_of(
        await platform.enter("Chor Krina e. V.", "Krina"), "Otto Fremd", "otto@chor.example"
    )
    assert (await stranger.get(f"{path}/bearbeiten")).status_code == 403
    assert (await stranger.post(f"{path}/stand", data={"state": "done"})).status_code == 403
    assert "Wer helfen könnte" not in (await stranger.get(path)).text


async def test_the_gaps_are_shown_to_the_staff(platform: Platform, club: Club, keeper: Browser) -> None:
    officer = await platform.logged_in()
    assert "Im Moment wird nichts gesucht" in (await officer.get(f"{ROOT}/luecken")).text
    await enter_need(keeper, club)
    html = (await officer.get(f"{ROOT}/luecken")).text
    assert "1 von 1 ohne Angebot" in html
    assert "Für einen Bedarf gibt es noch kein Angebot" in html
    assert (await keeper.get(f"{ROOT}/luecken")).status_code == 403
