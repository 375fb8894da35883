"""What staff and volunteers do, through the real registry and events services; every change is seen at once."""

import re
from datetime import UTC, date, datetime, timedelta
from html import unescape
from typing import Any

import httpx2
from portal_platform import Platform, until

ROOT = "/n/heidedoerfer"


def next_month() -> str:
    return (datetime.now(UTC).date() + timedelta(days=30)).isoformat()


def meeting_form(**changes: Any) -> dict[str, Any]:
    return {
        "kind": "network_meeting",
        "title": "Netzwerktreffen im Herbst",
        "starts_on": next_month(),
        "starts_at": "18:00",
        "ends_at": "20:00",
        "place": "Dorfgemeinschaftshaus",
        "agenda_title": ["Begrüßung", "", "Heidefest"],
        "agenda_minutes": ["10", "", "abc"],
        **changes,
    }


async def location(answer: httpx2.Response) -> str:
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


async def test_enter_an_association_and_make_it_the_lead(platform: Platform) -> None:
    browser = await platform.logged_in()
    form = await browser.get(f"{ROOT}/eintragen?ort=gossa")
    key = re.findall(r'name="_key" value="(\w+)"', form.text)[0]
    village = platform.villages["Gossa"]["id"]
    entry = {
        "_key": key,
        "kind": "association",
        "name": "Dorfclub Gossa e. V.",
        "village_id": village,
        "website": "www.dorfclub.example",
        "founded": "1994",
    }
    target = await location(await browser.post(f"{ROOT}/eintragen", data=entry))
    assert target == f"{ROOT}/orte/gossa?meldung=eingetragen"
    page = (await browser.get(target)).text
    assert "Dorfclub Gossa e. V." in page, "read your own write"
    again = await browser.post(f"{ROOT}/eintragen", data=entry)
    assert again.status_code == 303, "sent twice by a nervous finger: one entry"
    assert (await browser.get(f"{ROOT}/orte/gossa")).text.count("<h3") == 1

    lead_form = (await browser.get(f"{ROOT}/orte/gossa/federfuehrung")).text
    organisation = re.findall(r'name="organisation_id" type="radio" value="([\w-]+)"', lead_form)[0]
    chosen = {"organisation_id": organisation, "starts_on": "2024-05-01"}
    target = await location(await browser.post(f"{ROOT}/orte/gossa/federfuehrung", data=chosen))
    assert target.endswith("meldung=federfuehrung")
    assert "seit 1. Mai 2024" in (await browser.get(target)).text


async def test_bad_input_is_shown_beside_its_field_and_kept(platform: Platform) -> None:
    browser = await platform.logged_in()
    bad = {
        "kind": "association",
        "name": "  ",
        "village_id": platform.villages["Gossa"]["id"],
        "founded": "neunzehnhundert",
        "goals": "Bleibt <b>stehen</b>",
        "website": "http://",
    }
    answer = await browser.post(f"{ROOT}/eintragen", data=bad)
    assert answer.status_code == 422
    for field in ("name", "founded", "website"):
        assert f'id="{field}-error"' in answer.text, field
        assert re.search(rf'aria-describedby="[^"]*{field}-error"', answer.text)
        assert f'href="#{field}"' in answer.text, "the summary leads to the field"
    assert "neunzehnhundert" in answer.text
    assert "Bleibt &lt;b&gt;stehen&lt;/b&gt;" in answer.text
    assert (await browser.get(f"{ROOT}/orte/gossa")).text.count("<h3") == 0

    nothing = await browser.post(f"{ROOT}/eintragen", data={})
    assert nothing.status_code == 422
    assert 'id="village_id-error"' in nothing.text


