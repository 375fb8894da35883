"""Rows of an xlsx workbook, packed as they come.

XlsxWriter keeps rows in memory or in temporary files: 163 MB for 50,000 rows of 22 columns, and a container's /tmp has
64. So it makes the frame alone, a workbook without rows; rows are written into the sheet while it is packed anew.
"""

import io
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import BinaryIO
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

from xlsxwriter.utility import xl_col_to_name

_SHEET, _BOOK = "xl/worksheets/sheet1.xml", "xl/workbook.xml"
_SPECIAL = re.compile(r"_x[0-9a-fA-F]{4}_|[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


class Frame:
    """A workbook of one sheet without rows, whose filter ends at row 2. `letters` are its columns'."""

    def __init__(self, workbook: bytes, columns: int) -> None:
        self.letters = [xl_col_to_name(position) for position in range(columns)]
        with ZipFile(io.BytesIO(workbook)) as parts:
            self._parts = {name: parts.read(name) for name in parts.namelist()}

    @contextmanager
    def sheet(self, file: BinaryIO) -> Iterator[Callable[[str], None]]:
        """Write a workbook to `file`; inside, rows are added to the sheet by the function that is given."""
        head, tail = self._parts[_SHEET].decode().split("<sheetData/>")
        last = 0

        with ZipFile(file, "w", ZIP_DEFLATED) as packed:
            with packed.open(_SHEET, "w", force_zip64=True) as part:
                part.write(re.sub(r"<dimension [^>]*/>", "", head).encode() + b"<sheetData>")

                def write(rows: str) -> None:
                    nonlocal last
                    last += rows.count("</row>")
                    part.write(rows.encode())

                yield write
                part.write(f"</sheetData>{self._until(tail, last)}".encode())
            for name, content in self._parts.items():
                if name == _BOOK:
                    packed.writestr(name, self._until(content.decode(), last))
                elif name != _SHEET:
                    packed.writestr(name, content)

    def _until(self, text: str, last: int) -> str:
        """The range of the filter, as the sheet and the workbook write it, down to the last row."""
        column = self.letters[-1]
        row = max(last, 2)
        return text.replace(f"A1:{column}2", f"A1:{column}{row}").replace(f"$A$1:${column}$2", f"$A$1:${column}${row}")


def text_cell(letter: str, row: int, text: str, style: int) -> str:
    """A cell with text that stays text."""
    text = escape(_SPECIAL.sub(_escaped, text))
    return f'<c r="{letter}{row}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'


def number_cell(letter: str, row: int, number: float, style: int = 0) -> str:
    """A cell with a number, or with a day as the number of its day."""
    return f'<c r="{letter}{row}" s="{style}"><v>{number!r}</v></c>'


def _escaped(found: re.Match[str]) -> str:
    """As Excel writes what XML does not allow, and what looks as if it were that (ECMA-376 part 1, 22.9.2.19)."""
    text = found[0]
    return f"_x005F{text}" if len(text) > 1 else f"_x{ord(text):04X}_"
