"""A list of needs and offers, from the file to the directory and back."""

from datetime import date
from typing import Any

from shared.contracts.registry import NeedPublished, NeedWithdrawn, OfferPublished

from tests.registry.conftest import Outbox, World, post
from tests.registry.imports.conftest import Importing, Sheet, workbook

TITLES = [
    "Art",
    "Titel",
    "Verein",
    "Was",
    "Ort",
    "Reicht bis",
    "Tätigkeitsfelder",
    "Von",
    "Bis",
    "Wochentage",
    "Anzahl",
]
FEST = ["Gesuch", "Zelt aufbauen", "Heimatverein", "Helfer", "Krina", "Netzwerk Heidedörfer", "Kultur und Musik",
        date(2027, 6, 4), date(2027, 6, 6), "Fr; Sa", "ca. 4"]  # fmt: skip
SAAL = ["Biete", "Vereinsheim", "Heimatverein", "Räume", None, None, None, None, None, None, None]


def helping(*rows: list[Any]) -> bytes:
    return workbook(**{"Bedarfe und Angebote": [TITLES, *rows]})


async def listed(world: World) -> dict[str, Any]:
    answer = await world.officer.get("/help-entries", params={"limit": 50})
    return {one["title"]: one for one in answer.json()["items"]}


async def test_a_list_becomes_needs_and_offers(importing: Any, world: World, outbox: Outbox) -> None:
    one = await world.enter("Heimatverein")
    office: Importing = await importing()
    checked = await office.check(helping(FEST, SAAL))
    assert checked["parts"][0]["kind"] == "help_entries"
    assert checked["parts"][0]["wrong"] == 0, await office.texts()
    assert (await office.run())["parts"][0]["outcomes"] == {"created": 2}
    found = await listed(world)
    need, offer = found["Zelt aufbauen"], found["Vereinsheim"]
    assert (need["side"], need["kind"], need["organisation_id"]) == ("need", "people", one["id"])
    assert (need["village_id"], need["area"]["id"]) == (world.krina["id"], world.network["id"])
    assert (need["starts_on"], need["ends_on"], need["weekdays"], need["wanted"]) == (
        "2027-06-04",
        "2027-06-06",
        [5, 6],
        4,
    )
    assert need["fields"] == ["kultur"]
    assert (offer["side"], offer["kind"], offer["village_id"]) == ("offer", "rooms", world.gossa["id"])
    assert [event.data.title for event in await outbox.of(NeedPublished)] == ["Zelt aufbauen"]
    assert [event.data.title for event in await outbox.of(OfferPublished)] == ["Vereinsheim"]


async def test_wrong_rows_are_named_by_row_and_column(importing: Any, world: World) -> None:
    await world.enter("Heimatverein")
    await world.enter("Entwurf", publication="draft")
    await world.enter("Chor")
    await world.enter("Chor", village=world.krina)
    rows: Sheet = [
        ["Art", "Titel", "Verein", "Was", "Ort", "Von", "Bis", "Anzahl", "Stand"],
        ["Geschenk", "Saft", "Heimatverein", "Räume", None, None, None, None, None],
        ["Bedarf", "Saft", "Heimattverein", "Räume", None, None, None, None, None],
        ["Bedarf", "Saft", "Entwurf", "Räume", None, None, None, None, None],
        ["Bedarf", "Saft", "Chor", "Räume", None, None, None, None, None],
        ["Bedarf", "Saft", "Heimatverein", "Räume", None, date(2027, 5, 2), date(2027, 5, 1), None, None],
        ["Bedarf", "Zelt", "Heimatverein", "Räume", None, "31.02.2027", None, 0, None],
        ["Bedarf", "Auto", "Heimatverein", "Räume", None, None, None, None, "erledigt"],
        ["Bedarf", "Saft", "Chor", "Räume", "Krina", None, None, None, None],
    ]
    await (office := await importing()).check(workbook(Bedarfe=rows))
    texts = await office.texts()
    assert texts == {
        2: ["A: „Geschenk“ steht nicht in der Liste."],
        3: ["C: „Heimattverein“ ist weder in Ihrem Bereich eingetragen noch steht es in dieser Datei."],
        4: ["C: Nur eine Organisation, deren Eintrag öffentlich ist, kann suchen und bieten."],
        5: ["C: „Chor“ gibt es mehrmals. Bitte auch den Ort angeben."],
        6: ["G: Das Ende liegt vor dem Anfang."],
        7: ["H: „0“ ist keine Zahl von 1 bis 1000.", "F: „31.02.2027“ ist kein Datum."],
        8: [
            "I: Nur was offen ist, lässt sich neu eintragen. Bitte nehmen Sie heraus, was vergeben, erledigt oder "
            "zurückgezogen ist."
        ],
    }