async def test_change_an_entry_that_somebody_else_changed_meanwhile(platform: Platform) -> None:
    browser = await platform.logged_in()
    entry = await platform.enter("Dorfclub Gossa e. V.")
    path = f"{ROOT}/organisationen/{entry['slug']}"
    await until(browser, path)
    form = (await browser.get(f"{path}/bearbeiten")).text
    version = re.findall(r'name="_version" value="([^"]*)"', form)[0].replace("&#34;", '"')
    assert version
    change = {"_version": version, "kind": "association", "name": entry["name"], "goals": "Ein Dorffest im Jahr."}
    target = await location(await browser.post(f"{path}/bearbeiten", data=change))
    assert target.endswith("meldung=gespeichert")
    assert "Ein Dorffest im Jahr." in (await browser.get(target)).text
    late = await browser.post(f"{path}/bearbeiten", data={**change, "goals": "Zu spät."})
    assert late.status_code == 422
    assert "Zu spät." in late.text, "what was typed is kept"
    assert "Zu spät." not in (await browser.get(path)).text


async def test_plan_publish_and_answer(platform: Platform) -> None:
    browser = await platform.logged_in()
    club = await platform.enter("Dorfclub Gossa e. V.")
    await platform.lead(club)
    await until(browser, f"{ROOT}/orte/gossa", "seit 1. Januar 2024")

    refused = await browser.post(f"{ROOT}/treffen/neu", data=meeting_form(ends_at="17:00"))
    assert refused.status_code == 422
    assert 'id="agenda_minutes_2-error"' in refused.text, "the row is found behind an empty one"
    assert 'value="Heidefest"' in refused.text
    more = await browser.post(f"{ROOT}/treffen/neu", data=meeting_form(_more="1"))
    assert more.status_code == 200
    assert more.text.count('name="agenda_title"') == 8
    early = await browser.post(f"{ROOT}/treffen/neu", data=meeting_form(ends_at="17:00", agenda_minutes=["10"]))
    assert 'id="ends_at-error"' in early.text

    planned = meeting_form(agenda_minutes=["10", "", "40"], agenda_title=["Begrüßung", "", "Heidefest"])
    draft = (await location(await browser.post(f"{ROOT}/treffen/neu", data=planned))).partition("?")[0]
    assert "Entwurf" in (await browser.get(draft)).text
    anybody = await platform.browser()
    assert (await anybody.get(draft)).status_code == 404
    confirm = (await browser.get(f"{draft}/veroeffentlichen")).text
    assert "Gossa (der federführende Verein hat keine Ansprechperson)" in confirm
    assert f'href="{ROOT}/organisationen/{club["slug"]}/ansprechpersonen/neu"' in confirm
    await platform.appoint(club)
    await until(browser, f"{draft}/veroeffentlichen", "1 Person bekommt eine Einladung")
    confirm = await until(browser, f"{draft}/veroeffentlichen", "hat keine Ansprechperson", gone=True)
    assert "Ansprechpersonen der federführenden Vereine" in confirm
    assert "Krina (ohne federführenden Verein)" in confirm
    target = await location(await browser.post(f"{draft}/veroeffentlichen"))
    assert target.endswith("meldung=veroeffentlicht")
    assert "Heidefest" in (await anybody.get(draft)).text

    changed = meeting_form(title="Netzwerktreffen, neuer Ort", agenda_minutes=["10", "", "40"], place="Kulturscheune")
    edit = (await browser.get(f"{draft}/bearbeiten")).text
    changed["revision"] = re.findall(r'name="revision" value="(\d+)"', edit)[0]
    asked = await browser.post(f"{draft}/bearbeiten", data=changed)
    assert "1 Person erfährt von dieser Änderung" in asked.text
    assert "Kulturscheune" not in (await anybody.get(draft)).text, "nothing is saved before the planner has seen it"
    again = sent_again(asked.text)
    assert again["place"] == ["Kulturscheune"]
    target = await location(await browser.post(f"{draft}/bearbeiten", data={**again, "_sure": "1"}))
    assert target.endswith("meldung=gespeichert")
    assert "Kulturscheune" in (await anybody.get(draft)).text

    token = await platform.reply_token()
    invitation = await anybody.get(f"/antwort/{token}")
    assert "Ja, ich komme" in invitation.text
    assert invitation.headers["referrer-policy"] == "no-referrer"
    assert invitation.headers["cache-control"] == "no-store"
    assert f"weiter=/antwort/{token}" not in invitation.text, "the secret stays out of other addresses"
    thanks = await anybody.post(f"/antwort/{token}", data={"answer": "accepted"}, headers={"origin": "null"})
    assert "Sie kommen" in (await anybody.get(await location(thanks))).text
    assert re.search(r"<strong>1</strong>\s*Person kommt", (await anybody.get(draft)).text)
    wrong = await anybody.post(f"/antwort/{token}", data={"answer": "perhaps"})
    assert wrong.status_code == 409
    assert (await anybody.get("/antwort/invented")).status_code == 404


