"""Cells: what the reading process hands over, and their text as people see it in a German spreadsheet."""

import unicodedata
from datetime import date, datetime, time, timedelta
from typing import Any

Cell = str | int | float | bool | date | datetime | time | timedelta | None

_PLAIN: dict[int, str | None] = {
    **dict.fromkeys(map(ord, "\u00a0\u2007\u202f\u3000"), " "),
    **dict.fromkeys(map(ord, "\r\v\f\u0085\u2028\u2029"), "\n"),
    # zero width, soft hyphen, and marks of direction, which come along with copied telephone numbers
    **dict.fromkeys([0x200B, 0xFEFF, 0xAD, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)]),
}
_DASHES = frozenset({"", "-", "–", "—", "--", "---"})
MOST_WHOLE = 1e15  # Excel keeps 15 digits


def untagged(cell: Any) -> Cell:
    """The cell behind what `extraction` made of it; texts are `tidy` from here on."""
    if isinstance(cell, str):
        return tidy(cell)
    if not isinstance(cell, list):
        return cell  # type: ignore[no-any-return]
    tag, value = cell
    if tag == "day":
        return date.fromisoformat(value)
    if tag == "moment":
        return datetime.fromisoformat(value)  # on the wall clock of whoever wrote it
    return time.fromisoformat(value) if tag == "time" else timedelta(seconds=value)


def as_text(cell: Cell) -> str:
    """What a person sees: `06774`, `1234,5`, `03.02.1990`, `13:30`, `WAHR`."""
    if isinstance(cell, str):
        return cell
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "WAHR" if cell else "FALSCH"
    if isinstance(cell, int | float):
        return _number_as_text(cell)
    if isinstance(cell, datetime):
        return f"{cell:%d.%m.}{cell.year:04} {cell:%H:%M}"
    if isinstance(cell, date):
        return f"{cell:%d.%m.}{cell.year:04}"
    if isinstance(cell, time):
        return f"{cell:%H:%M}"
    minutes = round(cell.total_seconds() / 60)
    return f"{minutes // 60}:{minutes % 60:02}"


def tidy(text: str) -> str:
    """NFC; special blanks as plain ones, invisible characters gone, nothing around it; line breaks as \\n."""
    if not (text.isascii() and text.isprintable()):
        text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").translate(_PLAIN))
    return text.strip()


def is_blank(cell: Cell) -> bool:
    """Empty, or nothing but the dash that people write where there is nothing."""
    return cell is None or cell in _DASHES


def _number_as_text(number: float) -> str:
    if abs(number) < MOST_WHOLE and number == int(number):
        return str(int(number))
    return f"{number:.15g}".replace(".", ",")
