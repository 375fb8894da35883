"""Rows of csv files as Excel, LibreOffice and older programs write them.

Runs in the process that reads (`extraction`): standard library only.
"""

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from typing import BinaryIO

from shared.sheets.inert import unguard

from registry.spreadsheets.formats import Refused
from registry.spreadsheets.limits import Limits

CHUNK = 1_000_000  # bytes
SAMPLE = 100  # rows
DELIMITERS = ";\t,"
_NAMED_DELIMITER = re.compile(r"sep=([;,\t])\r?\n?", re.IGNORECASE)  # Excel's own way to name it: not a row
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def read_delimited(file: BinaryIO, limits: Limits) -> Iterator[tuple[int, list[str]]]:
    """Number and cells of each row. Rows are counted as Excel does: a cell with line breaks is still in one row."""
    encoding = encoding_of(file)
    file.seek(0)
    text = io.TextIOWrapper(file, encoding, newline="")
    named = _NAMED_DELIMITER.fullmatch(text.readline(10))
    if named:
        delimiter = named[1]
    else:
        text.seek(0)
        delimiter = delimiter_of(text, limits)
        text.seek(0)
    # One cell may need twice its length while its quotes are still doubled; the exact limit is checked afterwards.
    csv.field_size_limit(2 * limits.cell_length + 2)
    number = 0
    reader = csv.reader(text, delimiter=delimiter)
    try:
        for number, cells in enumerate(reader, start=1):
            yield number, [unguard(cell) for cell in cells]
    except csv.Error:
        # a quotation mark that is never closed swallows the rest of the file
        raise Refused("quote_not_closed", row=number + 1) from None


def encoding_of(file: BinaryIO) -> str:
    """utf-8 with or without mark, utf-16 with mark (Excel's "Unicode text"), else cp1252 (Excel's "CSV")."""
    file.seek(0)
    start = file.read(4)
    marked = next((encoding for mark, encoding in _MARKS if start.startswith(mark)), None)
    for encoding in ("utf-8", "cp1252") if marked is None else (marked,):
        if _decodes(file, encoding):
            return encoding
    raise Refused("not_a_spreadsheet")


def _decodes(file: BinaryIO, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    file.seek(0)
    try:
        while chunk := file.read(CHUNK):
            if "\0" in decoder.decode(chunk):
                return False
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def delimiter_of(text: io.TextIOWrapper, limits: Limits) -> str:
    """The delimiter that cuts the first rows into the most columns of the same number.

    One that already stands in the first row goes before one that only later rows have: `Name;Felder` is followed by
    `Anna;Musik, Sport`.
    """
    best, best_score = DELIMITERS[0], (False, 0.0)
    csv.field_size_limit(2 * limits.cell_length + 2)
    for delimiter in DELIMITERS:
        text.seek(0)
        widths = []
        try:
            for cells in csv.reader(text, delimiter=delimiter):
                if any(cells):
                    widths.append(len(cells))
                if len(widths) == SAMPLE:
                    break
        except csv.Error:
            continue
        if not widths:
            continue
        width, rows = Counter(widths).most_common(1)[0]
        score = (width > 1 and widths[0] > 1, (width - 1) * rows / len(widths))
        if score > best_score:
            best, best_score = delimiter, score
    return best
