"""Lists as xlsx and csv, from rows that come one by one.

xlsx is what people get: it opens everywhere with postcodes, telephone numbers and dates as they are. csv is for other
programs; Excel opens it, too, but reads `06774` in it as a number.
"""

import asyncio
import csv
import io
import re
from collections.abc import AsyncIterable, AsyncIterator, Mapping, Sequence
from datetime import date
from typing import Any, BinaryIO, cast

from xlsxwriter.core import Core
from xlsxwriter.packager import Packager
from xlsxwriter.workbook import Workbook as XlsxWorkbook
from xlsxwriter.worksheet import Worksheet

from shared.sheets.cells import as_text
from shared.sheets.columns import ColumnOnly, KindOnly, ShownColumn, ShownKind, Style
from shared.sheets.inert import guard
from shared.sheets.streaming import Frame, number_cell, text_cell

LANGUAGE = "de-DE"
LONGEST_CELL = 32_767  # characters, of Excel
MOST_ROWS = 1_048_575  # of Excel, below the header
TEXT_FORMAT = 49  # Excel's built-in one: a cell stays text when somebody edits it
BATCH = 200  # rows between two pauses for everything else in this process
EARLIEST = date(1900, 3, 1)  # Excel's calendar has a 29 February 1900 and nothing before that year
DAY_ZERO = date(1899, 12, 30)
_FORMATS = {Style.TEXT: 1, Style.DAY: 2}  # places in the workbook's list of formats
_BOLD = 3
LONGEST_FIELD_NAME = 40  # characters: Word's limit for merge fields

Rows = AsyncIterable[Mapping[str, Any]]
"""Values by column name; None or no value at all: an empty cell."""


class TooManyForExcel(Exception):
    """A list has more rows than a sheet; lists of a district are far shorter."""


async def write_xlsx(file: BinaryIO, columns: Sequence[ShownColumn], rows: Rows, *, title: str) -> int:
    """Write a workbook of one sheet to `file`; returns the number of rows below the header.

    Rows go packed into `file` as they come: neither memory nor a temporary file grows with them (`streaming`). Text is
    always text, never a formula or link.
    """
    frame = Frame(_frame(columns, title), len(columns))
    count = 0
    with frame.sheet(file) as write:
        titles = zip(frame.letters, columns, strict=True)
        header = (text_cell(letter, 1, column.header, _BOLD) for letter, column in titles)
        waiting = [f'<row r="1">{"".join(header)}</row>']
        async for row in rows:
            count += 1
            if count > MOST_ROWS:
                raise TooManyForExcel
            cells = (
                _cell(letter, count + 1, column, row) for letter, column in zip(frame.letters, columns, strict=True)
            )
            waiting.append(f'<row r="{count + 1}">{"".join(cells)}</row>')
            if count % BATCH == 0:
                write("".join(waiting))
                waiting.clear()
                await asyncio.sleep(0)
        write("".join(waiting))
    return count


def _frame(columns: Sequence[ShownColumn], title: str) -> bytes:
    """The workbook without its rows. Its formats have the numbers in `_FORMATS`."""
    file = io.BytesIO()
    workbook = _Workbook(file, {"in_memory": True})
    workbook.set_properties({"title": title, "language": LANGUAGE})
    sheet = workbook.add_worksheet(_sheet_name(title))
    text, day = workbook.add_format({"num_format": TEXT_FORMAT}), workbook.add_format({"num_format": "dd.mm.yyyy"})
    bold = workbook.add_format({"bold": True, "bottom": 1, "text_wrap": False})
    formats = {Style.TEXT: text, Style.DAY: day, Style.NUMBER: None}
    for format_, number in ((text, _FORMATS[Style.TEXT]), (day, _FORMATS[Style.DAY]), (bold, _BOLD)):
        assert format_._get_xf_index() == number  # noqa: S101, SLF001 - in the order in which they are asked for
    for position, column in enumerate(columns):
        width = max(column.kind.width, len(column.header) + 4)  # room for the arrow of the filter
        sheet.set_column(position, position, width, formats[column.kind.style])
    _lay_out(sheet)
    sheet.autofilter(0, 0, 1, max(len(columns) - 1, 0))
    workbook.close()
    return file.getvalue()


