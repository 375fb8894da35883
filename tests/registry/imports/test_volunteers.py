"""A list of volunteers, with the day on which each of them agreed on paper."""

from datetime import date
from typing import Any

from shared.contracts.registry import ConsentGiven, PersonDescribed, VolunteerSignedUp

from tests.registry.conftest import Outbox, Volunteer, World
from tests.registry.imports.conftest import Importing, Sheet, volunteers, workbook

ANNA = [
    "Anna Helferin",
    "anna@post.example",
    None,
    "Sport und Bewegung; Kultur und Musik",
    "Gossa; Krina",
    date(2026, 3, 1),
]
BERND = ["Bernd Helfer", None, "034955 20123", "Sport und Bewegung", "Heidedörfer", date(2026, 3, 2)]


async def listed(world: World) -> dict[str, Any]:
    answer = await world.officer.get("/volunteers", params={"limit": 100})
    return {one["person"]["name"]: one for one in answer.json()["items"]}


async def test_a_list_becomes_volunteers_who_may_be_asked(importing: Any, world: World, outbox: Outbox) -> None:
    office: Importing = await importing()
    checked = await office.check(volunteers(ANNA, BERND))
    assert checked["parts"][0]["kind"] == "volunteers"
    assert checked["parts"][0]["wrong"] == 0, await office.texts()
    assert (await office.run())["parts"][0]["outcomes"] == {"created": 2}
    found = await listed(world)
    assert found.keys() == {"Anna Helferin", "Bernd Helfer"}
    assert sorted(found["Anna Helferin"]["fields"]) == ["kultur", "sport"]
    areas = {area["id"] for area in found["Anna Helferin"]["areas"]}
    assert areas == {world.gossa["id"], world.krina["id"]}
    assert found["Bernd Helfer"]["person"]["phone"] == "+493495520123"
    person = found["Anna Helferin"]["person"]["id"]
    (consent,) = (await world.officer.get(f"/persons/{person}/consents")).json()["history"]
    assert (consent["purpose"], consent["channel"], consent["given_on"]) == ("contact", "paper", "2026-03-01")
    signed_up = await outbox.of(VolunteerSignedUp)
    assert [event.networkid for event in signed_up] == [world.network["slug"]] * 2
    given = await outbox.of(ConsentGiven)
    assert [event.data.networks for event in given] == [[world.network["slug"]]] * 2
    assert {event.data.email for event in await outbox.of(PersonDescribed)} >= {"anna@post.example", None}
    assert "anna@post.example" not in await outbox.public_text()


async def test_everything_that_volunteers_say_has_a_column(importing: Any, world: World) -> None:
    titles = {
        "Name": "Carla Viel",
        "E-Mail": "carla@post.example",
        "Telefon": "034955 20199",
        "Einsatzfelder": "Sport und Bewegung",
        "Einsatzgebiete": "Landkreis",
        "Einwilligung vom": date(2026, 2, 1),
        "Name darf gezeigt werden": "ja",
        "Rundbrief": "x",
        "Fotos": "nein",
        "Wochentage": "Sa, So",
        "Tageszeiten": "vormittags",
        "Wie oft": "regelmäßig",
        "Stunden im Monat": "ca. 8",
        "Verfügbar ab": date(2026, 1, 1),
        "Fähigkeiten": "Erste Hilfe; Kochen und Backen",
        "Weitere Fähigkeiten": "Imkern",
        "Sprachen": "Deutsch, Polnisch",
        "Erreichbar per": "Brief vom Amt",
        "Beste Zeit": "nach 18 Uhr",
        "Straße": "Dorfstraße 1",
        "PLZ": 6774,
        "Wohnort": "Muldestausee",
    }
    office: Importing = await importing()
    checked = await office.check(workbook(Freiwillige=[list(titles), list(titles.values())]))
    assert checked["parts"][0]["wrong"] == 0, await office.texts()
    await office.run()
    (volunteer,) = (await listed(world)).values()
    assert volunteer["times"] == [{"weekday": 6, "daytime": "morning"}, {"weekday": 7, "daytime": "morning"}]
    assert (volunteer["rhythm"], volunteer["hours_per_month"]) == ("regular", 8)
    assert sorted(volunteer["skills"]) == ["first-aid", "kitchen"]
    assert (volunteer["own_skills"], volunteer["languages"]) == (["Imkern"], ["de", "pl"])
    assert (volunteer["preferred_channel"], volunteer["postcode"]) == ("letter", "06774")
    assert sorted(volunteer["consents"]) == ["contact", "newsletter", "publication"]


async def test_wrong_rows_say_why(importing: Any) -> None:
    office: Importing = await importing()
    rows: Sheet = [
        ["Name", "E-Mail", "Telefon", "Einsatzfelder", "Ort", "Einwilligung vom", "Geburtsdatum"],
        ["Ohne Weg", None, None, "Sport und Bewegung", "Gossa", date(2026, 3, 1), None],
        ["Ohne Papier", "a@post.example", None, "Sport und Bewegung", "Gossa", None, None],
        ["Kind Jung", "b@post.example", None, "Sport und Bewegung", "Gossa", date(2026, 3, 1), date(2015, 1, 1)],
        ["Falsche Adresse", "kein-at", None, "Sport und Bewegung", "Gossa", date(2026, 3, 1), None],
        ["Morgen Erst", "c@post.example", None, "Sport und Bewegung", "Gossa", "31.12.2190", None],
        ["Formel", "d@post.example", None, "=1+1", "Gossa", date(2026, 3, 1), None],
        ["Zwei Mal", "e@post.example", None, "Sport und Bewegung", "Gossa", date(2026, 3, 1), None],
        ["Zwei Mal", "E@post.example", None, "Sport und Bewegung", "Gossa", date(2026, 3, 1), None],
    ]
    await office.check(workbook(Freiwillige=rows))
    texts = await office.texts()
    assert texts[2] == ["A: Bitte geben Sie eine E-Mail-Adresse oder eine Telefonnummer an."]
    assert texts[3] == ["F: Bitte füllen Sie dieses Feld aus."]
    assert texts[4][0].startswith("G: Für Menschen unter 16 Jahren")
    assert texts[5] == ["B: „kein-at“ ist keine E-Mail-Adresse."]
    assert texts[6] == ["F: „31.12.2190“ liegt in der Zukunft."]
    assert texts[7] == ["D: „=1+1“ steht nicht in der Liste."]
    assert texts[9][0].endswith("steht schon in Zeile 8.")
    assert texts.keys() == {2, 3, 4, 5, 6, 7, 9}


