"""The process that reads one uploaded file and ends: `python -I -m registry.spreadsheets.extraction LIMITS SHEET`.

A spreadsheet of a few kilobytes can make a parser ask for hundreds of gigabytes (one cell in A1, one in XFD1048576),
and a parser that gets no memory aborts its whole process. So files are parsed in a process of their own that may
neither take more memory and time than `Limits` allow nor write anything, and that knows no secret of the service.

The file is its standard input. To its standard output it writes frames (4 bytes of length, big-endian, then JSON):
`{"format", "sheets", "sheet"}`, then `{"rows": [[number, cells], ...]}` as often as needed, then `{"end": true}`; or
`{"refused": code, "params": {}}` at any point. JSON, because the reader of a hostile file is not to be trusted either.
"""

import json
import resource
import struct
import sys
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, BinaryIO

from registry.spreadsheets.delimited import read_delimited
from registry.spreadsheets.formats import Format, Refused, format_of
from registry.spreadsheets.limits import Limits
from registry.spreadsheets.workbooks import Workbook

BATCH_ROWS, BATCH_CHARACTERS = 500, 200_000


def extract(file: BinaryIO, sheet: str | None, limits: Limits) -> Iterator[dict[str, Any]]:
    """The frames about one file."""
    try:
        kind = format_of(file, limits)
        if kind is Format.CSV:
            yield {"format": kind, "sheets": [], "sheet": ""}
            yield from _batches(read_delimited(file, limits), limits)
        else:
            workbook = Workbook(file)
            name, rows = workbook.rows(sheet, limits)
            yield {"format": kind, "sheets": workbook.sheets, "sheet": name}
            yield from _batches(rows, limits)
        yield {"end": True}
    except Refused as refused:
        yield {"refused": refused.code, "params": refused.params}


def _batches(rows: Iterator[tuple[int, list[Any]]], limits: Limits) -> Iterator[dict[str, Any]]:
    batch: list[tuple[int, list[Any]]] = []
    counted = characters = 0
    for number, cells in rows:
        while cells and _is_empty(cells[-1]):
            cells.pop()
        if not cells:
            continue
        counted += 1
        if counted > limits.rows:
            raise Refused("too_many_rows", rows=limits.rows)
        if len(cells) > limits.columns:
            raise Refused("too_many_columns", columns=limits.columns)
        for index, cell in enumerate(cells):
            if isinstance(cell, str):
                characters += len(cell)
                if len(cell) > limits.cell_length:
                    raise Refused("cell_too_long", row=number, column=index, characters=limits.cell_length)
        batch.append((number, cells))
        if len(batch) >= BATCH_ROWS or characters >= BATCH_CHARACTERS:
            yield {"rows": batch}
            batch, characters = [], 0
    if batch:
        yield {"rows": batch}
    if not counted:
        raise Refused("empty_sheet")


def _is_empty(cell: object) -> bool:
    return cell is None or (isinstance(cell, str) and (not cell or cell.isspace()))


def _tagged(value: object) -> list[Any]:
    """What JSON has no form for, as [tag, value]; `cells.untagged` reads it."""
    if isinstance(value, datetime):  # before date: it is one, too
        return ["moment", value.isoformat()]
    if isinstance(value, date):
        return ["day", value.isoformat()]
    if isinstance(value, time):
        return ["time", value.isoformat()]
    if isinstance(value, timedelta):
        return ["span", value.total_seconds()]
    raise TypeError(type(value).__name__)


def _confine(limits: Limits) -> None:
    for what, most in (
        (resource.RLIMIT_AS, limits.memory),
        (resource.RLIMIT_CPU, limits.seconds),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),  # a core would hold personal data
    ):
        resource.setrlimit(what, (most, most))


def main() -> None:
    limits, sheet = Limits(**json.loads(sys.argv[1])), json.loads(sys.argv[2])
    _confine(limits)
    out = sys.stdout.buffer
    # opened again, so that two processes that read the same file have a position each
    with Path("/dev/stdin").open("rb") as file:
        for frame in extract(file, sheet, limits):
            data = json.dumps(frame, default=_tagged, ensure_ascii=False, separators=(",", ":")).encode()
            out.write(struct.pack(">I", len(data)))
            out.write(data)
        out.flush()


if __name__ == "__main__":
    main()
