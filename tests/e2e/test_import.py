"""A list from Excel through the pages of what is shipped, without JavaScript: columns, preview, import, undo."""

import time
from pathlib import Path
from typing import Any

import pytest
from testkit.pages import Form, Page, Visitor
from testkit.platforms import standalone
from testkit.workbooks import xlsx

pytestmark = [pytest.mark.timeout(300), pytest.mark.xdist_group("e2e")]

ASSOCIATIONS: list[list[Any]] = [
    ["Vereine in der Dübener Heide, Stand 2026"],
    [],
    ["Verein", "Ortsteil", "Bereich", "Gegründet", "Vorsitzende", "Telefon"],
    ["Kranichfreunde Gröbern", "Gröbern", "Umwelt, Naturschutz und Tierschutz", 1991, "Grit Kranich", "034955 20123"],
    ["Backhausverein Krina", "Krina", "Kultur und Musik", "31.02.1990", "Berta Brot", "034955 20999"],
]
VOLUNTEERS = [
    ["Name", "E-Mail", "Einsatzfelder", "Ort", "Einwilligung vom"],
    ["Nele Neuling", "nele@post.example", "Sport und Bewegung", "Gossa", "01.03.2026"],
]


def test_a_list_goes_in_and_out_again(tmp_path: Path) -> None:
    content = xlsx(VOLUNTEERS, sheet="Freiwillige", before={"Vereine": ASSOCIATIONS})
    with standalone(tmp_path / "data") as running, Visitor(running.url) as officer:
        login = officer.open("/demo/anmelden")
        officer.send(next(form for form in login.forms if ("person", "landkreis") in form.fields))
        page = officer.upload(_form(officer.open("/importe"), "/importe"), "Vereine.xlsx", content)
        assert "Welche Spalte ist was?" in page.text
        where = page.path
        page = officer.send(_form(page, "/spalten"), do="check")
        page = _until(officer, where, "Das würde geschehen")
        assert "Spalte D „Gegründet“: „31.02.1990“ ist keine Jahreszahl." in page.text
        officer.send(_form(page, "/start"))
        page = _until(officer, where, "Die Liste ist importiert")
        assert page.text.count("Neu eingetragen") >= 2
        entry = officer.open(page.link("Eintrag öffnen"))
        assert "Kranichfreunde Gröbern" in entry.text
        assert "Nele Neuling" in officer.open("/freiwillige").text
        officer.send(_form(officer.open(f"{where}/rueckgaengig"), "/rueckgaengig"))
        _until(officer, where, "Der Import ist zurückgenommen")
        assert "Nele Neuling" not in officer.open("/freiwillige").text
        assert officer.open("/importe").link("Vereine.xlsx").endswith(where)


def _form(page: Page, action: str) -> Form:
    return next(form for form in page.forms if form.action.endswith(action))


def _until(visitor: Visitor, path: str, words: str) -> Page:
    """The page as soon as the worker has come to this step."""
    deadline = time.monotonic() + 120
    while words not in (page := visitor.open(path)).text:
        assert page.status == 200, page.text
        assert time.monotonic() < deadline, page.text
        time.sleep(0.2)
    return page
