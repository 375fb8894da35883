"""The directory's pages: full entries by kind, lists with filters, drafts, and who had a function before."""

import json
import re
from typing import Any

import httpx2
from portal_platform import Platform, post, until

ROOT = "/n/heidedoerfer"
FULL: dict[str, Any] = {
    "kind": "association",
    "name": "SV Heide Gossa e. V.",
    "legal_form": "e. V.",
    "register_court": "Amtsgericht Stendal",
    "register_number": "vr 12 34",
    "founded": "3.5.1990",
    "members": "85",
    "facilities": "Sportplatz\n\nVereinsheim",
    "languages": ["de", "pl"],
    "purposes": ["sport", "local_heritage"],
    "notice_kind": "exemption",
    "notice_on": "2025-02-01",
    "potentials": "Eine Werkstatt in der Scheune.",
    "fields": ["sport"],
    "publication": "published",
}


def structured(page: str) -> Any:
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    assert found
    return json.loads(found[1])


async def location(answer: httpx2.Response) -> str:
    assert answer.status_code == 303, answer.text
    return answer.headers["location"].partition("?")[0]


async def test_a_full_entry_is_public_and_comes_back_into_its_form(platform: Platform) -> None:
    officer = await platform.logged_in()
    federation = await platform.officer.post(
        "/organisations",
        json={"kind": "federation", "name": "Kreissportbund", "village_id": platform.villages["Krina"]["id"]},
    )
    village = platform.villages["Gossa"]["id"]
    await until(officer, f"{ROOT}/organisationen/kreissportbund")
    entry = {**FULL, "village_id": village, "federations": [federation.json()["id"]]}
    assert await location(await officer.post(f"{ROOT}/eintragen", data=entry)) == f"{ROOT}/orte/gossa"
    path = f"{ROOT}/organisationen/sv-heide-gossa-e-v"
    page = await until(await platform.browser(), path)
    for words in (
        "3. Mai 1990",
        "etwa 85",
        "Amtsgericht Stendal, VR 1234",
        "Vereinsheim",
        "Deutsch, Polnisch",
        "Freistellungsbescheid vom 1. Februar 2025",
        "Heimatpflege, Heimatkunde und Ortsverschönerung",
        "Eine Werkstatt in der Scheune.",
        f'href="{ROOT}/organisationen/kreissportbund"',
    ):
        assert words in page, words
    data = structured(page)
    assert (data["@type"], data["foundingDate"], data["knowsLanguage"]) == ("NGO", "1990-05-03", ["de", "pl"])
    assert "SV Heide Gossa e. V." in (await officer.get(f"{ROOT}/organisationen/kreissportbund")).text
    form = (await officer.get(f"{path}/bearbeiten")).text
    for value in ('value="3.5.1990"', 'value="VR 1234"', 'value="2025-02-01"', "Sportplatz\nVereinsheim"):
        assert value in form, value
    assert len(re.findall(r'value="(?:sport|local_heritage)" checked', form)) == 3, "two purposes and a field"


async def test_a_form_asks_only_what_belongs_to_the_kind(platform: Platform) -> None:
    officer = await platform.logged_in()
    asked = {
        "verein": ("register_number", "purposes", "members", "potentials"),
        "unternehmen": ("register_number", "support_kinds", "areas"),
        "stelle": ("public_body_kind", "potentials"),
        "initiative": ("members", "potentials"),
    }
    everything = {name for names in asked.values() for name in names}
    for word, names in asked.items():
        for path in (f"{ROOT}/eintragen?art={word}", f"/organisationen/neu?art={word}"):
            form = (await officer.get(path)).text
            assert {name for name in everything if f'name="{name}"' in form} == set(names), path


async def test_wrong_input_is_shown_beside_its_field(platform: Platform) -> None:
    officer = await platform.logged_in()
    bad = {
        **FULL,
        "village_id": platform.villages["Gossa"]["id"],
        "founded": "31.2.1990",
        "notice_on": "",
        "members": "viele",
    }
    for path in (f"{ROOT}/eintragen", "/organisationen/neu"):
        answer = await officer.post(path, data=bad)
        assert answer.status_code == 422
        for field in ("founded", "notice_on", "members"):
            assert f'id="{field}-error"' in answer.text, field
        assert 'value="31.2.1990"' in answer.text
    assert (await platform.officer.get("/organisations")).json()["items"] == []


