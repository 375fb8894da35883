"""Cells as people type them, of every kind."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st
from registry.spreadsheets import kinds
from registry.spreadsheets.choices import choice, choices, several
from registry.spreadsheets.kinds import Kind
from registry.spreadsheets.problems import WrongCell
from shared.sheets.cells import Cell, as_text, is_blank, tidy

FIELDS = {
    1: "Sport und Bewegung",
    2: "Kinder, Jugend und Schule",
    3: "Freiwillige Feuerwehr",
    4: "Feuerwehr",
    5: "Musik",
}


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (None, ""),
        (6774.0, "6774"),
        (1234.5, "1234,5"),
        (0.1 + 0.2, "0,3"),
        (-3.0, "-3"),
        (1e20, "1e+20"),
        (float("nan"), "nan"),
        (True, "WAHR"),
        (date(990, 2, 3), "03.02.0990"),
        (datetime(1990, 2, 3, 4, 5), "03.02.1990 04:05"),  # noqa: DTZ001
        (time(13, 30), "13:30"),
        (timedelta(days=1, hours=12), "36:00"),
    ],
)
def test_cells_as_people_see_them(cell: Cell, text: str) -> None:
    assert as_text(cell) == text


@pytest.mark.parametrize("text", ["", "-", "–", "—"])
def test_blank_cells(text: str) -> None:
    assert is_blank(text)


def test_what_is_not_blank() -> None:
    assert not any(is_blank(cell) for cell in ("0", 0, 0.0, False, "- Musik", "?"))


def test_invisible_characters_and_other_line_breaks() -> None:
    assert tidy("\u202a+49 34955 20100\u202c\ufeff") == "+49 34955 20100"
    assert tidy("eins\vzwei\u2028drei") == "eins\nzwei\ndrei"
    assert tidy("a\u00ad\u0308") == "ä"


@given(st.text())
def test_tidying_twice_changes_nothing_more(text: str) -> None:
    assert tidy(tidy(text)) == tidy(text)


@time_machine.travel("2026-11-22T12:00:00Z", tick=False)
@pytest.mark.parametrize(
    ("kind", "cell", "value"),
    [
        (kinds.LINE, "Heimat-\nverein", "Heimat- verein"),
        (kinds.LINE, 42.0, "42"),
        (kinds.PROSE, "eins\nzwei", "eins\nzwei"),
        (kinds.DAY, "24.12.1998", date(1998, 12, 24)),
        (kinds.DAY, "4.2.98", date(1998, 2, 4)),
        (kinds.DAY, "4. 2. 26", date(2026, 2, 4)),
        (kinds.DAY, "1.1.36", date(2036, 1, 1)),
        (kinds.DAY, "1.1.37", date(1937, 1, 1)),
        (kinds.DAY, "24. Dezember 1998", date(1998, 12, 24)),
        (kinds.DAY, "3 mär. 2020", date(2020, 3, 3)),
        (kinds.DAY, "1998-12-24", date(1998, 12, 24)),
        (kinds.DAY, "24.12.1998 00:00:00", date(1998, 12, 24)),
        (kinds.DAY, datetime(1998, 12, 24, 18, 0), date(1998, 12, 24)),  # noqa: DTZ001
        (kinds.DAY, date(1998, 12, 24), date(1998, 12, 24)),
        (kinds.YEAR, 1994.0, 1994),
        (kinds.YEAR, "1876", 1876),
        (kinds.YEAR, "17.5.1994", 1994),
        (kinds.YEAR, date(1994, 5, 17), 1994),
        (kinds.WHOLE, "1.234", 1234),
        (kinds.WHOLE, 12.0, 12),
        (kinds.WHOLE, "-3", -3),
        (kinds.ABOUT, "ca. 40", 40),
        (kinds.ABOUT, "rund 1.200", 1200),
        (kinds.ABOUT, 40.0, 40),
        (kinds.DECIMAL, "1.234,5", 1234.5),
        (kinds.DECIMAL, "1 234,50", 1234.5),
        (kinds.DECIMAL, "12.5", 12.5),
        (kinds.DECIMAL, 12.5, 12.5),
        (kinds.YES_NO, "ja", True),
        (kinds.YES_NO, "X", True),
        (kinds.YES_NO, 1.0, True),
        (kinds.YES_NO, True, True),
        (kinds.YES_NO, "Nein", False),
        (kinds.YES_NO, False, False),
        (kinds.POSTCODE, 6774.0, "06774"),
        (kinds.POSTCODE, "06774", "06774"),
        (kinds.POSTCODE, "D-06774", "06774"),
        (kinds.AGS, 15082241.0, "15082241"),
        (kinds.AGS, "15 082 241", "15082241"),
        (kinds.AGS, 1001000.0, "01001000"),
        (kinds.EMAIL, "Anna.Muster@Example.ORG", "Anna.Muster@example.org"),
        (kinds.PHONE, "034955/20 100", "+493495520100"),
        (kinds.PHONE, 3495520100.0, "+493495520100"),
        (kinds.PHONE, 493495520100.0, "+493495520100"),
        (kinds.PHONE, 4921123456.0, "+494921123456"),  # Emden's area code begins with the country code
        (kinds.PHONE, "+43 1 234567", "+431234567"),
        (kinds.WEB_ADDRESS, "www.example.org/verein", "https://www.example.org/verein"),
        (kinds.WEB_ADDRESS, "http://example.org", "http://example.org/"),
        (kinds.REGISTER_NUMBER, "vr1234", "VR 1234"),
        (kinds.REGISTER_NUMBER, "VR: 1234 b", "VR 1234 B"),
        (kinds.REGISTER_NUMBER, 1234.0, "1234"),
        (kinds.REGISTER_NUMBER, "GNR 12", "GnR 12"),
        (choice(FIELDS), "FREIWILLIGE  FEUERWEHR", 3),
        (choice(FIELDS, {"FFW": 3}), "ffw", 3),
        (choices(FIELDS), "Musik; Feuerwehr;Musik", [5, 4]),
        (choices(FIELDS), "Musik, Kinder, Jugend und Schule, Feuerwehr", [5, 2, 4]),
        (choices(FIELDS), "Kinder, Jugend und Schule", [2]),
        (choices(FIELDS), "• Musik\n• Feuerwehr", [5, 4]),
        (several(kinds.EMAIL), "a@example.org, b@example.org", ["a@example.org", "b@example.org"]),
        (several(kinds.POSTCODE), 6774.0, ["06774"]),
    ],
)
def test_what_is_understood(kind: Kind, cell: Cell, value: Any) -> None:
    read = kind.read(cell)
    assert read == value
    assert type(read) is type(value)


@pytest.mark.parametrize(
    ("kind", "cell", "code"),
    [
        (kinds.LINE, "x" * 201, "too_long"),
        (kinds.LINE, "Ver\x07ein", "characters"),
        (kinds.LINE, "Verein\u202eniereV", "characters"),
        (kinds.DAY, "31.02.1990", "date"),
        (kinds.DAY, "29.2.2023", "date"),
        (kinds.DAY, "0.1.2023", "date"),
        (kinds.DAY, "1.13.2023", "date"),
        (kinds.DAY, "9/11/2024", "date"),
        (kinds.DAY, "3. Foo 2020", "date"),
        (kinds.DAY, "September 2024", "date"),
        (kinds.DAY, 45000.0, "date"),  # a day to Excel, but 45000 to the person who looks at it
        (kinds.DAY, "1.1.0990", "date_range"),
        (kinds.DAY, "١.١.٢٠٢٠", "date"),
        (kinds.YEAR, "94", "year"),
        (kinds.YEAR, "um 1990", "year"),
        (kinds.YEAR, 1994.5, "year"),
        (kinds.YEAR, 45000.0, "year"),
        (kinds.WHOLE, "12,5", "whole_number"),
        (kinds.WHOLE, 0.5, "whole_number"),
        (kinds.WHOLE, float("inf"), "number"),
        (kinds.DECIMAL, float("nan"), "number"),
        (kinds.DECIMAL, "9" * 400, "number"),
        (kinds.WHOLE, True, "number"),
        (kinds.WHOLE, "viele", "number"),
        (kinds.DECIMAL, "1.23,4", "number"),
        (kinds.YES_NO, "vielleicht", "yes_no"),
        (kinds.YES_NO, 2.0, "yes_no"),
        (kinds.POSTCODE, "6774", "postcode"),  # as text nobody has taken its zero away
        (kinds.POSTCODE, "067745", "postcode"),
        (kinds.POSTCODE, "٠٦٧٧٤", "postcode"),
        (kinds.AGS, "1508224", "ags"),
        (kinds.AGS, "150822411", "ags"),
        (kinds.EMAIL, "anna@", "email"),
        (kinds.EMAIL, "anna@example.org; uwe@example.org", "email"),
        (kinds.PHONE, "2010", "phone"),
        (kinds.PHONE, "siehe Aushang", "phone"),
        (kinds.WEB_ADDRESS, "javascript:alert(1)", "url"),
        (kinds.WEB_ADDRESS, "keine", "url"),
        (kinds.REGISTER_NUMBER, "x" * 51, "register_number"),
        (choice(FIELDS), "Raumfahrt", "unknown_option"),
        (choices(FIELDS), "a;" * 51, "too_many_parts"),
        (several(kinds.EMAIL), "a@example.org; b@", "email"),
    ],
)
def test_what_is_wrong(kind: Kind, cell: Cell, code: str) -> None:
    with pytest.raises(WrongCell) as wrong:
        kind.read(cell)
    assert wrong.value.code == code


@pytest.mark.parametrize(
    ("kind", "cell", "params"),
    [
        (choice(FIELDS), "Feurwehr", {"suggestion": "Feuerwehr"}),
        (choice(FIELDS), "Freiwilige Feuerwehr", {"suggestion": "Freiwillige Feuerwehr"}),
        (
            choices(FIELDS),
            "Musik; Sport u. Bewegung",
            {"value": "Sport u. Bewegung", "suggestion": "Sport und Bewegung"},
        ),
        (choices(FIELDS), "Musik, Raumfahrt", {"value": "Raumfahrt"}),
        (choice(FIELDS), "???", {}),
        (several(kinds.EMAIL), "a@example.org; b@", {"value": "b@"}),
    ],
)
def test_what_is_said_about_it(kind: Kind, cell: Cell, params: dict[str, str]) -> None:
    with pytest.raises(WrongCell) as wrong:
        kind.read(cell)
    assert wrong.value.params == params


DAYS = st.dates(date(1900, 1, 1), date(2199, 12, 31))
PHONES = st.integers(0, 9_999_999).map(lambda number: f"+4934955{number:07}")


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        (kinds.DAY, DAYS),
        (kinds.YEAR, st.integers(1000, 2199)),
        (kinds.WHOLE, st.integers(-(10**12), 10**12)),
        (kinds.DECIMAL, st.integers(-(10**9), 10**9).map(lambda cents: cents / 100)),
        (kinds.YES_NO, st.booleans()),
        (kinds.POSTCODE, st.integers(0, 99_999).map(lambda number: f"{number:05}")),
        (kinds.AGS, st.integers(0, 99_999_999).map(lambda number: f"{number:08}")),
        (kinds.PHONE, PHONES),
        (kinds.REGISTER_NUMBER, st.integers(1, 99_999).map(lambda number: f"VR {number}")),
        (choice(FIELDS), st.sampled_from(sorted(FIELDS))),
        (choices(FIELDS), st.lists(st.sampled_from(sorted(FIELDS)), min_size=1, unique=True)),
        (several(kinds.POSTCODE), st.just(["06774", "06773"])),
    ],
)
def test_what_is_shown_is_read_again(kind: Kind, values: st.SearchStrategy[Any]) -> None:
    """As a cell of xlsx, and as a person types it or csv holds it."""

    @given(values)
    def there_and_back(value: Any) -> None:
        shown = kind.show(value)
        assert kind.read(shown) == value
        assert kind.read(as_text(shown)) == value

    there_and_back()


@pytest.mark.parametrize("kind", [value for value in vars(kinds).values() if isinstance(value, Kind)])
def test_any_cell_is_read_or_named_as_wrong(kind: Kind) -> None:
    cells = (
        st.text().map(tidy) | st.floats() | st.booleans() | st.dates() | st.datetimes() | st.times() | st.timedeltas()
    )

    @given(cells)
    def read(cell: Cell) -> None:
        if not is_blank(cell):
            try:
                kind.read(cell)
            except WrongCell as wrong:
                assert wrong.code  # noqa: PT017 - either way is right

    read()
