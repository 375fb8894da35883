"""Staff keep the territory on pages: municipalities, villages, networks, mergers; everybody finds what moved."""

import re
from datetime import timedelta
from typing import Any

import httpx2
import pytest
from portal.web.dates import today
from portal_platform import Platform, post, until


def in_days(days: int) -> str:
    return (today() + timedelta(days=days)).isoformat()


async def _sent(browser: httpx2.AsyncClient, path: str, **data: Any) -> str:
    """The address that a form leads to when it was taken."""
    answer = await browser.post(path, data=data)
    assert answer.status_code == 303, re.sub(r"\s+", " ", answer.text)[:3000]
    return str(answer.headers["location"])


async def test_municipalities_and_villages_are_entered_and_renamed(platform: Platform) -> None:
    browser = await platform.logged_in()
    wrong = await browser.post("/gebiet/gemeinden/neu", data={"name": "Zörbig", "ags": "1508244"})
    assert wrong.status_code == 422
    assert "Der Gemeindeschlüssel (AGS) einer Gemeinde hat 8 Ziffern." in wrong.text
    there = await _sent(browser, "/gebiet/gemeinden/neu", name="Zörbig", ags="15082440")
    municipality = there.partition("?")[0].rpartition("/")[2]
    half = {"municipality_id": municipality, "name": "Löberitz", "latitude": "51,66"}
    missing = await browser.post("/gebiet/orte/neu", data=half)
    assert "Breitengrad und Längengrad" in missing.text
    village = await _sent(browser, "/gebiet/orte/neu", **half, longitude="12.13")
    page = (await browser.get(village)).text
    assert "51,66 Nord, 12,13 Ost" in page
    path = village.partition("?")[0]
    await _sent(browser, f"{path}/bearbeiten", name="Löberitz am Wald", latitude="", longitude="")
    assert "Löberitz am Wald" in (await browser.get("/gebiet?name=wald")).text
    await _sent(browser, f"/gebiet/gemeinden/{municipality}/bearbeiten", name="Stadt Zörbig")
    await until(browser, "/gemeinden/stadt-zoerbig", "Löberitz am Wald")
    old = await browser.get("/gemeinden/zoerbig")
    assert (old.status_code, old.headers["location"]) == (301, "/gemeinden/stadt-zoerbig")
    assert "Nichts" not in (await browser.get("/gebiet?name=zörbig")).text
    assert "Unter diesem Namen ist nichts eingetragen." in (await browser.get("/gebiet?name=Atlantis")).text


async def test_a_village_joins_and_leaves_a_network_on_a_day(platform: Platform) -> None:
    browser = await platform.logged_in()
    network = platform.network["id"]
    pouch = await post(
        platform.officer, "/villages", municipality_id=platform.villages["Gossa"]["municipality_id"], name="Pouch"
    )
    assert "Pouch" in (await browser.get(f"/gebiet/aufnehmen?netzwerk={network}")).text
    joining = {"village_id": pouch["id"], "network_id": network, "starts_on": in_days(40)}
    there = (await _sent(browser, "/gebiet/aufnehmen", **joining)).partition("?")[0]
    assert "vorgemerkt" in (await browser.get(there)).text
    twice = await browser.post("/gebiet/aufnehmen", data=joining)
    assert twice.status_code == 422
    assert "Pouch gehört in dieser Zeit schon zu einem Netzwerk." in twice.text
    (row,) = (await platform.officer.get("/coverage", params={"village_id": pouch["id"]})).json()["items"]
    await _sent(browser, f"{there}/netzwerk/{row['id']}", until=in_days(60))
    assert "bis" in (await browser.get(f"/gebiet/netzwerke/{network}")).text
    backwards = await browser.post(f"{there}/netzwerk/{row['id']}", data={"until": in_days(10)})
    assert "Der Ort kann das Netzwerk nicht verlassen, bevor er dazugehört." in backwards.text


