"""Coming to a meeting by account."""

import csv
import io
import re
from datetime import timedelta

from example_network import NETWORK, id_of
from portal.web.dates import today
from portal_platform import Platform

ROOT = f"/n/{NETWORK}"


async def published(platform: Platform, days: int = 30) -> str:
    """The address of a meeting's page."""
    day = today() + timedelta(days=days)
    browser = await platform.logged_in()
    form = {
        "kind": "network_meeting",
        "title": "Netzwerktreffen im Herbst",
        "starts_on": day.isoformat(),
        "starts_at": "18:00",
        "ends_at": "20:00",
        "place": "Dorfgemeinschaftshaus",
    }
    path = (await browser.post(f"{ROOT}/treffen/neu", data=form)).headers["location"].partition("?")[0]
    assert (await browser.post(f"{path}/veroeffentlichen")).status_code == 303
    return str(path)


async def test_register_once_and_be_told_the_second_time(platform: Platform) -> None:
    path = await published(platform)
    club = await platform.enter("Dorfclub Gossa e. V.")
    browser = await platform.logged_in_as_contact_of(club)
    page = (await browser.get(path)).text
    assert "Ich komme" in page
    key = re.findall(r'anmeldung"><input type="hidden" name="_key" value="(\w+)"', page)[0]
    for _ in range(2):  # a double click is one registration
        done = await browser.post(f"{path}/anmeldung", data={"_key": key})
        assert done.headers["location"] == f"{path}?meldung=dabei"
    shown = await browser.get(f"{path}?meldung=dabei")
    assert "Sie sind angemeldet." in shown.text
    assert "Ich komme" not in shown.text
    assert shown.headers["cache-control"] == "private, no-store"
    assert re.search(r"<strong>1</strong>\s*Person kommt", shown.text)
    again = await browser.post(f"{path}/anmeldung")
    assert again.status_code == 409
    assert "Sie sind für dieses Treffen schon angemeldet." in again.text
    assert "Sie sind angemeldet." in again.text


async def test_visitors_see_nothing_of_it(platform: Platform) -> None:
    path = await published(platform)
    visitor = await platform.browser()
    page = (await visitor.get(path)).text
    assert "Ich komme" not in page
    assert "anmeldung" not in page
    assert (await visitor.post(f"{path}/anmeldung")).status_code == 403


async def test_no_meeting_no_registration(platform: Platform) -> None:
    browser = await platform.logged_in()
    assert (await browser.post(f"{ROOT}/treffen/{id_of('invented')}/anmeldung")).status_code == 404


async def test_a_guest_registers_and_a_planner_sees_it(platform: Platform) -> None:
    path = await published(platform)
    visitor = await platform.browser()
    assert f'href="{path}/anmelden"' in (await visitor.get(path)).text
    page = await visitor.get(f"{path}/anmelden")
    assert "Ein Konto brauchen Sie nicht." in page.text
    typed = {"name": "Ottilie Specht", "email": "ottilie", "people": "2", "needs": "Rollstuhlplatz"}
    refused = await visitor.post(f"{path}/anmelden", data=typed)
    assert refused.status_code == 422
    assert "Das ist keine E-Mail-Adresse." in refused.text
    assert 'value="Ottilie Specht"' in refused.text
    sent = await visitor.post(f"{path}/anmelden", data=typed | {"email": "ottilie@specht.example"})
    assert "ottilie@specht.example" in sent.text
    assert "Ein Schritt fehlt noch" in sent.text

    link = await platform.registration_link()
    shown = await visitor.get(link)
    assert "Ja, ich möchte kommen" in shown.text
    assert (shown.headers["referrer-policy"], shown.headers["cache-control"]) == ("no-referrer", "no-store")
    done = await visitor.post(link, data={"way": "confirm"})
    assert "Danke, Sie sind angemeldet. Bis dann!" in (await visitor.get(done.headers["location"])).text

    planner = await platform.logged_in()
    listed = (await planner.get(f"{path}/anmeldungen")).text
    assert "Ottilie Specht" in listed
    assert "Rollstuhlplatz" in listed
    assert "Ottilie" not in (await planner.get(f"{path}/anmeldungen?stand=warten")).text
    gone = await visitor.post(link, data={"way": "withdraw"})
    assert "Sie sind nicht mehr angemeldet." in (await visitor.get(gone.headers["location"])).text
    assert "hat abgesagt" in (await planner.get(f"{path}/anmeldungen?stand=abgesagt")).text


async def test_a_wrong_link_says_so(platform: Platform) -> None:
    visitor = await platform.browser()
    for answer in (await visitor.get("/anmeldung/geraten"), await visitor.post("/anmeldung/geraten")):
        assert answer.status_code == 404
        assert "Diesen Link kennen wir nicht" in answer.text


