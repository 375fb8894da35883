"""Days of the calendar as people type them into German spreadsheets."""

import re
from datetime import date, datetime

from shared.sheets.cells import Cell, as_text

from registry.clock import today

_MONTHS = (
    ("januar", "jan", "jänner"),
    ("februar", "feb"),
    ("märz", "mrz", "maerz", "mär"),
    ("april", "apr"),
    ("mai",),
    ("juni", "jun"),
    ("juli", "jul"),
    ("august", "aug"),
    ("september", "sep", "sept"),
    ("oktober", "okt"),
    ("november", "nov"),
    ("dezember", "dez"),
)
_MONTH = {name: number for number, names in enumerate(_MONTHS, start=1) for name in names}
_GERMAN = re.compile(r"(\d{1,2})\.\s*(\d{1,2})\.\s*(\d{4}|\d{2})(\s+00:00(:00)?)?", re.ASCII)
_WITH_MONTH = re.compile(r"(\d{1,2})\.?\s*([A-Za-zäÄ]+)\.?\s*(\d{4})", re.ASCII)
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})([T ]00:00(:00)?)?", re.ASCII)


def parse_day(cell: Cell) -> date | None:
    """The day of a date cell, of `24.12.1998`, `4.2.98`, `24. Dezember 1998` or `1998-12-24`; None for all else.

    A year of two digits is the last such year, or one of the coming ten.
    """
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    if not isinstance(cell, str):
        return None
    value = as_text(cell)
    if found := _GERMAN.fullmatch(value):
        return _day_of(_full_year(found[3]), int(found[2]), int(found[1]))
    if found := _ISO.fullmatch(value):
        return _day_of(int(found[1]), int(found[2]), int(found[3]))
    if found := _WITH_MONTH.fullmatch(value):
        return _day_of(int(found[3]), _MONTH.get(found[2].lower(), 0), int(found[1]))
    return None


def _full_year(digits: str) -> int:
    if len(digits) == 4:
        return int(digits)
    latest = today().year + 10
    return latest - (latest - int(digits)) % 100


def _day_of(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
