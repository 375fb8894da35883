"""Kinds of cells: how each is read from what people type, and how it is shown in exports.

`read` gets a cell that is not blank and returns the value, or raises `WrongCell`. `show` is its counterpart: reading
what it shows gives the same value again.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import phonenumbers
from pydantic import TypeAdapter, ValidationError
from shared.dates import in_berlin
from shared.i18n import N_
from shared.inputs import FIRST_DAY, LAST_DAY, Email, WebAddress, plain_text
from shared.sheets.cells import MOST_WHOLE, Cell, as_text
from shared.sheets.columns import Style
from shared.web.problems import FieldError

from registry.inputs import Ags, Phone, register_number
from registry.spreadsheets.days import parse_day
from registry.spreadsheets.problems import WrongCell

LONGEST_REGISTER_NUMBER = 50


@dataclass(frozen=True, slots=True)
class Kind:
    """`formulas_matter`: a text that begins like a formula is worth a hint (it is kept as text all the same)."""

    read: Callable[[Cell], Any]
    show: Callable[[Any], str | int | float | date] = str
    style: Style = Style.TEXT
    width: int = 18  # characters, of the column in exports
    formulas_matter: bool = False


def text(longest: int, *, lines: bool = False) -> Callable[[Cell], str]:
    """A reader of texts of at most `longest` characters; without `lines`, line breaks and tabs become blanks."""

    def read(cell: Cell) -> str:
        value = as_text(cell)
        if not lines and ("\n" in value or "\t" in value):
            value = " ".join(value.split())
        if len(value) > longest:
            raise WrongCell("too_long", N_("“{value}” is too long; at most {longest} characters."), longest=longest)
        if not (value.isprintable() and value[:1].isalnum()):  # what `plain_text` has nothing to object to
            try:
                value = plain_text(value, lines=lines)
            except FieldError:
                raise WrongCell("characters", N_("“{value}” holds characters that cannot be displayed.")) from None
        return value

    return read


def _adapted(kind: Any, code: str, message: str, prepare: Callable[[Cell], str] = as_text) -> Callable[[Cell], str]:
    adapter: TypeAdapter[str] = TypeAdapter(kind)

    def read(cell: Cell) -> str:
        try:
            return adapter.validate_python(prepare(cell))
        except ValidationError:
            raise WrongCell(code, message) from None

    return read


def _digits(cell: Cell, count: int) -> str:
    """Digits without blanks; what Excel has made a number of gets its leading zeros back."""
    value = re.sub(r"\s", "", as_text(cell))
    return value.zfill(count) if isinstance(cell, int | float) and len(value) == count - 1 else value


def _postcode(cell: Cell) -> str:
    value = _digits(cell, 5).removeprefix("D-")
    if not (len(value) == 5 and value.isascii() and value.isdigit()):
        raise WrongCell("postcode", N_("“{value}” is not a postcode; it has 5 digits."))
    return value


def _phone_text(cell: Cell) -> str:
    """A number cell has lost its leading 0 or +; only with the country code it is as long as 12 digits."""
    value = as_text(cell)
    if isinstance(cell, str):
        return value
    return f"+{value}" if value.startswith("49") and len(value) >= 12 else f"0{value}"


def _show_phone(value: str) -> str:
    number = phonenumbers.parse(value)
    national = number.country_code == 49
    form = phonenumbers.PhoneNumberFormat.NATIONAL if national else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(number, form)


def _web_address_text(cell: Cell) -> str:
    value = as_text(cell)
    return value if "://" in value or "@" in value or "." not in value else f"https://{value}"


def _day(cell: Cell) -> date:
    value = parse_day(cell)
    if value is None:
        raise WrongCell("date", N_("“{value}” is not a date."))
    if not FIRST_DAY <= value <= LAST_DAY:
        raise WrongCell("date_range", N_("“{value}” is not between 1900 and 2199."))
    return value


def _show_day(value: date) -> date:
    return in_berlin(value).date() if isinstance(value, datetime) else value


def _year(cell: Cell) -> int:
    day = None if isinstance(cell, int | float) else parse_day(cell)
    value = str(day.year) if day else as_text(cell)
    if not re.fullmatch(r"1[0-9]{3}|2[01][0-9]{2}", value):
        raise WrongCell("year", N_("“{value}” is not a year."))
    return int(value)


_GERMAN_NUMBER = re.compile(r"[+-]?(\d+|\d{1,3}([.\s]\d{3})+)(,\d+)?")
_PLAIN_NUMBER = re.compile(r"[+-]?\d+\.\d+")  # 1.234 is a thousand, though: the German form goes first
_ABOUT = re.compile(r"(ca\.?|circa|etwa|rund|um|ungefähr|~|≈)\s*", re.IGNORECASE)


def _decimal(cell: Cell) -> float:
    number = cell if isinstance(cell, int | float) and not isinstance(cell, bool) else _typed_number(as_text(cell))
    if number is None or not abs(number) < MOST_WHOLE:  # nor infinite, nor what a broken file may hold in its place
        raise WrongCell("number", N_("“{value}” is not a number."))
    return float(number)


def _typed_number(value: str) -> float | None:
    if _GERMAN_NUMBER.fullmatch(value):
        return float(re.sub(r"[.\s]", "", value).replace(",", "."))
    return float(value) if _PLAIN_NUMBER.fullmatch(value) else None


def _whole(cell: Cell) -> int:
    number = _decimal(cell)
    if not number.is_integer():
        raise WrongCell("whole_number", N_("“{value}” is not a whole number."))
    return int(number)


def _about(cell: Cell) -> int:
    return _whole(_ABOUT.sub("", as_text(cell), count=1) if isinstance(cell, str) else cell)


def _show_decimal(value: float) -> float:
    return value


_YES = frozenset({"ja", "j", "x", "1", "wahr", "yes", "y", "true", "✓", "✔", "☑", "☒"})
_NO = frozenset({"nein", "n", "0", "falsch", "no", "false", "☐", "✗", "✘"})


def _yes_no(cell: Cell) -> bool:
    value = as_text(cell).lower()
    if value in _YES:
        return True
    if value in _NO:
        return False
    raise WrongCell("yes_no", N_("“{value}” is neither yes nor no."))


def _show_yes_no(value: bool) -> str:
    return "ja" if value else "nein"


def _register_number(cell: Cell) -> str:
    value = register_number(as_text(cell))
    if len(value) > LONGEST_REGISTER_NUMBER:
        raise WrongCell("register_number", N_("“{value}” is not a register number."))
    return value


LINE = Kind(text(200), formulas_matter=True, width=28)
PROSE = Kind(text(10_000, lines=True), formulas_matter=True, width=50)
DAY = Kind(_day, show=_show_day, style=Style.DAY, width=12)
YEAR = Kind(_year, show=int, style=Style.NUMBER, width=8)
WHOLE = Kind(_whole, show=int, style=Style.NUMBER, width=10)
ABOUT = Kind(_about, show=int, style=Style.NUMBER, width=10)
"""A whole number that people write with `ca.` before it."""
DECIMAL = Kind(_decimal, show=_show_decimal, style=Style.NUMBER, width=10)
YES_NO = Kind(_yes_no, show=_show_yes_no, width=8)
POSTCODE = Kind(_postcode, width=8)
REGISTER_NUMBER = Kind(_register_number, width=14)
AGS = Kind(
    _adapted(Ags, "ags", N_("“{value}” is not an AGS; it has 8 digits."), lambda cell: _digits(cell, 8)), width=10
)
EMAIL = Kind(_adapted(Email, "email", N_("“{value}” is not an email address.")), width=30)
PHONE = Kind(
    _adapted(Phone, "phone", N_("“{value}” is not a telephone number with its area code."), _phone_text),
    show=_show_phone,
)
WEB_ADDRESS = Kind(_adapted(WebAddress, "url", N_("“{value}” is not a web address."), _web_address_text), width=30)
