"""Lists as files: what an independent reader finds in them, in whose scope, with which filter, and who is noted."""

import csv
import io
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import unquote

import httpx2
import pytest
import sqlalchemy as sa
from python_calamine import CalamineWorkbook
from shared.audit.tables import audit_entry
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from tests.registry.conftest import Volunteer, World, post
from tests.registry.imports.conftest import Importing

ConsentTo = Callable[..., Awaitable[Any]]


async def export(client: httpx2.AsyncClient, name: str, /, **params: str) -> list[dict[str, Any]]:
    """The rows of an exported workbook by their header, as calamine reads them."""
    answer = await client.get(f"/exports/{name}", params=params)
    assert answer.status_code == 200, answer.text
    book = CalamineWorkbook.from_filelike(io.BytesIO(answer.content))
    header, *rows = book.get_sheet_by_index(0).to_python()
    return [dict(zip(map(str, header), row, strict=True)) for row in rows]


async def test_organisations_keep_what_they_are(world: World) -> None:
    facts: dict[str, Any] = {
        "register_court": "Stendal",
        "register_number": "VR 0815",
        "fields": ["sport", "umwelt"],
        "areas": [{"kind": "village", "id": world.krina["id"]}, {"kind": "network", "id": world.network["id"]}],
        "founded": 1921,
        "goals": "=SUMME(1;2)",
    }
    await world.enter("Heimatverein Gossa e. V.", **facts)
    [row] = await export(await world.municipality_officer(), "organisations")
    assert row["Name"] == "Heimatverein Gossa e. V."
    assert (row["Ort"], row["Gemeinde"], row["AGS"], row["Art"]) == ("Gossa", "Muldestausee", "15082241", "Verein")
    assert row["Tätigkeitsfelder"] == "Sport und Bewegung; Umwelt, Naturschutz und Tierschutz"
    assert row["Einsatzgebiete"] == "Netzwerk Heidedörfer; Krina"
    assert row["Gründungsjahr"] == 1921
    assert row["Ziele"] == "=SUMME(1;2)"  # a text: calamine gives formulas no value


@pytest.mark.parametrize("name", ["organisations", "volunteers", "contacts"])
async def test_an_export_is_imported_again(
    world: World, volunteer: Volunteer, sessions: async_sessionmaker[AsyncSession], name: str
) -> None:
    await world.appoint(await world.enter("Heimatverein Gossa e. V.", fields=["sport"], founded=1921, goals="Erhalten"))
    areas = [{"kind": "village", "id": world.gossa["id"]}, {"kind": "municipality", "id": world.muldestausee["id"]}]
    await volunteer(name="Kim Großmann", areas=areas, rhythm="regular", times=[{"weekday": 6, "daytime": "morning"}])
    work = Importing(world.officer, sessions)
    await work.check((await world.officer.get(f"/exports/{name}")).content)
    assert await work.texts() == {}
    assert len(await work.rows()) == 1


async def test_a_list_holds_the_callers_scope_and_follows_its_filters(world: World) -> None:
    await world.enter("Heimatverein", fields=["sport"])
    await world.enter("Entwurf", publication="draft")
    await world.enter("Anglerverein", village=world.krina)
    await world.enter("Feuerwehrverein", village=world.loeberitz)
    office = await world.municipality_officer()
    assert [row["Name"] for row in await export(office, "organisations")] == ["Anglerverein", "Heimatverein"]
    assert [row["Name"] for row in await export(office, "organisations", field="sport")] == ["Heimatverein"]
    drafts = await export(office, "organisations", publication="draft")
    assert [(row["Name"], row["Veröffentlichung"]) for row in drafts] == [("Entwurf", "Entwurf")]
    assert await export(await world.foreign_officer(), "organisations", village_id=world.gossa["id"]) == []