def sent_again(html: str) -> dict[str, list[str]]:
    """The hidden fields of the only form that has any."""
    found: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', html):
        found.setdefault(name, []).append(unescape(value))
    return found


async def test_copy_restrict_and_cancel_a_meeting(platform: Platform) -> None:
    browser, anybody = await platform.logged_in(), await platform.browser()
    planned = meeting_form(agenda_minutes=["10", "", "40"], online_link="https://treffen.example/raum")
    draft = (await location(await browser.post(f"{ROOT}/treffen/neu", data=planned))).partition("?")[0]
    await browser.post(f"{draft}/veroeffentlichen")
    await until(anybody, draft, "Wer sich anmeldet oder eingeladen ist")
    assert "treffen.example" not in (await anybody.get(draft)).text
    assert "treffen.example" in (await browser.get(draft)).text, "planners see the address"

    copy = (await browser.get(f"{ROOT}/treffen/neu?vorlage={draft.rpartition('/')[2]}")).text
    assert 'value="Netzwerktreffen im Herbst"' in copy
    assert re.search(r'id="starts_on"[^>]*value=""', copy), "everything but the date"
    clash = await browser.post(f"{ROOT}/treffen/terminpruefung", data=planned)
    assert "Zur selben Zeit." in clash.text
    without_script = await browser.post(f"{ROOT}/treffen/neu", data={**planned, "_check": "1"})
    assert "Zur selben Zeit." in without_script.text
    assert 'value="https://treffen.example/raum"' in without_script.text
    month = planned["starts_on"][:7]
    assert draft in (await anybody.get(f"{ROOT}/treffen?ansicht=monat&monat={month}")).text
    assert draft not in (await anybody.get(f"{ROOT}/treffen?art=festival")).text

    edit = (await browser.get(f"{draft}/bearbeiten")).text
    revision = re.findall(r'name="revision" value="(\d+)"', edit)[0]
    hidden = {**planned, "revision": revision, "visibility": "invited"}
    await location(await browser.post(f"{draft}/bearbeiten", data=hidden))
    assert (await anybody.get(draft)).status_code == 404
    assert draft not in (await anybody.get(f"{ROOT}/treffen")).text
    assert "Nur für Eingeladene" in (await browser.get(f"{ROOT}/treffen")).text

    question = (await browser.get(f"{draft}/absagen")).text
    assert "Niemand ist eingeladen oder angemeldet" in question
    revision = re.findall(r'name="revision" value="(\d+)"', question)[0]
    gone = await browser.post(f"{draft}/absagen", data={"reason": "Wasserschaden", "revision": revision})
    page = (await browser.get(await location(gone))).text
    assert "Dieses Treffen findet nicht statt." in page
    assert "Wasserschaden" in page
    late = await browser.post(f"{draft}/absagen", data={"reason": "Noch einmal"})
    assert (late.status_code, "Noch einmal" in late.text) == (422, True)


