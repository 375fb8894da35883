"""Taking one's data along, being forgotten, and looking up how far it is."""

import asyncio
import io
import json
import re
import zipfile
from datetime import UTC, datetime
from typing import Any

import pytest
from portal.documents import render
from portal.erasures.proof import make_proof
from portal.own_data.archive import make_archive, readable
from shared.errors import Unavailable
from shared.i18n import Translator
from testkit.pages import pdf_text

INJECTIONS = [
    '#panic("x")', '#read("/etc/passwd")', "$ x $ *fett* _kursiv_", "= Überschrift", "\\u{41} `code` <label> @ref",
    '"); #import "x"', "</script><b>", "//kommentar", "/* offen", "😀 ‮txt", "]#[", "\x00\x07",
]  # fmt: skip
TRANSLATE = Translator("portal")
NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


def held_about(name: str) -> dict[str, Any]:
    """A service's answer."""
    part = {
        "key": "person", "title": "Wie Sie heißen", "purpose": "Erreichbarkeit.", "legal_basis": "Art. 6",
        "kept": "2 Jahre",
        "labels": {"name": "Name", "created_at": "Eingetragen am", "gone": "Fehlt"},
        "rows": [{"name": name, "created_at": "2026-03-01T12:00:00Z", "gone": None}],
    }  # fmt: skip
    return {"service": "registry", "person_id": "x", "parts": [part, {**part, "rows": []}]}


async def test_the_archive_holds_everything_to_read_and_for_computers(tmp_path: Any) -> None:
    archive = await make_archive([held_about("Erna Beispiel")], TRANSLATE, NOW, "Dorfnetz")
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        assert opened.namelist() == ["Meine-Daten.pdf", "registry.json"]
        assert json.loads(opened.read("registry.json")) == held_about("Erna Beispiel")
        document = opened.read("Meine-Daten.pdf")
    assert document.startswith(b"%PDF")
    assert b"/StructTreeRoot" in document, "tagged, for screen readers"
    shown = pdf_text(document, tmp_path)
    for expected in (
        "Meine gespeicherten Daten",
        "Erna Beispiel",
        "1. März 2026",
        "Wofür: Erreichbarkeit.",
        "Nichts gespeichert.",
    ):
        assert expected in shown, shown


def test_codes_are_words_for_people() -> None:
    part = {
        "key": "consent", "title": "Einwilligungen", "purpose": "Nachweis.", "legal_basis": "Art. 7", "kept": "3 Jahre",
        "labels": {"purpose": "Wofür", "channel": "Wie", "guardian": "Sorgeberechtigte Person"},
        "rows": [{"purpose": "newsletter", "channel": "paper", "guardian": "paper"}],
    }  # fmt: skip
    shown = readable([{"service": "registry", "parts": [part]}], TRANSLATE, NOW, "Dorfnetz")
    (row,) = shown["services"][0]["parts"][0]["rows"]
    assert row == [
        ["Wofür", "E-Mails über neue Treffen"],
        ["Wie", "auf Papier"],
        ["Sorgeberechtigte Person", "paper"],  # a name is never a code
    ]


@pytest.mark.parametrize("typed", INJECTIONS)
async def test_what_somebody_typed_is_shown_and_not_run(typed: str, tmp_path: Any) -> None:
    document = await render("own_data", readable([held_about(typed)], TRANSLATE, NOW, typed))
    assert document.startswith(b"%PDF")
    if typed.isascii() and typed.isprintable():
        assert "".join(typed.split()) in "".join(pdf_text(document, tmp_path).split())


async def test_a_document_that_takes_too_long_is_given_up() -> None:
    with pytest.raises(Unavailable):
        await render("own_data", readable([held_about("x")], TRANSLATE, NOW, ""), longest=0.001)


async def test_the_proof_names_who_is_missing(tmp_path: Any) -> None:
    confirmation = {"service": "events", "confirmed_at": "2026-11-22T10:00:00Z", "receipt": "eyJ" + "x" * 300}
    missing = {"service": "portal", "confirmed_at": None, "receipt": None}
    document = await make_proof(
        {
            "number": "4K7PM9TRA2", "requested_at": "2026-11-22T09:59:00Z", "completed_at": None, "subject": "1234",
            "origin": "retention",
            "confirmations": [confirmation, missing],
        },
        TRANSLATE, "Dorfnetz",
    )  # fmt: skip
    assert document.startswith(b"%PDF")
    shown = pdf_text(document, tmp_path)
    assert "4K7PM-9TRA2" in shown
    assert "hat noch nicht bestätigt" in shown
    assert "automatisch nach Ablauf der Aufbewahrungsfrist" in shown


async def test_erase_oneself_and_look_up_the_state_without_login(platform: Any) -> None:
    organisation = await platform.enter("Heimatverein")
    browser = await platform.logged_in_as_contact_of(organisation)
    asked = await browser.get("/konto/loeschen")
    assert "Das lässt sich nicht rückgängig machen" in asked.text
    refused = await browser.post("/konto/loeschen", data={})
    assert refused.status_code == 422
    assert "Bitte setzen Sie das Häkchen" in refused.text
    done = await browser.post("/konto/loeschen", data={"sicher": "ja"})
    assert done.status_code == 303, done.text
    state = await browser.get(done.headers["location"])
    assert "Die Löschung läuft" in state.text
    assert "durch die Person" in state.text
    number = re.search(r"<strong>(\w{5}-\w{5})</strong>", state.text)
    assert number
    assert (await browser.get("/konto")).status_code == 303, "still logged in"
    anybody = await platform.browser()
    again = await anybody.get("/loeschung", params={"nummer": number[1].lower()})
    assert "Stand einer Löschung" in again.text
    assert "fehlt" in again.text
    assert (await anybody.get("/loeschung", params={"nummer": "0000000000"})).status_code == 404
    proof = await anybody.get("/loeschung/nachweis.pdf", params={"nummer": number[1]})
    assert proof.content.startswith(b"%PDF")
    assert "Karla" not in (await anybody.get("/loeschung/nachweis.json", params={"nummer": number[1]})).text


async def test_staff_erase_somebody_and_see_who_is_missing(platform: Any) -> None:
    contact = await platform.appoint(await platform.enter("Heimatverein"))
    browser = await platform.logged_in()
    address = f"/personen/{contact['person']['id']}/loeschen"
    assert "Erna Beispiel löschen?" in (await browser.get(address)).text
    done = await browser.post(address, data={"sicher": "ja"})
    assert done.status_code == 303, done.text
    shown = await browser.get(done.headers["location"])
    assert "durch die Verwaltung" in shown.text
    listed = await browser.get("/loeschungen")
    assert "Nachrichten" in listed.text, "notifications does not run in this test: it is named"
    assert (await browser.get(address)).status_code == 404


async def test_the_last_officer_is_told_why_not(platform: Any) -> None:
    browser = await platform.logged_in()
    assert "einzige Zugang des Landkreises" in (await browser.get("/konto/loeschen")).text


async def test_the_portal_confirms_and_forgets_open_sessions(platform: Any) -> None:
    """The erasure reaches the portal's worker: it closes the sessions and signs its receipt."""
    browser = await platform.logged_in_as_contact_of(await platform.enter("Heimatverein"))
    done = await browser.post("/konto/loeschen", data={"sicher": "ja"})
    assert done.status_code == 303
    anybody = await platform.browser()
    for _ in range(200):
        state = await anybody.get(done.headers["location"])
        if state.text.count("bestätigt") >= 3:
            break
        await asyncio.sleep(0.1)
    assert re.search(r"Es fehlt noch: Nachrichten\.", state.text), "registry, events and portal have confirmed"