async def test_staff_keep_drafts_companies_and_villages_without_network(platform: Platform) -> None:
    officer, anybody = await platform.logged_in(), await platform.browser()
    district = (await platform.officer.get("/districts")).json()["items"][0]["id"]
    company = {
        "kind": "company",
        "name": "Holzbau Linde GmbH",
        "village_id": platform.villages["Gossa"]["id"],
        "support_kinds": ["money", "vehicles"],
        "areas": [f"district:{district}", f"network:{platform.network['id']}"],
        "publication": "draft",
    }
    path = await location(await officer.post("/organisationen/neu", data=company))
    page = (await officer.get(path)).text
    assert "Entwurf" in page
    assert "Fahrzeuge" in page
    assert "Holzbau" not in (await anybody.get(f"{ROOT}/organisationen")).text
    listed = (await officer.get("/organisationen?stand=draft&art=company&suche=holz")).text
    assert "Holzbau Linde GmbH" in listed
    assert "Holzbau" not in (await officer.get("/organisationen?stand=published")).text
    form = (await officer.get(f"{path}/bearbeiten")).text
    assert 'value="draft" checked' in form
    assert f'value="district:{district}" checked' in form
    assert (
        await location(await officer.post(f"{path}/bearbeiten", data={**company, "publication": "published"})) == path
    )
    await until(anybody, f"{ROOT}/organisationen", "Holzbau Linde GmbH")
    hidden = await officer.post(
        f"{ROOT}/organisationen/holzbau-linde-gmbh/bearbeiten", data={**company, "publication": "hidden"}
    )
    assert await location(hidden) == path
    assert "Ausgeblendet" in (await officer.get(path)).text
    assert (await officer.get("/organisationen?stand=erfunden")).status_code == 200


async def test_everybody_filters_a_networks_list(platform: Platform) -> None:
    browser = await platform.browser()
    for number in range(26):
        await platform.enter(f"Verein {number:02}", "Krina" if number % 2 else "Gossa")
    village = platform.villages["Gossa"]["id"]
    body = {
        "kind": "company",
        "name": "Bäckerei",
        "village_id": village,
        "support_kinds": ["material"],
        "fields": ["sport"],
    }
    await post(platform.officer, "/organisations", **body)
    await until(browser, f"{ROOT}/organisationen", "27 Organisationen")

    async def names(query: str) -> list[str]:
        page = (await browser.get(f"{ROOT}/organisationen?{query}")).text
        return re.findall(r'dn-stretched" href="[^"]*">([^<]+)</a></h2>', page)

    assert len(await names("")) == 24
    assert len(await names("seite=2")) == 3
    assert await names("art=unternehmen") == ["Bäckerei"]
    assert await names("feld=sport") == ["Bäckerei"]
    assert len(await names("ort=krina")) == 13
    assert await names("suche=verein+07") == ["Verein 07"]
    empty = await browser.get(f"{ROOT}/organisationen?suche=gibtesnicht")
    assert "Keine Organisation passt." in empty.text


async def test_who_had_a_function_before_is_seen_by_those_who_keep_the_entry(platform: Platform) -> None:
    club = await platform.enter("Dorfclub Gossa e. V.")
    keeper = await platform.logged_in_as_contact_of(club)
    path = f"{ROOT}/organisationen/{club['slug']}"
    await until(keeper, path)
    former = {
        "name": "Otto Altmann",
        "function": "chair",
        "phone": "03493 12345",
        "starts_on": "2014-01-01",
        "ends_on": "2020-02-29",
    }
    wrong = await keeper.post(f"{path}/ansprechpersonen/neu", data={**former, "ends_on": "2013-12-31"})
    assert 'id="ends_on-error"' in wrong.text
    assert await location(await keeper.post(f"{path}/ansprechpersonen/neu", data=former)) == path
    page = (await keeper.get(path)).text
    assert "Otto Altmann" in page
    assert "1. Januar 2014 – 29. Februar 2020" in page
    assert "Noch ist keine Ansprechperson eingetragen." in page
    assert "Otto Altmann" not in (await (await platform.browser()).get(path)).text