async def test_csv_opens_in_a_german_excel_and_keeps_formulas_inert(world: World) -> None:
    await world.enter("Heimatverein", goals="=HYPERLINK(1)")
    answer = await world.officer.get("/exports/organisations", params={"format": "csv"})
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert "Organisationen" in unquote(answer.headers["content-disposition"])
    assert answer.content.startswith("\ufeff".encode())
    [row] = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";")
    assert row["Ziele"] == "'=HYPERLINK(1)"


async def test_volunteers_are_exported_with_what_they_agreed_to(
    world: World, volunteer: Volunteer, consent_to: ConsentTo, sessions: async_sessionmaker[AsyncSession]
) -> None:
    one = await volunteer(
        name="Kim Großmann", phone="03493 412345", areas=[{"kind": "village", "id": world.gossa["id"]}]
    )
    await consent_to(one["person"]["id"], "newsletter")
    await volunteer(name="Ferne Helferin", areas=[{"kind": "village", "id": world.loeberitz["id"]}])
    [row] = await export(await world.municipality_officer(), "volunteers")
    assert (row["Name"], row["Einsatzgebiete"], row["Rundbrief"], row["Fotos"]) == (
        "Kim Großmann",
        "Gossa",
        "ja",
        "nein",
    )
    entries = sa.select(audit_entry.c.persons).where(audit_entry.c.action == "volunteers.exported")
    async with sessions() as session:
        assert [[str(person) for person in persons] for persons in await session.scalars(entries)] == [
            [one["person"]["id"]]
        ]


async def test_free_times_are_one_column_that_is_imported_again(
    world: World, volunteer: Volunteer, sessions: async_sessionmaker[AsyncSession]
) -> None:
    free = [(1, "morning"), *((6, part) for part in ("morning", "afternoon", "evening"))]
    one = await volunteer(times=[{"weekday": day, "daytime": part} for day, part in free])
    content = (await world.officer.get("/exports/volunteers")).content
    [row] = await export(world.officer, "volunteers")
    assert row["Freie Zeiten"] == "Mo vormittags, Sa ganztags"
    assert not {"Wochentage", "Tageszeiten"} & row.keys()
    path = f"/volunteers/{one['id']}"
    assert (await world.officer.patch(path, json={"times": [{"weekday": 2, "daytime": "evening"}]})).is_success
    work = Importing(world.officer, sessions)
    await work.check(content)
    await work.client.put(f"/imports/{work.id}/parts/0/choice", json={"choice": "overwrite"})
    assert (await work.run())["parts"][0]["outcomes"] == {"overwritten": 1}
    times = (await world.officer.get(path)).json()["times"]
    assert [(time["weekday"], time["daytime"]) for time in times] == free


async def test_letters_go_to_volunteers_who_may_be_asked(world: World, volunteer: Volunteer) -> None:
    address = {"street": "Dorfstraße 1", "postcode": "06774", "town": "Gossa"}
    await volunteer(name="Dr. Kim von der Heide", email="kim@post.example", **address)
    paused = await volunteer(name="Petra Pause", email="petra@post.example")
    await post(world.officer, f"/volunteers/{paused['id']}/pause")
    gone = await volunteer(name="Gerd Gegangen", email="gerd@post.example")
    left = await world.officer.post(f"/volunteers/{gone['id']}/departure", json={"channel": "telephone"})
    assert left.status_code == 204
    [row] = await export(world.officer, "volunteers", format="mail_merge")
    assert row["Anrede"] == "Guten Tag Dr. Kim von der Heide,"
    assert (row["Postleitzahl"], row["Wohnort"]) == ("06774", "Gossa")


async def test_contacts_are_exported_and_written_to(world: World, sessions: async_sessionmaker[AsyncSession]) -> None:
    appointed = await world.appoint(await world.enter("Heimatverein"), "Erna Beispiel")
    [row] = await export(world.officer, "contacts")
    assert (row["Name"], row["Funktion"], row["Verein"], row["Ort"]) == (
        "Erna Beispiel",
        "Vorsitz",
        "Heimatverein",
        "Gossa",
    )
    assert await export(world.officer, "contacts", name="Muster") == []
    assert len(await export(world.officer, "contacts", name="beispiel")) == 1
    [letter] = await export(world.officer, "contacts", format="mail_merge")
    assert letter["Anrede"] == "Guten Tag Erna Beispiel,"
    entries = sa.select(audit_entry.c.persons).where(audit_entry.c.action == "contacts.exported")
    async with sessions() as session:
        noted = [[str(person) for person in persons] for persons in await session.scalars(entries)]
    assert noted == [[appointed["person"]["id"]]] * 3