async def test_somebody_on_the_telephone_and_questions(platform: Platform) -> None:
    path = await published(platform)
    planner = await platform.logged_in()
    asked = {
        "rows": "1", "version": "0", "confirm_hours": "12",
        "title-0": "Essen", "choices-0": "Suppe\r\nKuchen, auch ohne Zucker", "required-0": "1",
    }  # fmt: skip
    saved = await planner.post(f"{path}/anmeldungen/fragen", data=asked)
    assert saved.headers["location"] == f"{path}/anmeldungen?meldung=gespeichert-intern"
    form = (await planner.get(f"{path}/anmeldungen/neu")).text
    field = re.findall(r'name="(frage-[0-9a-f-]+)"', form)[0]
    missing = await planner.post(f"{path}/anmeldungen/neu", data={"name": "Kuno Elster", "people": "1"})
    assert missing.status_code == 422
    assert "Bitte beantworten Sie diese Frage: Essen" in missing.text
    typed = {"name": "Kuno Elster", "phone": "034955 1234", "people": "1", field: "Suppe"}
    entered = await planner.post(f"{path}/anmeldungen/neu", data=typed)
    assert entered.headers["location"] == f"{path}/anmeldungen?meldung=eingetragen-kommt"
    listed = (await planner.get(f"{path}/anmeldungen")).text
    assert "Kuno Elster" in listed
    assert "Suppe" in listed
    one = re.findall(rf'action="({path}/anmeldungen/[0-9a-f-]{{36}})"', listed)[0]
    assert (await planner.post(one, data={"way": "withdraw"})).status_code == 303
    assert "hat abgesagt" in (await planner.get(f"{path}/anmeldungen")).text


async def test_the_list_is_a_file_with_names_and_answers(platform: Platform) -> None:
    path = await published(platform)
    planner = await platform.logged_in()
    asked = {
        "rows": "1",
        "version": "0",
        "confirm_hours": "12",
        "title-0": "Essen",
        "choices-0": "Suppe\r\nKuchen, auch ohne Zucker",
    }
    await planner.post(f"{path}/anmeldungen/fragen", data=asked)
    field = re.findall(r'name="(frage-[0-9a-f-]+)"', (await planner.get(f"{path}/anmeldungen/neu")).text)[0]
    for name, answer in (("=Kuno Elster", "Suppe"), ("Ottilie Specht", "Kuchen, auch ohne Zucker")):
        typed = {"name": name, "phone": "034955 1234", "people": "2", field: answer}
        assert (await planner.post(f"{path}/anmeldungen/neu", data=typed)).status_code == 303
    club = await platform.enter("Dorfclub Gossa e. V.")
    member = await platform.logged_in_as_contact_of(club)
    await member.post(f"{path}/anmelden", data={"people": "1"})
    file = await planner.get(f"{path}/anmeldungen/liste/csv")
    rows = list(csv.DictReader(io.StringIO(file.text.removeprefix("\ufeff")), delimiter=";"))
    shown = [(row["Personen"], row["Stand"], row["Telefon"], row["Essen"]) for row in rows]
    assert shown == [
        ("2", "kommt", "034955 1234", "Suppe"),
        ("2", "kommt", "034955 1234", "Kuchen, auch ohne Zucker"),
        ("1", "kommt", "", ""),
    ]
    assert [row["Name"] for row in rows[:2]] == ["'=Kuno Elster", "Ottilie Specht"]  # no formula
    assert rows[2]["Name"] == "Karla Kontakt"
    book = await planner.get(f"{path}/anmeldungen/liste/xlsx?stand=warten")
    assert book.content.startswith(b"PK")
    assert (await member.get(f"{path}/anmeldungen/liste/csv")).status_code == 403


async def test_one_leaves_by_account_and_sees_it(platform: Platform) -> None:
    path = await published(platform)
    club = await platform.enter("Dorfclub Gossa e. V.")
    browser = await platform.logged_in_as_contact_of(club)
    await browser.post(f"{path}/anmelden", data={"people": "3"})
    assert re.search(r"<strong>3</strong>\s*Personen kommen", (await browser.get(path)).text)
    done = await browser.post(f"{path}/anmeldung/absage")
    assert done.headers["location"] == f"{path}?meldung=doch-nicht"
    assert "Ich komme" in (await browser.get(path)).text


async def test_one_click_leads_to_the_questions_that_have_to_be_answered(platform: Platform) -> None:
    path = await published(platform)
    planner = await platform.logged_in()
    asked = {"rows": "1", "version": "0", "confirm_hours": "12", "title-0": "Essen", "required-0": "1"}
    assert (await planner.post(f"{path}/anmeldungen/fragen", data=asked)).status_code == 303
    browser = await platform.logged_in_as_contact_of(await platform.enter("Dorfclub Gossa e. V."))
    step = await browser.post(f"{path}/anmeldung")
    assert step.headers["location"] == f"{path}/anmelden?meldung=fragen-offen"
    form = (await browser.get(step.headers["location"])).text
    assert "Bitte beantworten Sie die Fragen der Veranstalter." in form
    field = re.findall(r'name="(frage-[0-9a-f-]+)"', form)[0]
    done = await browser.post(f"{path}/anmelden", data={"people": "1", field: "Suppe"})
    assert done.headers["location"] == f"{path}?meldung=dabei"