async def csv_chunks(columns: Sequence[ShownColumn], rows: Rows) -> AsyncIterator[bytes]:
    """The same list as csv for a German Excel: `;`, UTF-8 with mark, DD.MM.YYYY, 1234,5; formulas inert."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    buffer.write("\ufeff")
    writer.writerow([guard(column.header) for column in columns])
    count = 0
    async for row in rows:
        count += 1
        shown = ((column, _shown(column.kind, row.get(column.name))) for column in columns)
        writer.writerow(
            [guard(as_text(value)) if column.kind.style is Style.TEXT else as_text(value) for column, value in shown]
        )
        if count % BATCH == 0:
            yield _taken(buffer)
            await asyncio.sleep(0)
    yield _taken(buffer)


async def write_mail_merge(file: BinaryIO, columns: Sequence[ShownColumn], rows: Rows) -> int:
    """A data source for Word's mail merge; see `field_names` for the header. Returns the number of rows.

    Word reads the first sheet through the database driver of Office, with the field names in its first row and nothing
    above. That driver guesses each column's type from the first rows and leaves what does not fit blank, and gives
    numbers and dates without their format: so every cell is text here.
    """
    names = field_names([column.header for column in columns])
    merged = [
        ColumnOnly(column.name, name, _as_text_kind(column.kind)) for column, name in zip(columns, names, strict=True)
    ]
    return await write_xlsx(file, merged, rows, title="Serienbrief")


def field_names(headers: Sequence[str]) -> list[str]:
    """Names that Word takes for merge fields as they are.

    Letters, digits and underscores, a letter first, at most 40 characters, no two the same.
    """
    names: list[str] = []
    for header in headers:
        name = re.sub(r"\W+", "_", header).strip("_")[:LONGEST_FIELD_NAME] or "Feld"
        if not name[0].isalpha():
            name = f"F_{name}"[:LONGEST_FIELD_NAME]
        known = {other.casefold() for other in names}
        candidates = (f"{name[: LONGEST_FIELD_NAME - 4]}_{number}" for number in range(2, len(headers) + 2))
        names.append(name if name.casefold() not in known else next(c for c in candidates if c.casefold() not in known))
    return names


def _as_text_kind(kind: ShownKind) -> ShownKind:
    return KindOnly(lambda value: as_text(kind.show(value)), width=kind.width)


def _shown(kind: ShownKind, value: Any) -> str | int | float | date | None:
    return None if value is None else kind.show(value)


def _cell(letter: str, row: int, column: ShownColumn, values: Mapping[str, Any]) -> str:
    value = _shown(column.kind, values.get(column.name))
    if value is None or value == "":
        return ""
    if isinstance(value, date):
        if value >= EARLIEST:
            return number_cell(letter, row, (value - DAY_ZERO).days, _FORMATS[Style.DAY])
        value = as_text(value)
    if isinstance(value, str):
        return text_cell(letter, row, _fitting(value), _FORMATS[Style.TEXT])
    return number_cell(letter, row, value)


def _fitting(text: str) -> str:
    return text if len(text) <= LONGEST_CELL else text[: LONGEST_CELL - 1] + "…"


def _lay_out(sheet: Worksheet) -> None:
    """The header stays in sight, on the screen and on each printed page; A4 landscape, one page wide."""
    sheet.freeze_panes(1, 0)
    sheet.repeat_rows(0)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)


def _sheet_name(title: str) -> str:
    """Excel allows 31 characters, none of []:*?/\\, and no apostrophe at either end."""
    return re.sub(r"[\[\]:*?/\\]", " ", title)[:31].strip(" '") or "Liste"


def _taken(buffer: io.StringIO) -> bytes:
    data = buffer.getvalue().encode()
    buffer.seek(0)
    buffer.truncate()
    return data


class _Core(Core):  # type: ignore[misc]
    """XlsxWriter has no property for the language (Dublin Core's `language`, ECMA-376 part 2, section 11.1)."""

    def _write_cp_content_status(self) -> None:
        super()._write_cp_content_status()
        self._xml_data_element("dc:language", self.properties["language"])


class _Packager(Packager):  # type: ignore[misc]
    def _write_core_file(self) -> None:
        core = _Core()
        core._set_properties(self.workbook.doc_properties)  # noqa: SLF001
        core._set_xml_writer(self._filename("docProps/core.xml"))  # noqa: SLF001
        core._assemble_xml_file()  # noqa: SLF001


class _Workbook(XlsxWorkbook):  # type: ignore[misc]
    def _get_packager(self) -> Packager:
        return cast("Packager", _Packager())
