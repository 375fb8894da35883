"""A list of associations, from the file to the directory."""

from datetime import date
from typing import Any

from shared.contracts.registry import ContactAppointed, OrganisationRegistered, PersonDescribed

from tests.registry.conftest import Outbox, World, post
from tests.registry.imports.conftest import Importing, Sheet, organisations, workbook

HEIMAT = ["Heimatverein Gossa e. V.", "Gossa", "VR 1234", "Kultur und Musik", date(1992, 5, 1), "Erna Beispiel"]
SPORT = ["SV Krina", "Krina", "VR 77", "Sport und Bewegung; Schule und Kindergarten", None, "Kurt Muster"]


def _list(*rows: list[Any]) -> bytes:
    return organisations(*([*row, "034955 20123", "erna@verein.example"][:8] for row in rows))


async def test_a_list_becomes_entries_with_their_contact_persons(importing: Any, world: World, outbox: Outbox) -> None:
    office: Importing = await importing()
    await office.upload(_list(HEIMAT, SPORT))
    part = (await office.read())["parts"][0]
    assert part["kind"] == "organisations"
    assert part["missing"] == ["Registergericht"]
    assert part["mapping"]["name"] == "A"
    assert part["mapping"]["contact_phone"] == "G"
    await office.assign(kind="organisations", mapping=part["mapping"], constants={"register_court": "Stendal"})
    await office.client.post(f"/imports/{office.id}/check")
    checked = await office.work()
    assert (checked["state"], checked["parts"][0]["rows"], checked["parts"][0]["wrong"]) == ("checked", 2, 0)
    done = await office.run()
    assert done["state"] == "done"
    assert done["parts"][0]["outcomes"] == {"created": 2}
    found = (await world.officer.get("/organisations", params={"limit": 50})).json()["items"]
    heimat = next(one for one in found if one["name"] == HEIMAT[0])
    assert heimat["village_id"] == world.gossa["id"]
    assert (heimat["register_court"], heimat["register_number"]) == ("Stendal", "VR 1234")
    assert (heimat["founded_on"], heimat["founded"]) == ("1992-05-01", 1992)
    contacts = (await world.officer.get("/contacts", params={"organisation_id": heimat["id"]})).json()["items"]
    assert [contact["person"]["phone"] for contact in contacts] == ["+493495520123"]
    told = await outbox.of(OrganisationRegistered)
    assert {event.data.name for event in told} == {HEIMAT[0], SPORT[0]}
    assert {event.networkid for event in told} == {world.network["slug"]}
    assert len(await outbox.of(ContactAppointed)) == 2
    assert len(await outbox.of(PersonDescribed)) == 2


async def test_wrong_rows_are_named_by_row_and_column(importing: Any) -> None:
    office: Importing = await importing()
    rows: Sheet = [
        ["Verein", "Ort", "AGS", "Gegründet am", "Tätigkeitsfelder"],
        ["Angelverein", "Gossa", "15082241", "31.02.1990", "Sport und Bewegung"],
        ["Chor", "Krina", "99999999", None, "Kultur und Musik"],
        ["Feuerwehrverein", "Gossa", None, None, "Feuerwehrr und Rettungsdienst"],
        ["Reitverein", "Nirgendwo", None, None, None],
        [None, "Gossa", None, None, "Sport und Bewegung"],
    ]
    await office.check(workbook(Vereine=rows))
    texts = await office.texts()
    assert texts[2] == ["D: „31.02.1990“ ist kein Datum."]
    assert texts[3] == ["C: Keine Gemeinde dieses Landkreises hat den AGS „99999999“."]
    assert texts[4][0].startswith("E: „Feuerwehrr und Rettungsdienst“ steht nicht in der Liste.")
    assert texts[5] == ["B: Der Ort „Nirgendwo“ ist nicht eingetragen."]
    assert texts[6] == ["A: Bitte füllen Sie dieses Feld aus."]
    refused = await office.client.post(f"/imports/{office.id}/run", json={})
    assert refused.status_code == 409
    assert refused.json()["code"] == "rows_are_wrong"


