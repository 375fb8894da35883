"""csv from Excel, LibreOffice and older programs."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from registry.spreadsheets.delimited import delimiter_of, encoding_of, read_delimited
from registry.spreadsheets.formats import Refused
from registry.spreadsheets.limits import Limits
from testkit.workbooks import delimited

ROWS = [["Name", "Straße", "Beitrag"], ["Käthe Weiß", "Dorfstraße 1, OT Gröbern", "12,50"], ["Uwe Öhm", "Am Ring", "8"]]


def read(content: bytes, limits: Limits | None = None) -> list[list[str]]:
    return [cells for _, cells in read_delimited(io.BytesIO(content), limits or Limits())]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_every_encoding_and_delimiter(encoding: str, delimiter: str) -> None:
    assert read(delimited(ROWS, delimiter=delimiter, encoding=encoding)) == ROWS


def test_umlauts_far_below_decide_the_encoding() -> None:
    rows = [["Name"], *([["Anna"]] * 50_000), ["Jürgen"]]
    assert read(delimited(rows, encoding="cp1252"))[-1] == ["Jürgen"]
    assert read(delimited(rows, encoding="utf-8"))[-1] == ["Jürgen"]


def test_a_character_on_the_border_of_two_chunks() -> None:
    content = b"x" * 999_999 + "ü".encode()
    assert encoding_of(io.BytesIO(content)) == "utf-8"


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        ("Name;Felder\nAnna;Musik, Sport, Tanz\nUwe;Musik, Garten, Feuerwehr\n", ";"),
        ("Name,Felder\nAnna,Musik; Sport\nUwe,Musik; Garten\n", ","),
        ("Name\tBeitrag\nAnna\t12,50\nUwe\t8,50\n", "\t"),
        ("Vereinsliste, Stand 2026\nName;Ort;PLZ\nA;Gossa;06774\nB;Krina;06774\n", ";"),
        ("Name\nAnna\nUwe\n", ";"),
        ('Name;Ziel\n"A";"eins\n, zwei, drei"\nB;vier\n', ";"),
    ],
)
def test_the_delimiter_is_found(text: str, delimiter: str) -> None:
    assert delimiter_of(io.TextIOWrapper(io.BytesIO(text.encode()), "utf-8", newline=""), Limits()) == delimiter


def test_the_delimiter_that_excel_names() -> None:
    assert read(b"sep=,\r\nName,Ort;Teil\r\nAnna,Gossa\r\n") == [["Name", "Ort;Teil"], ["Anna", "Gossa"]]


def test_a_cell_with_line_breaks_is_in_one_row() -> None:
    content = b'Name;Ziele\r\n"Verein ""Eiche""";"Feste\r\nund mehr"\r\nB;C\r\n'
    numbered = list(read_delimited(io.BytesIO(content), Limits()))
    assert numbered[1:] == [(2, ['Verein "Eiche"', "Feste\r\nund mehr"]), (3, ["B", "C"])]


def test_a_quotation_mark_that_is_never_closed() -> None:
    content = b"Name;Ort\nAnna;Gossa\n" + b'"Uwe;Krina\n' + b"Ida;Plodda\n" * 10_000
    with pytest.raises(Refused) as refused:
        read(content)
    assert refused.value.code == "quote_not_closed"
    assert refused.value.params == {"row": 3}


@pytest.mark.parametrize("content", [b"a;\x81\x8d;b\n", b"a;b\n" * 3_000 + b"\0\n", b"\xff\xfe\x00\xd8\n\x00"])
def test_bytes_that_are_no_text(content: bytes) -> None:
    with pytest.raises(Refused) as refused:
        read(content)
    assert refused.value.code == "not_a_spreadsheet"


CELLS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]) | st.sampled_from(' ;,"=+-@'), max_size=20
)


@given(st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=1, max_size=10), st.sampled_from(["utf-8", "utf-16"]))
def test_what_is_written_with_a_header_is_read(rows: list[list[str]], encoding: str) -> None:
    header = ["Name", "Ort", "Ziele"]
    assume_text = [header, *[[cell.replace("'", "") for cell in row] for row in rows]]
    assert read(delimited(assume_text, encoding=encoding)) == assume_text
