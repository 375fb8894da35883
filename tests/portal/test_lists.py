"""Lists as files, and what is likely entered twice: the staff's pages."""

import io

from portal_platform import Platform, post
from python_calamine import CalamineWorkbook


async def test_a_list_is_downloaded_as_its_page_is_filtered(platform: Platform) -> None:
    office = await platform.logged_in()
    village = platform.villages["Gossa"]["id"]
    for kind, name in (("association", "Heimatverein Gossa"), ("company", "Holzbau Kranich")):
        await post(platform.officer, "/organisations", kind=kind, name=name, village_id=village)
    page = (await office.get("/organisationen?art=company&ab=")).text
    assert "/listen/organisationen/xlsx?art=company" in page
    answer = await office.get("/listen/organisationen/xlsx?art=company")
    assert answer.headers["content-type"].endswith("spreadsheetml.sheet")
    rows = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    assert [row[0] for row in rows] == ["Name", "Holzbau Kranich"]


async def test_people_and_villages_are_downloaded_as_their_pages_are_filtered(platform: Platform) -> None:
    office = await platform.logged_in()
    village = platform.villages["Gossa"]["id"]
    one = await post(
        platform.officer, "/organisations", kind="association", name="Heimatverein Gossa", village_id=village
    )
    for name in ("Erna Beispiel", "Kurt Muster"):
        person = {"name": name, "email": f"{name.split()[0].lower()}@verein.example"}
        await post(platform.officer, "/contacts", organisation_id=one["id"], function="chair", person=person)
    for page, button, expected in (
        ("/personen?name=muster", "/listen/ansprechpersonen/xlsx?name=muster", ["Name", "Kurt Muster"]),
        ("/gebiet?name=Gossa&am=", "/listen/orte/xlsx?name=Gossa", ["Ort", "Gossa"]),
    ):
        assert f'href="{button}"' in (await office.get(page)).text
        answer = await office.get(button)
        rows = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0).to_python()
        assert [row[0] for row in rows] == expected


async def test_every_list_of_the_page_can_be_downloaded(platform: Platform) -> None:
    office = await platform.logged_in()
    page = (await office.get("/listen")).text
    assert "Serienbrief" in page
    for name in ("ansprechpersonen", "freiwillige"):
        assert (await office.get(f"/listen/{name}/serienbrief")).status_code == 200
    for name in ("einwilligungen", "rundbrief", "federfuehrung", "bedarfe-und-angebote", "orte", "gemeinden"):
        answer = await office.get(f"/listen/{name}/csv")
        assert answer.content.startswith("\ufeff".encode()), name
    assert (await office.get("/listen/orte/serienbrief")).status_code == 404
    assert (await office.get("/listen/unbekannt/xlsx")).status_code == 404


async def test_the_list_of_what_is_entered_twice_begins_empty(platform: Platform) -> None:
    office = await platform.logged_in()
    for kind in ("organisationen", "personen"):
        page = await office.get(f"/dubletten/{kind}")
        assert page.status_code == 200
        assert "Gerade ähnelt sich nichts" in page.text


async def test_who_enters_something_alike_is_shown_it_first(platform: Platform) -> None:
    office = await platform.logged_in()
    village = platform.villages["Gossa"]["id"]
    await post(platform.officer, "/organisations", kind="association", name="Heimatverein Gossa", village_id=village)
    entry = {"kind": "association", "name": "Gossaer Heimatverein e. V.", "village_id": village}
    asked = await office.post("/organisationen/neu", data=entry)
    assert asked.status_code == 422
    assert "Ist es eine davon?" in asked.text
    assert 'name="_likely" value="seen"' in asked.text
    assert (await office.post("/organisationen/neu", data={**entry, "_likely": "seen"})).status_code == 303