async def test_whoever_is_there_already_is_one_person(importing: Any, world: World, volunteer: Volunteer) -> None:
    await volunteer(name="Anna Helferin", email="anna@post.example", fields=["umwelt"])
    office: Importing = await importing()
    await office.check(volunteers(ANNA, BERND))
    (row,) = await office.rows("known")
    assert (row["label"], row["exact"], row["choice"]) == ("Anna Helferin", True, "skip")
    await office.client.put(f"/imports/{office.id}/parts/0/choice", json={"choice": "complete"})
    assert (await office.run())["parts"][0]["outcomes"] == {"completed": 1, "created": 1}
    found = await listed(world)
    assert len(found) == 2
    assert sorted(found["Anna Helferin"]["fields"]) == ["kultur", "sport", "umwelt"]
    undone = await office.undo()
    assert undone["state"] == "undone"
    found = await listed(world)
    assert found.keys() == {"Anna Helferin"}
    assert found["Anna Helferin"]["fields"] == ["umwelt"]


async def test_overwriting_takes_what_the_list_says(importing: Any, world: World, volunteer: Volunteer) -> None:
    await volunteer(name="Anna Helferin", email="anna@post.example", fields=["umwelt"])
    office: Importing = await importing()
    await office.check(volunteers(ANNA))
    await office.client.put(f"/imports/{office.id}/parts/0/choice", json={"choice": "overwrite"})
    assert (await office.run())["parts"][0]["outcomes"] == {"overwritten": 1}
    assert sorted((await listed(world))["Anna Helferin"]["fields"]) == ["kultur", "sport"]


async def test_a_private_number_is_not_told_to_another_office(
    importing: Any, world: World, volunteer: Volunteer
) -> None:
    await volunteer(name="Anna Helferin", email="anna@post.example", phone="034955 20777")
    office: Importing = await importing(await world.foreign_officer())
    row = ["Anna Helferin", "anna@post.example", None, "Sport und Bewegung", "Löberitz", date(2026, 3, 1)]
    await office.check(volunteers(row))
    texts = await office.texts()
    assert texts[2][0].startswith("C: Diese Person ist schon eingetragen, aber nicht bei Ihnen.")


async def test_places_of_others_are_wrong(importing: Any, world: World) -> None:
    office: Importing = await importing(await world.municipality_officer())
    row = ["Anna Helferin", "anna@post.example", None, "Sport und Bewegung", "Löberitz", date(2026, 3, 1)]
    await office.check(volunteers(row, [*ANNA[:4], "Landkreis", ANNA[5]]))
    texts = await office.texts()
    assert texts[2] == ["E: „Löberitz“ gehört nicht zu Ihrem Zuständigkeitsbereich."]
    assert len(texts[3]) == 2  # the same person twice, and the whole district


async def test_two_sheets_of_one_file_and_contact_persons_of_both(importing: Any, world: World) -> None:
    known = await world.enter("Heimatverein")
    content = workbook(
        Vereine=[["Verein", "Ort"], ["Chor", "Krina"]],
        Ansprechpersonen=[
            ["Name", "Verein", "Funktion", "E-Mail"],
            ["Erna Beispiel", "Chor", "1. Vorsitzende", "erna@verein.example"],
            ["Erna Beispiel", "Heimatverein", "Kassenwartin", "erna@verein.example"],
            ["Kurt Unbekannt", "Gibt es nicht", "Vorsitz", "kurt@verein.example"],
        ],
        Freiwillige=[
            ["Name", "E-Mail", "Telefon", "Einsatzfelder", "Ort", "Einwilligung vom"],
            ANNA,
            ["Erna Beispiel", "erna@verein.example", None, "Sport und Bewegung", "Gossa", date(2026, 3, 1)],
        ],
        Notizen=[["Bitte nicht vergessen"], ["Kaffee kaufen"]],
    )
    office: Importing = await importing()
    checked = await office.check(content)
    assert [part["kind"] for part in checked["parts"]] == ["organisations", "contacts", "volunteers", None]
    assert (await office.texts(1))[4][0].startswith("B: „Gibt es nicht“ ist weder in Ihrem Bereich eingetragen")
    done = await office.run(good_rows_only=True)
    assert [part["outcomes"] for part in done["parts"]] == [
        {"created": 1},
        {"created": 2, "refused": 1},
        {"created": 2},
        {},
    ]
    persons = (await world.officer.get("/persons", params={"name": "Erna"})).json()["items"]
    assert len(persons) == 1
    contacts = (await world.officer.get("/contacts", params={"person_id": persons[0]["id"]})).json()["items"]
    assert {contact["function"] for contact in contacts} == {"chair", "treasurer"}
    assert known["id"] in {contact["organisation_id"] for contact in contacts}
    undone = await office.undo()
    assert undone["state"] == "undone"
    assert (await world.officer.get("/persons", params={"name": "Erna"})).json()["items"] == []
    assert await listed(world) == {}
