"""Files of each format, as they come from offices: what arrives, in which rows."""

import asyncio
import sys
import tempfile
from asyncio.subprocess import PIPE
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, BinaryIO, cast

import pytest
from registry.spreadsheets.errors import EmptySheet, TooManyColumns, TooManyRows, UnknownSheet
from registry.spreadsheets.formats import Format
from registry.spreadsheets.limits import Limits
from registry.spreadsheets.reading import Row, Sheet, list_sheets, open_table
from shared.sheets.cells import Cell
from testkit.workbooks import Formula, delimited, file_of, ods, xlsx

FILES = Path(__file__).parent / "files"
"""list.xls and protected.xls were made once with xlwt, protected.xlsx with msoffcrypto-tool (password: geheim)."""

PEOPLE: list[list[Cell]] = [["Name", "PLZ"], ["Käthe Großmann", "06774"], ["Öznur Weiß", "06773"]]


async def read(content: bytes, sheet: str | None = None, limits: Limits | None = None) -> list[Row]:
    with file_of(content) as file:
        async with open_table(file, sheet, limits or Limits()) as table:
            return [row async for row in table.rows()]


async def cells(content: bytes) -> list[list[Cell]]:
    return [row.cells for row in await read(content)]


@pytest.mark.parametrize(
    ("content", "format_"),
    [
        (xlsx(PEOPLE), Format.XLSX),
        (ods(PEOPLE), Format.ODS),
        (delimited(PEOPLE), Format.CSV),
        ((FILES / "list.xls").read_bytes(), Format.XLS),
    ],
)
async def test_the_format_is_found_by_content(content: bytes, format_: Format) -> None:
    with file_of(content) as file:
        async with open_table(file) as table:
            assert table.format is format_


@pytest.mark.parametrize("content", [xlsx(PEOPLE), ods(PEOPLE), delimited(PEOPLE)])
async def test_the_same_list_in_each_format(content: bytes) -> None:
    assert await read(content) == [Row(number, row) for number, row in enumerate(PEOPLE, start=1)]


@pytest.mark.parametrize("title", ["BMI", "MZ", "PK", "Rar", "%", "<"])
async def test_titles_that_begin_like_other_files(title: str) -> None:
    assert (await read(delimited([[title, "Name"]], encoding="utf-8")))[0].cells == [title, "Name"]


async def test_an_upload_that_is_still_in_memory() -> None:
    with tempfile.SpooledTemporaryFile(1_000_000) as file:
        file.write(delimited(PEOPLE))
        async with open_table(cast("BinaryIO", file)) as table:
            assert len([row async for row in table.rows()]) == 3


async def test_a_list_of_excel_97() -> None:
    content = (FILES / "list.xls").read_bytes()
    rows = await read(content)
    assert rows[0] == Row(1, ["Vereinsliste der Gemeinde"])
    assert rows[1].number == 3
    assert rows[2] == Row(4, ["Förderverein Grüne Straße e. V.", 6774.0, date(1994, 5, 17), 42.0, 12.5, True])
    assert rows[3].cells[:3] == ["Heimatfreunde Großwiese", "06774", "3.10.90"]
    with file_of(content) as file:
        assert await list_sheets(file) == [Sheet("Hinweise", False), Sheet("Vereine", False), Sheet("Alt", True)]
    assert await read(content, "Alt") == [Row(1, ["Verborgen"])]


async def test_typed_cells_of_xlsx() -> None:
    row: list[Any] = [6774, 1234.5, True, date(1990, 2, 3), datetime(1990, 2, 3, 12, 30), time(13, 30)]  # noqa: DTZ001
    assert await cells(xlsx([row])) == [row]


async def test_typed_cells_of_ods() -> None:
    row: list[Any] = [6774, 12.5, True, date(1990, 2, 3), "a & b"]
    assert await cells(ods([row])) == [row]


async def test_a_formula_gives_the_value_that_was_saved() -> None:
    assert await cells(xlsx([["Summe", Formula("=1+1", 2), Formula('="a"&"b"', "ab")]])) == [["Summe", 2, "ab"]]


async def test_text_that_begins_like_a_formula_is_text() -> None:
    row: list[Cell] = ['=HYPERLINK("http://example.org")', "+49 34955 20100", "-", "@verein"]
    assert await cells(xlsx([row])) == [row]
    assert await cells(delimited([row])) == [row]


async def test_texts_are_tidy() -> None:
    decomposed = "Scho\u0308ne\u00a0Aussicht "
    assert await cells(xlsx([[decomposed, "zwei\r\nZeilen"]])) == [["Schöne Aussicht", "zwei\nZeilen"]]