async def test_good_rows_only(importing: Any, world: World) -> None:
    office: Importing = await importing()
    rows = [["Verein", "Ort"], ["Angelverein", "Gossa"], ["Chor", "Nirgendwo"]]
    await office.check(workbook(Vereine=rows))
    done = await office.run(good_rows_only=True)
    assert done["parts"][0]["outcomes"] == {"created": 1, "refused": 1}
    found = (await world.officer.get("/organisations")).json()["items"]
    assert [one["name"] for one in found] == ["Angelverein"]


async def test_rows_outside_of_the_offices_places_are_wrong(importing: Any, world: World) -> None:
    office: Importing = await importing(await world.municipality_officer())
    await office.check(workbook(Vereine=[["Verein", "Ort"], ["Angelverein", "Löberitz"], ["Chor", "Pouch"]]))
    texts = await office.texts()
    assert texts == {2: ["B: „Löberitz“ gehört nicht zu Ihrem Zuständigkeitsbereich."]}


async def test_doubles_within_the_file_and_with_the_directory(importing: Any, world: World) -> None:
    await world.enter("Schützenverein", village=world.pouch, register_court="Stendal", register_number="VR 9")
    office: Importing = await importing(await world.foreign_officer())
    rows = [
        ["Verein", "Ort", "Registergericht", "Registernummer"],
        ["Chor", "Löberitz", "Stendal", "VR 1"],
        ["Chor", "Löberitz", "Stendal", "VR 2"],
        ["Kapelle", "Löberitz", "Stendal", "vr1"],
        ["Gilde", "Löberitz", "Stendal", "VR 9"],
    ]
    await office.check(workbook(Vereine=rows))
    texts = await office.texts()
    assert texts[3] == ["A: „Chor“ in diesem Ort steht schon in Zeile 2."]
    assert texts[4] == ["D: „Stendal, VR 1“ steht schon in Zeile 2."]
    assert texts[5] == ["D: Eine Organisation mit dieser Registernummer dieses Gerichts ist schon eingetragen."]


async def test_what_is_there_already_is_skipped_completed_or_overwritten(importing: Any, world: World) -> None:
    known = await world.enter("Heimatverein Gossa", goals="Das Dorf", members=12)
    rows: Sheet = [
        ["Verein", "Ort", "Ziele", "Mitglieder", "Internet"],
        ["Heimatverein Gossa", "Gossa", "Neu", 40, "verein.example"],
    ]

    async def decide(choice: str) -> Any:
        office: Importing = await importing()
        await office.check(workbook(Vereine=rows))
        (row,) = await office.rows("known")
        assert (row["exact"], row["choice"], row["matches"][0]["id"]) == (True, "skip", known["id"])
        path = f"/imports/{office.id}/parts/0/rows/2/choice"
        assert (await office.client.put(path, json={"choice": "new"})).status_code == 409
        assert (await office.client.put(path, json={"choice": choice})).is_success
        done = await office.run()
        entry = (await world.officer.get(f"/organisations/{known['id']}")).json()
        return done["parts"][0]["outcomes"], entry["goals"], entry["members"], entry["website"]

    assert await decide("skip") == ({"skipped": 1}, "Das Dorf", 12, None)
    assert await decide("complete") == ({"completed": 1}, "Das Dorf", 12, "https://verein.example/")
    assert await decide("overwrite") == ({"overwritten": 1}, "Neu", 40, "https://verein.example/")
    assert await decide("overwrite") == ({"unchanged": 1}, "Neu", 40, "https://verein.example/")