async def test_a_renamed_village_and_one_that_moved_are_found_at_their_old_address(platform: Platform) -> None:
    browser = await platform.logged_in()
    gossa, slug = platform.villages["Gossa"], platform.network["slug"]
    await until(browser, f"/n/{slug}/orte/gossa", "Gossa")
    await _sent(browser, f"/gebiet/orte/{gossa['id']}/bearbeiten", name="Gossa am See")
    await until(browser, f"/n/{slug}/orte/gossa-am-see", "Gossa am See")
    old = await browser.get(f"/n/{slug}/orte/gossa")
    assert (old.status_code, old.headers["location"]) == (301, f"/n/{slug}/orte/gossa-am-see")
    assert (await browser.get(f"/n/{slug}/orte/atlantis")).status_code == 404
    await platform.officer.patch(f"/networks/{platform.network['id']}", json={"village_ids": []})
    seat = (await platform.officer.get("/municipalities")).json()["items"][0]["slug"]
    for _ in range(100):
        gone = await browser.get(f"/n/{slug}/orte/gossa-am-see")
        if gone.status_code == 302:
            break
    assert gone.headers["location"] == f"/gemeinden/{seat}"


async def test_a_merger_is_shown_before_it_is_done(platform: Platform) -> None:
    browser = await platform.logged_in()
    (seat,) = (await platform.officer.get("/municipalities")).json()["items"]
    nobody = await browser.post("/gebiet/zusammenschluss", data={"name": "Heideland"})
    assert "Bitte wählen Sie mindestens eine Gemeinde." in nobody.text
    values = {"municipality_ids": seat["id"], "name": "Heideland", "ags": "15083999", "effective_on": in_days(0)}
    foreign = await browser.post("/gebiet/zusammenschluss", data=values)
    assert foreign.status_code == 422
    assert "beginnt mit 15082" in foreign.text
    values["ags"] = "15082999"
    question = await browser.post("/gebiet/zusammenschluss", data=values)
    assert question.status_code == 200
    assert "Das wird geschehen" in question.text
    assert "2 Orte ziehen" in question.text
    assert [one["id"] for one in (await platform.officer.get("/municipalities")).json()["items"]] == [seat["id"]]
    there = await _sent(browser, "/gebiet/zusammenschluss", **values, confirmed="1")
    page = (await browser.get(there)).text
    assert "Hervorgegangen aus" in page
    assert "Gossa" in page
    await until(browser, "/gemeinden/heideland", "Gossa")
    old = await browser.get(f"/gemeinden/{seat['slug']}")
    assert (old.status_code, old.headers["location"]) == (301, "/gemeinden/heideland")
    assert "Stand am" in (await browser.get(f"/gebiet?am={in_days(-1)}")).text
    assert seat["name"] in (await browser.get(f"/gebiet?am={in_days(-1)}")).text


async def test_one_municipality_joins_another_that_stays(platform: Platform) -> None:
    browser = await platform.logged_in()
    (seat,) = (await platform.officer.get("/municipalities")).json()["items"]
    other = (await platform.officer.post("/municipalities", json={"ags": "15082440", "name": "Zörbig"})).json()
    form = (await browser.get(f"/gebiet/zusammenschluss?in={other['id']}")).text
    assert re.search(rf'<option value="{other["id"]}" selected>', form)
    values = {"municipality_ids": seat["id"], "into_id": other["id"], "effective_on": in_days(0)}
    question = await browser.post("/gebiet/zusammenschluss", data={**values, "name": "", "ags": ""})
    assert "Zörbig behält Namen, AGS und die eigenen Orte." in question.text
    there = await _sent(browser, "/gebiet/zusammenschluss", **values, name="", ags="", confirmed="1")
    assert other["id"] in there
    page = (await browser.get(there)).text
    assert "Eingemeindet:" in page
    assert "15082440" in page
    assert "Gossa" in page
    await until(browser, "/gemeinden/zoerbig", "Gossa")
    old = await browser.get(f"/gemeinden/{seat['slug']}")
    assert (old.status_code, old.headers["location"]) == (301, "/gemeinden/zoerbig")


async def test_a_planned_merger_is_cancelled(platform: Platform) -> None:
    browser = await platform.logged_in()
    (seat,) = (await platform.officer.get("/municipalities")).json()["items"]
    values = {"municipality_ids": seat["id"], "name": "Heideland", "ags": "15082999", "effective_on": in_days(90)}
    assert (await _sent(browser, "/gebiet/zusammenschluss", **values, confirmed="1")).endswith("geplant")
    page = (await browser.get("/gebiet")).text
    cancel = re.findall(r'href="(/gebiet/zusammenschluss/[^"]*/absagen)"', page)[0]
    assert "absagen?" in (await browser.get(cancel)).text
    await _sent(browser, cancel)
    assert "/absagen" not in (await browser.get("/gebiet")).text