async def test_only_the_offices_own_organisations_get_entries(importing: Any, world: World) -> None:
    await world.enter("Heimatverein")
    office: Importing = await importing(await world.foreign_officer())
    await office.check(helping(SAAL))
    assert (await office.texts())[2][0].startswith("C: „Heimatverein“ ist weder in Ihrem Bereich eingetragen")


async def test_organisations_and_their_needs_come_in_one_file(importing: Any, world: World) -> None:
    office: Importing = await importing()
    content = workbook(
        Bedarfe=[TITLES, FEST], Vereine=[["Verein", "Ort", "Mitglieder"], ["Heimatverein", "Gossa", "40"]]
    )
    checked = await office.check(content)
    assert [part["kind"] for part in checked["parts"]] == ["help_entries", "organisations"]
    await office.run()
    assert (await listed(world))["Zelt aufbauen"]["village_id"] == world.krina["id"]


async def test_what_is_there_already_is_skipped_completed_or_overwritten(importing: Any, world: World) -> None:
    one = await world.enter("Heimatverein")
    facts = {"side": "need", "kind": "people", "organisation_id": one["id"], "title": "zelt aufbauen", "wanted": 2}
    known = await post(world.officer, "/help-entries", **facts)

    async def decide(choice: str) -> Any:
        office: Importing = await importing()
        await office.check(helping(FEST))
        (row,) = await office.rows("known")
        assert (row["choice"], row["matches"][0]["id"]) == ("skip", known["id"])
        path = f"/imports/{office.id}/parts/0/rows/2/choice"
        assert (await office.client.put(path, json={"choice": choice})).is_success
        done = await office.run()
        entry = (await world.officer.get(f"/help-entries/{known['id']}")).json()
        return done["parts"][0]["outcomes"], entry["wanted"], entry["weekdays"]

    assert await decide("skip") == ({"skipped": 1}, 2, [])
    assert await decide("complete") == ({"completed": 1}, 2, [5, 6])
    assert await decide("overwrite") == ({"overwritten": 1}, 4, [5, 6])
    assert await decide("overwrite") == ({"unchanged": 1}, 4, [5, 6])
    assert await decide("new") == ({"created": 1}, 4, [5, 6])


async def test_undo_takes_back_what_nobody_has_asked_about(importing: Any, world: World, outbox: Outbox) -> None:
    one = await world.enter("Heimatverein")
    await world.appoint(one)
    facts = {"side": "need", "kind": "people", "organisation_id": one["id"], "title": "Festwiese mähen", "wanted": 2}
    known = await post(world.officer, "/help-entries", **facts)
    mowing = ["Bedarf", "Festwiese mähen", *FEST[2:]]
    asked = ["Bedarf", "Bühne aufbauen", *FEST[2:]]
    office: Importing = await importing()
    await office.check(helping(FEST, mowing, asked))
    await office.client.put(f"/imports/{office.id}/parts/0/choice", json={"choice": "overwrite"})
    assert (await office.run())["parts"][0]["outcomes"] == {"created": 2, "overwritten": 1}
    found = await listed(world)
    other = await world.enter("Kulturverein", village=world.krina)
    await world.appoint(other, "Karl Kultur")
    offer = {"side": "offer", "kind": "people", "organisation_id": other["id"], "title": "Wir bauen auf"}
    area = {"kind": "network", "id": world.network["id"]}
    helping_hand = await post(world.officer, "/help-entries", **offer, area=area, fields=["kultur"])
    need = found["Bühne aufbauen"]["id"]
    await post(world.officer, f"/help-entries/{need}/requests", offer_id=helping_hand["id"])
    outlook = (await world.officer.get(f"/imports/{office.id}/undo")).json()
    assert {kept["name"]: (kept["kind"], kept["reason"]) for kept in outlook["kept"]} == {
        "Bühne aufbauen": ("help_entry", "used")
    }
    assert (await office.undo())["state"] == "undone"
    left = await listed(world)
    assert left.keys() == {"Festwiese mähen", "Bühne aufbauen", "Wir bauen auf"}
    assert (left["Festwiese mähen"]["id"], left["Festwiese mähen"]["wanted"]) == (known["id"], 2)
    (withdrawn,) = await outbox.of(NeedWithdrawn)
    assert str(withdrawn.data.entry_id) == found["Zelt aufbauen"]["id"]