async def test_what_somebody_else_enters_meanwhile_is_a_conflict(importing: Any, world: World) -> None:
    office: Importing = await importing()
    await office.check(workbook(Vereine=[["Verein", "Ort"], ["Angelverein", "Gossa"], ["Chor", "Krina"]]))
    await world.enter("Chor", village=world.krina)
    back = await office.run()
    assert back["state"] == "checked"
    assert back["problem"].startswith("Inzwischen hat jemand anderes eingetragen")
    (row,) = await office.rows("known")
    assert row["number"] == 3
    assert (await office.run())["parts"][0]["outcomes"] == {"created": 1, "skipped": 1}


async def test_undo_takes_away_what_came_and_brings_back_what_was(importing: Any, world: World) -> None:
    known = await world.enter("Heimatverein", goals="Das Dorf")
    rows: Sheet = [
        ["Verein", "Ort", "Ziele", "Ansprechpartner", "E-Mail"],
        ["Heimatverein", "Gossa", "Neu", None, None],
        ["Chor", "Krina", "Singen", "Erna Beispiel", "erna@verein.example"],
        ["Angelverein", "Pouch", None, None, None],
        ["Reitverein", "Pouch", None, None, None],
    ]
    office: Importing = await importing()
    await office.check(workbook(Vereine=rows))
    await office.client.put(f"/imports/{office.id}/parts/0/choice", json={"choice": "overwrite"})
    await office.run()
    found = {one["name"]: one for one in (await world.officer.get("/organisations")).json()["items"]}
    await world.officer.patch(f"/organisations/{found['Angelverein']['id']}", json={"goals": "Fische"})
    await world.appoint(found["Reitverein"], "Karla Neu")
    outlook = (await world.officer.get(f"/imports/{office.id}/undo")).json()
    assert {kept["name"]: kept["reason"] for kept in outlook["kept"]} == {
        "Angelverein": "changed",
        "Reitverein": "used",
    }
    assert outlook["removed"] == {"organisation": 1, "person": 1, "contact": 1}
    undone = await office.undo()
    assert undone["state"] == "undone"
    left = {one["name"]: one for one in (await world.officer.get("/organisations")).json()["items"]}
    assert left.keys() == {"Heimatverein", "Angelverein", "Reitverein"}
    assert left["Heimatverein"]["goals"] == "Das Dorf"
    assert left["Heimatverein"]["id"] == known["id"]
    persons = (await world.officer.get("/persons")).json()["items"]
    assert "Erna Beispiel" not in {person["name"] for person in persons}


async def test_mapping_is_remembered_for_the_office(importing: Any, world: World) -> None:
    office: Importing = await importing()
    rows = [["Gruppe", "Wo genau", "Ort"], ["Chor", "Krina", "hinten links"]]
    await office.upload(workbook(Vereine=rows))
    await office.assign(kind="organisations", mapping={"name": "A", "village": "B"}, constants={})
    await office.client.post(f"/imports/{office.id}/check")
    assert (await office.work())["parts"][0]["wrong"] == 0
    again = (await (await importing()).upload(workbook(Vereine=rows))).json()
    assert again["parts"][0]["mapping"] == {"name": "A", "village": "B"}
    elsewhere = await (await importing(await world.municipality_officer())).upload(workbook(Vereine=rows))
    assert elsewhere.json()["parts"][0]["mapping"] != {"name": "A", "village": "B"}


async def test_a_merged_name_can_be_named_by_postcode_and_part(importing: Any, world: World) -> None:
    await post(world.officer, "/villages", municipality_id=world.zoerbig["id"], name="Gossa")
    office: Importing = await importing()
    rows: Sheet = [
        ["Verein", "Ort", "Gemeinde"],
        ["Chor", "Gossa", None],
        ["Angelverein", "06774 Muldestausee OT Krina", None],
        ["Kapelle", "Gossa", "Zörbig"],
    ]
    await office.check(workbook(Vereine=rows))
    texts = await office.texts()
    assert texts == {
        2: ["B: „Gossa“ gibt es in mehreren Gemeinden: Muldestausee, Zörbig. Bitte auch die Gemeinde angeben."]
    }