async def test_who_speaks_for_a_network_is_entered_and_ended(platform: Platform) -> None:
    browser = await platform.logged_in()
    here = f"/gebiet/netzwerke/{platform.network['id']}"
    bad = await browser.post(f"{here}/ansprechpersonen/neu", data={"name": "Karla Netz", "phone": "12"})
    assert "Das ist keine Telefonnummer" in bad.text
    person = {"name": "Karla Netz", "email": "karla@netz.example", "function": "coordinator", "starts_on": "2024-01-01"}
    await _sent(browser, f"{here}/ansprechpersonen/neu", **person)
    page = (await browser.get(here)).text
    assert "Karla Netz" in page
    assert "Koordination" in page
    public = await until(browser, f"/n/{platform.network['slug']}", platform.network["name"])
    assert "Karla Netz" not in public, "she has not agreed to that"
    end = re.findall(r'href="([^"]*/ende)"', page)[0]
    await _sent(browser, end, until=in_days(-1))
    assert "vorbei" in (await browser.get(here)).text


async def test_the_coordinators_page_shows_who_leads_and_hands_over(platform: Platform) -> None:
    browser = await platform.logged_in()
    root = f"/n/{platform.network['slug']}"
    old, new = await platform.enter("Heimatverein Gossa"), await platform.enter("Angelverein Gossa")
    body = {"village_id": old["village_id"], "organisation_id": old["id"], "starts_on": "2024-01-01"}
    await post(platform.officer, "/lead-mandates", **body, until=in_days(30))
    await until(browser, f"{root}/orte/gossa", "Angelverein Gossa")
    page = await until(browser, f"{root}/federfuehrung", "endet bald (1)")
    assert "ohne federführenden Verein (1)" in page
    missing = (await browser.get(f"{root}/federfuehrung?nur=missing")).text
    assert "Heimatverein Gossa" not in missing
    form = re.findall(r'name="starts_on" value="([^"]*)"', (await browser.get(f"{root}/federfuehrung?nur=ending")).text)
    assert form == [in_days(31)], "it begins when the other one ends by itself"
    await _sent(browser, f"{root}/orte/gossa/federfuehrung", organisation_id=new["id"], starts_on=form[0])
    assert "endet bald (0)" in await until(browser, f"{root}/federfuehrung", "Angelverein Gossa")


async def test_fields_of_activity_are_added_moved_merged_and_retired(platform: Platform) -> None:
    browser = await platform.logged_in()
    await _sent(browser, "/einsatzfelder", name="Heimatpflege")
    again = await browser.post("/einsatzfelder", data={"name": "Heimatpflege"})
    assert "Ein Einsatzfeld mit diesem Namen gibt es schon." in again.text
    fields = {one["name"]: one["id"] for one in (await platform.officer.get("/fields-of-activity")).json()["items"]}
    new, sport = fields["Heimatpflege"], fields["Sport und Bewegung"]
    await _sent(browser, "/einsatzfelder/reihenfolge", field=new, direction="up")
    order = [one["id"] for one in (await platform.officer.get("/fields-of-activity")).json()["items"]]
    assert order.index(new) == 13
    await _sent(browser, f"/einsatzfelder/{new}", name="Heimat und Brauchtum")
    await _sent(browser, f"/einsatzfelder/{sport}", do="retire")
    page = (await browser.get("/einsatzfelder")).text
    assert "Heimat und Brauchtum" in page
    assert "nicht mehr zur Auswahl" in page
    await _sent(browser, f"/einsatzfelder/{sport}", do="bring_back")
    nothing = await browser.post(f"/einsatzfelder/{new}/zusammenlegen", data={})
    assert "Bitte wählen Sie das Einsatzfeld, das bleibt." in nothing.text
    question = await browser.post(f"/einsatzfelder/{new}/zusammenlegen", data={"into_id": sport})
    assert "„Heimat und Brauchtum“ in „Sport und Bewegung“" in question.text
    await _sent(browser, f"/einsatzfelder/{new}/zusammenlegen", into_id=sport, confirmed="1")
    assert "Heimat und Brauchtum" not in (await browser.get("/einsatzfelder")).text


@pytest.mark.parametrize("path", ["/gebiet/zusammenschluss", "/einsatzfelder", "/gebiet/gemeinden/neu"])
async def test_others_than_the_district_office_do_not_get_in(platform: Platform, path: str) -> None:
    browser = await platform.logged_in_as_contact_of(await platform.enter("Heimatverein Gossa"))
    assert (await browser.get(path)).status_code == 403