async def test_consents_are_exported_by_purpose(world: World, volunteer: Volunteer, consent_to: ConsentTo) -> None:
    one = await volunteer(name="Kim Großmann", email="kim@post.example")
    await consent_to(one["person"]["id"], "newsletter")
    await volunteer(name="Petra Still", email="petra@post.example")
    rows = await export(await world.municipality_officer(), "consents", purpose="newsletter")
    assert [(row["Name"], row["E-Mail"], row["Einwilligung"], row["Wie"]) for row in rows] == [
        ("Kim Großmann", "kim@post.example", "Rundbrief", "Papier")
    ]
    assert await export(await world.foreign_officer(), "consents") == []


async def test_places_leads_and_fields(world: World) -> None:
    await world.lead(await world.enter("Heimatverein"))
    [lead] = await export(world.officer, "lead-mandates")
    assert (lead["Ort"], lead["Federführender Verein"], lead["Bis"]) == ("Gossa", "Heimatverein", "")
    assert [row["Ort"] for row in await export(world.officer, "villages", text="gossa")] == ["Gossa"]
    assert [row["Ort"] for row in await export(world.officer, "villages", text="15082440")] == ["Löberitz"]
    seat = {"ags": "15082500", "name": "Heideland", "municipality_ids": [world.zoerbig["id"]]}
    await post(world.officer, "/mergers", **seat, effective_on="2026-01-01")
    for day, name in (("2025-12-31", "Zörbig"), ("2026-01-01", "Heideland")):
        [then] = await export(world.officer, "villages", text="löberitz", on=day)
        assert (then["Ort"], then["Gemeinde"]) == ("Löberitz", name)
    villages = await export(world.officer, "villages", network=world.network["slug"])
    assert [(row["Ort"], row["Gemeinde"], row["Netzwerk"]) for row in villages] == [
        ("Gossa", "Muldestausee", "Heidedörfer"),
        ("Krina", "Muldestausee", "Heidedörfer"),
    ]
    assert [(row["Gemeinde"], row["Anzahl Orte"]) for row in await export(world.officer, "municipalities")] == [
        ("Heideland", 1),
        ("Muldestausee", 3),
    ]
    assert len(await export(world.officer, "fields-of-activity")) == 14


async def test_needs_and_offers(world: World) -> None:
    one = await world.enter("Heimatverein")
    facts = {"side": "need", "kind": "people", "organisation_id": one["id"], "title": "Helfer für das Dorffest"}
    await post(world.officer, "/help-entries", **facts, weekdays=[6, 7], wanted=3)
    [row] = await export(world.officer, "help-entries")
    assert (row["Art"], row["Titel"], row["Wochentage"], row["Anzahl"]) == (
        "Bedarf",
        "Helfer für das Dorffest",
        "Samstag; Sonntag",
        3,
    )
    assert await export(await world.municipality_officer(), "help-entries") == [row]
    assert await export(await world.foreign_officer(), "help-entries") == []


async def test_a_list_longer_than_what_is_read_at_once_is_whole(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.sheets.files.AT_ONCE", 2)
    for number in range(5):
        await world.enter(f"Verein {number}")
    rows = await export(world.officer, "organisations")
    assert [row["Name"] for row in rows] == [f"Verein {number}" for number in range(5)]


async def test_a_wrong_filter_is_refused_in_german(world: World) -> None:
    answer = await world.officer.get("/exports/volunteers", params={"weekday": "9", "format": "pdf"})
    assert answer.status_code == 422
    assert {error["field"] for error in answer.json()["errors"]} == {"weekday", "format"}
