"""Rows of whole files checked: every wrong cell is named by its place, in German."""

from datetime import date
from typing import Any

import pytest
from registry.spreadsheets.checking import CheckedRow, Checker
from registry.spreadsheets.columns import Layout
from registry.spreadsheets.mapping import find_header, suggest_mapping
from registry.spreadsheets.reading import open_table
from shared.i18n import Translator
from testkit.workbooks import delimited, file_of, ods, xlsx

from .lists import ASSOCIATIONS, VOLUNTEERS

GERMAN = Translator("registry")
HEADER = ["Verein", "Ort", "AGS", "Amtsgericht", "VR-Nummer", "Gegründet", "Freistellungsbescheid vom", "Einsatzfelder"]


async def check(content: bytes, layout: Layout = ASSOCIATIONS) -> list[CheckedRow]:
    with file_of(content) as file:
        async with open_table(file) as table:
            header = find_header(await table.first_rows(), layout)
            checker = Checker(layout, header, suggest_mapping(header, layout))
            return [checked async for row in table.rows() if (checked := checker.check(row))]


async def sentences(content: bytes, layout: Layout = ASSOCIATIONS) -> list[str]:
    return [problem.text(GERMAN) for row in await check(content, layout) for problem in row.problems]


def association(**cells: Any) -> list[Any]:
    good = ["Eiche e. V.", "Gossa", "15082241", "", "", "1994", "", "Kultur und Musik"]
    names = ["name", "village", "ags", "court", "number", "founded", "notice", "fields"]
    return [cells.get(name, value) for name, value in zip(names, good, strict=True)]


@pytest.mark.parametrize("make", [xlsx, ods, delimited])
async def test_a_good_list(make: Any) -> None:
    rows = [["Vereinsliste"], [], HEADER, association(), [], ["-"] * 8, association(name="Linde e. V.", fields="")]
    first, second = await check(make(rows))
    assert first.good
    assert first.number == 4
    assert first.values == {
        "name": "Eiche e. V.",
        "village": "gossa",
        "ags": "15082241",
        "register_court": None,
        "register_number": None,
        "founded": 1994,
        "notice_on": None,
        "fields": ["culture"],
    }
    assert (second.number, second.values["fields"]) == (7, None)


@pytest.mark.parametrize(
    ("cells", "sentence"),
    [
        ({"founded": "31.02.1990"}, "Zeile 3, Spalte F „Gegründet“: „31.02.1990“ ist keine Jahreszahl."),
        ({"notice": "31.02.2020"}, "Zeile 3, Spalte G „Freistellungsbescheid vom“: „31.02.2020“ ist kein Datum."),
        ({"name": ""}, "Zeile 3, Spalte A „Verein“: Bitte füllen Sie dieses Feld aus."),
        (
            {"ags": "1508224"},
            "Zeile 3, Spalte C „AGS“: „1508224“ ist kein Gemeindeschlüssel (AGS); er hat 8 Ziffern.",
        ),
        (
            {"ags": "15091241"},
            "Zeile 3, Spalte C „AGS“: Der Gemeindeschlüssel (AGS) einer Gemeinde dieses Landkreises beginnt mit 15082.",
        ),
        (
            {"fields": "Kultur und Musik; Feurwehr und Rettungsdienste"},
            "Zeile 3, Spalte H „Einsatzfelder“: „Feurwehr und Rettungsdienste“ steht nicht in der Liste. "
            "Meinten Sie „Feuerwehr und Rettungsdienste“?",
        ),
        ({"village": "Rom"}, "Zeile 3, Spalte B „Ort“: „Rom“ steht nicht in der Liste."),
        (
            {"name": '=HYPERLINK("http://x")'},
            'Zeile 3, Spalte A „Verein“: „=HYPERLINK("http://x")“ sieht aus wie eine Formel. '
            "Es wird als Text übernommen.",
        ),
        (
            {"name": "lang " * 50},
            f"Zeile 3, Spalte A „Verein“: „{'lang ' * 11}lang…“ ist zu lang; höchstens 200 Zeichen.",
        ),
    ],
)
@pytest.mark.parametrize("make", [xlsx, delimited])
async def test_one_wrong_cell(make: Any, cells: dict[str, str], sentence: str) -> None:
    rows = [HEADER, association(name="Linde"), association(**cells)]
    assert await sentences(make(rows)) == [sentence]


async def test_umlauts_of_cp1252_in_values_and_messages() -> None:
    content = delimited([HEADER, association(name="Grün-Weiß", village="Größdorf")], encoding="cp1252")
    (row,) = await check(content)
    assert row.values["name"] == "Grün-Weiß"
    assert row.problems[0].text(GERMAN) == "Zeile 2, Spalte B „Ort“: „Größdorf“ steht nicht in der Liste."


async def test_a_register_number_that_occurs_twice() -> None:
    rows = [
        HEADER,
        association(name="A", court="Stendal", number="VR 12"),
        association(name="B", court="Dessau", number="VR 12"),
        association(name="C", court="", number="VR 12"),
        association(name="D", court="", number="VR 12"),
        association(name="E", court="stendal", number="vr12"),
    ]
    assert await sentences(delimited(rows)) == [
        "Zeile 6, Spalte E „VR-Nummer“: „stendal, VR 12“ steht schon in Zeile 2."
    ]


async def test_addresses_that_differ_in_a_dot_are_two() -> None:
    header = ["Name", "E-Mail", "Einwilligung vom"]
    rows = [[f"Person {n}", mail, "1.1.2026"] for n, mail in enumerate(["a.b@example.org", "a-b@example.org"])]
    assert await sentences(delimited([header, *rows]), VOLUNTEERS) == []


async def test_a_hint_does_not_make_a_row_bad() -> None:
    (row,) = await check(delimited([HEADER, association(name="+1+cmd|' /C calc'!A0")]))
    assert row.good
    assert row.values["name"] == "+1+cmd|' /C calc'!A0"
    assert [(problem.code, problem.hint) for problem in row.problems] == [("formula", True)]


async def test_numbers_and_telephone_numbers_are_no_formulas() -> None:
    header = ["Name", "Telefon", "Einwilligung vom", "Bemerkung"]
    rows = [["Kim Muster", "+49 34955 20100", "1.1.2026", "- kommt gern\n- auch abends"]]
    (row,) = await check(delimited([header, *rows]), VOLUNTEERS)
    assert row.problems == []
    assert row.values["consent_on"] == date(2026, 1, 1)


async def test_a_column_without_title_has_its_letter() -> None:
    with file_of(delimited([["Name", ""], ["A", "6"]])) as file:
        async with open_table(file) as table:
            header = find_header(await table.first_rows(), ASSOCIATIONS)
    assert [title.letter for title in header.titles] == ["A", "B"]
