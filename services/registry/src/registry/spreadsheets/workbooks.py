"""Rows of xlsx, xls and ods workbooks.

Runs in the process that reads (`extraction`): standard library and python-calamine only. Formulas are never calculated:
a cell gives the value that the program which saved the file left in it; macros are not looked at.
"""

from collections.abc import Iterator
from typing import Any, BinaryIO

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    SheetMetadata,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from registry.spreadsheets.formats import Refused
from registry.spreadsheets.limits import Limits


class Workbook:
    """Raises `Refused` for what is damaged or larger than the limits."""

    def __init__(self, file: BinaryIO) -> None:
        file.seek(0)
        try:
            self._workbook = CalamineWorkbook.from_filelike(file)
        except (CalamineError, OSError, ValueError):
            raise Refused("damaged_file") from None
        metadata = [sheet for sheet in self._workbook.sheets_metadata if sheet.typ is SheetTypeEnum.WorkSheet]
        self.sheets = [{"name": sheet.name, "hidden": _is_hidden(sheet)} for sheet in metadata]

    def rows(self, name: str | None, limits: Limits) -> tuple[str, Iterator[tuple[int, list[Any]]]]:
        """The sheet's name, and number (from 1) and cells (from column A) of each of its rows.

        Without a name: the first sheet that is shown and holds something.
        """
        if name is not None and name not in {sheet["name"] for sheet in self.sheets}:
            raise Refused("unknown_sheet", sheet=name)
        wanted = [name] if name is not None else [sheet["name"] for sheet in self.sheets if not sheet["hidden"]]
        for candidate in wanted:
            sheet = self._load(str(candidate))
            if sheet.end is not None:
                return sheet.name, _rows(sheet, limits)
        raise Refused("empty_sheet")

    def _load(self, name: str) -> CalamineSheet:
        try:
            return self._workbook.get_sheet_by_name(name)
        except (CalamineError, OSError, ValueError):
            raise Refused("damaged_file") from None


def _rows(sheet: CalamineSheet, limits: Limits) -> Iterator[tuple[int, list[Any]]]:
    _, before = sheet.start or (0, 0)
    if sheet.end is not None and sheet.end[1] >= limits.columns:
        raise Refused("too_many_columns", columns=limits.columns)
    margin = [""] * before
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        yield number, margin + cells


def _is_hidden(sheet: SheetMetadata) -> bool:
    return sheet.visible is not SheetVisibleEnum.Visible