@pytest.mark.parametrize("make", [xlsx, ods, delimited])
async def test_empty_rows_are_left_out_and_the_others_keep_their_numbers(make: Any) -> None:
    rows = await read(make([["Liste"], [], ["", ""], ["Name", "", "Ort", ""], [], ["Anna", "", "Gossa"]]))
    assert rows == [Row(1, ["Liste"]), Row(4, ["Name", "", "Ort"]), Row(6, ["Anna", "", "Gossa"])]


async def test_a_list_that_begins_further_down_and_right() -> None:
    rows = await read(xlsx([["Name"], ["Anna"]], first_row=3, first_column=2))
    assert rows == [Row(4, ["", "", "Name"]), Row(5, ["", "", "Anna"])]


async def test_the_first_sheet_that_is_shown_and_holds_something() -> None:
    content = xlsx(PEOPLE, before={"Leer": [], "Verborgen": [["geheim"]]}, hidden=["Verborgen"])
    with file_of(content) as file:
        async with open_table(file) as table:
            assert table.sheet == "Liste"
            assert table.sheets == [Sheet("Leer", False), Sheet("Verborgen", True), Sheet("Liste", False)]
        async with open_table(file, "Verborgen") as table:
            assert [row async for row in table.rows()] == [Row(1, ["geheim"])]
        with pytest.raises(UnknownSheet):
            async with open_table(file, "Fehlt"):
                pass
        with pytest.raises(EmptySheet):
            async with open_table(file, "Leer"):
                pass


@pytest.mark.parametrize("count", [3, 1_200, 2_000])
async def test_first_rows_come_again(count: int) -> None:
    with file_of(delimited([[number] for number in range(count)])) as file:
        async with open_table(file) as table:
            for wanted in (3, 1_000, 10_000):
                first = await table.first_rows(wanted)
                assert [row.cells for row in first] == [[str(number)] for number in range(min(wanted, count))]
            assert [row.number async for row in table.rows()] == list(range(1, count + 1))
            assert [row async for row in table.rows()] == []


async def test_one_file_read_twice_at_the_same_time() -> None:
    content = delimited([[number, "x" * 500] for number in range(5_000)])
    with file_of(content) as file:
        async with open_table(file) as one, open_table(file) as other:
            others = other.rows()
            pairs = [(row, await anext(others)) async for row in one.rows()]
    assert len(pairs) == 5_000
    assert all(a == b for a, b in pairs)


@pytest.mark.parametrize("make", [xlsx, ods, delimited])
async def test_nothing_in_it(make: Any) -> None:
    for rows in ([], [["", ""]], [[" "]] if make is delimited else []):
        with pytest.raises(EmptySheet):
            await read(make(rows))


@pytest.mark.parametrize("make", [xlsx, ods, delimited])
async def test_limits_of_rows_and_columns(make: Any) -> None:
    limits = Limits(rows=3, columns=4)
    within = [["1", "2", "3", "4"]] * 3
    assert len(await read(make(within), limits=limits)) == 3
    with pytest.raises(TooManyRows) as rows:
        await read(make([*within, ["5"]]), limits=limits)
    assert rows.value.params == {"rows": 3}
    with pytest.raises(TooManyColumns) as columns:
        await read(make([["1", "2", "3", "4", "5"]]), limits=limits)
    assert columns.value.params == {"columns": 4}


VOLUNTEER = [
    "Kim{0}",
    "Muster",
    "kim{0}@example.org",
    "034955 {0:05}",
    "06774",
    "Gröbern",
    "Dorfstraße {0}",
    "1.1.1990",
]
VOLUNTEER += ["Sport und Bewegung; Kultur und Musik", "abends, am Wochenende", "fährt auch selbst zu Festen", "ja"]
READ_ALL = """
import asyncio, resource, sys
from registry.spreadsheets.reading import open_table

async def main():
    with open(sys.argv[1], "rb") as file:
        async with open_table(file) as table:
            rows = 0
            async for row in table.rows():
                rows += 1
    own = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))  # not its parent's, as ru_maxrss
    print(rows, int(own.split()[1]) // 1024, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)

asyncio.run(main())
"""


@pytest.mark.parametrize("make", [xlsx, delimited])
async def test_fifty_thousand_volunteers_in_one_file(make: Any, tmp_path: Path) -> None:
    path = tmp_path / "volunteers"
    path.write_bytes(make([cell.format(number) for cell in VOLUNTEER] for number in range(50_000)))
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", READ_ALL, str(path), stdout=PIPE)
    output, _ = await process.communicate()
    rows, own_megabytes, megabytes_of_reader = map(int, output.split())
    assert rows == 50_000
    assert own_megabytes < 100
    assert megabytes_of_reader < 300