async def test_sign_up_as_a_volunteer(platform: Platform) -> None:
    browser = await platform.browser()
    form = (await browser.get(f"{ROOT}/mitmachen?ort=gossa")).text
    version = re.findall(r'name="consents" type="checkbox" value="([^"]+)"', form)[0]
    fields = re.findall(r'name="fields" type="checkbox" value="([^"]+)"', form)
    assert f'value="{platform.villages["Gossa"]["id"]}" checked' in form
    without = {"name": "Karl Muster", "email": "karl@muster.example", "areas": "network", "fields": fields[:2]}
    without["age"] = "older"
    refused = await browser.post(f"{ROOT}/mitmachen", data=without)
    assert refused.status_code == 422
    assert 'id="consents-error"' in refused.text
    assert "karl@muster.example" in refused.text
    bad = await browser.post(f"{ROOT}/mitmachen", data={**without, "email": "karl", "consents": version})
    assert 'id="email-error"' in bad.text
    nobody = await browser.post(f"{ROOT}/mitmachen", data={"consents": version, "name": "Karl", "age": "older"})
    assert 'id="fields-error"' in nobody.text
    assert 'id="areas-error"' in nobody.text
    done = await browser.post(f"{ROOT}/mitmachen", data={**without, "consents": version})
    assert await location(done) == f"{ROOT}/mitmachen?danke=mail"
    assert "in Ihr E-Mail-Postfach" in (await browser.get(f"{ROOT}/mitmachen?danke=mail")).text
    link = f"/mitmachen/bestaetigen/{await platform.confirmation_token()}"
    question = await browser.get(link)
    assert "Fast geschafft, Karl Muster!" in question.text
    assert "Noch hat sich niemand gemeldet." in (await browser.get(ROOT)).text
    assert await location(await browser.post(link)) == "/mitmachen/bestaetigen/fertig"
    assert (await browser.post(link)).status_code == 404
    assert "funktioniert nicht mehr" in (await browser.get(link)).text
    page = await until(browser, ROOT, "Eine Person hat sich")
    assert "karl@muster" not in page


async def test_a_guardian_agrees_and_takes_it_back_by_the_same_link(platform: Platform) -> None:
    browser = await platform.browser()
    form = (await browser.get(f"{ROOT}/mitmachen")).text
    field = re.findall(r'name="fields" type="checkbox" value="([^"]+)"', form)[0]
    version = re.findall(r'name="consents" type="checkbox" value="([^"]+)"', form)[0]
    typed = {"name": "Kim Jung", "email": "kim@jung.example", "areas": "network", "fields": field, "age": "younger"}
    birthday = date(datetime.now(UTC).year - 12, 1, 1).isoformat()
    guardian = {"birth_date": birthday, "guardian_name": "Rita Jung", "guardian_email": "rita@jung.example"}
    sent = await browser.post(f"{ROOT}/mitmachen", data=typed | guardian | {"consents": version})
    assert await location(sent) == f"{ROOT}/mitmachen?danke=sorgeberechtigt"
    link = f"/mitmachen/bestaetigen/{await platform.confirmation_token()}"
    assert "Sind Sie einverstanden, dass Kim Jung mithilft?" in (await browser.get(link)).text
    await browser.post(link)
    given = (await browser.get(link)).text
    assert "Worin Sie für Kim Jung eingewilligt haben" in given
    assert f'action="{link}/contact"' in given
    done = await browser.post(f"{link}/contact", follow_redirects=True)
    assert "Sie haben alles zurückgenommen" in done.text
    assert done.headers["referrer-policy"] == "no-referrer"
    assert (await browser.post("/mitmachen/bestaetigen/erraten/contact")).status_code == 404


async def test_signing_up_too_often(platform: Platform) -> None:
    browser = await platform.browser()
    form = (await browser.get(f"{ROOT}/mitmachen")).text
    fields = re.findall(r'name="fields" type="checkbox" value="([^"]+)"', form)
    version = re.findall(r'name="consents" type="checkbox" value="([^"]+)"', form)[0]
    typed = {"name": "Vera Oft", "email": "vera@oft.example", "areas": "network", "fields": fields[:1], "age": "older"}
    answers = [await browser.post(f"{ROOT}/mitmachen", data=typed | {"consents": version}) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [303] * 5 + [429]
    assert int(answers[-1].headers["retry-after"]) > 0
    assert "Das war zu oft in kurzer Zeit" in answers[-1].text
    assert "vera@oft.example" in answers[-1].text, "what was typed is lost"
    control = await browser.post(f"{ROOT}/mitmachen", data=typed | {"consents": version, "email": "w@oft.example"})
    assert control.status_code == 303
