"""Spreadsheet files as people and attackers make them, and what is inside of those that we make."""

import csv
import io
import tempfile
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any, BinaryIO, cast
from xml.sax.saxutils import escape

import xlsxwriter

XLSX_SHEET = "xl/worksheets/sheet1.xml"
_ODF = "urn:oasis:names:tc:opendocument:xmlns"
_ODS_KIND = "application/vnd.oasis.opendocument.spreadsheet"


def file_of(content: bytes) -> BinaryIO:
    """A real file without a name, as an upload is kept."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the object
    file.write(content)
    file.seek(0)
    return cast("BinaryIO", file)


def xlsx(
    rows: Iterable[Sequence[Any]],
    *,
    sheet: str = "Liste",
    before: Mapping[str, Iterable[Sequence[Any]]] | None = None,
    hidden: Sequence[str] = (),
    first_row: int = 0,
    first_column: int = 0,
) -> bytes:
    """A workbook by XlsxWriter; `before` are other sheets in front of it. Strings that begin with = are text."""
    buffer = io.BytesIO()
    workbook = xlsxwriter.Workbook(buffer, {"strings_to_formulas": False, "strings_to_urls": False})
    formats = {date: "dd.mm.yyyy", datetime: "dd.mm.yyyy hh:mm", time: "hh:mm"}
    made = {kind: workbook.add_format({"num_format": form}) for kind, form in formats.items()}
    for name, content in {**(before or {}), sheet: rows}.items():
        worksheet = workbook.add_worksheet(name)
        if name in hidden:
            worksheet.hide()
        for row_number, row in enumerate(content, start=first_row):
            for column, value in enumerate(row, start=first_column):
                if isinstance(value, Formula):
                    worksheet.write_formula(row_number, column, value.formula, None, value.result)
                elif value is not None:
                    worksheet.write(row_number, column, value, made.get(type(value)))
    workbook.close()
    return buffer.getvalue()


class Formula:
    """A formula cell, and the value that the program which saved it had calculated."""

    def __init__(self, formula: str, result: Any) -> None:
        self.formula, self.result = formula, result


def ods(rows: Iterable[Sequence[Any]], *, manifest: str = "", repeated: int = 1) -> bytes:
    """A workbook in the OpenDocument format, with the endless empty rows that LibreOffice puts below a list."""
    lines = "".join(
        f'<table:table-row table:number-rows-repeated="{repeated}">{"".join(map(_ods_cell, row))}</table:table-row>'
        for row in rows
    )
    names = " ".join(f'xmlns:{name}="{_ODF}:{name}:1.0"' for name in ("office", "table", "text"))
    endless = '<table:table-cell table:number-columns-repeated="16384"/>'
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {names}><office:body><office:spreadsheet>'
        f'<table:table table:name="Liste">{lines}<table:table-row table:number-rows-repeated="1000000">{endless}'
        "</table:table-row></table:table></office:spreadsheet></office:body></office:document-content>"
    )
    listed = (
        f'<manifest:manifest xmlns:manifest="{_ODF}:manifest:1.0"><manifest:file-entry manifest:full-path="/" '
        f'manifest:media-type="{_ODS_KIND}"/>{manifest}</manifest:manifest>'
    )
    return packed({"mimetype": _ODS_KIND, "META-INF/manifest.xml": listed, "content.xml": content})


def _ods_cell(value: Any) -> str:
    if value is None or value == "":
        return "<table:table-cell/>"
    if isinstance(value, bool):
        kind = f'office:value-type="boolean" office:boolean-value="{str(value).lower()}"'
    elif isinstance(value, date):
        kind = f'office:value-type="date" office:date-value="{value.isoformat()}"'
    elif isinstance(value, int | float):
        kind = f'office:value-type="float" office:value="{value}"'
    else:
        kind = 'office:value-type="string"'
    return f"<table:table-cell {kind}><text:p>{escape(str(value))}</text:p></table:table-cell>"


def delimited(rows: Iterable[Sequence[Any]], *, delimiter: str = ";", encoding: str = "utf-8-sig") -> bytes:
    """csv as Excel writes it."""
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(rows)
    return text.getvalue().encode(encoding)


def packed(parts: Mapping[str, str | bytes]) -> bytes:
    """A zip archive of these files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def unpacked(archive: bytes) -> dict[str, bytes]:
    """The files of a zip archive."""
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}
