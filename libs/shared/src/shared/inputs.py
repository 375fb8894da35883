"""Kinds of input that several services read: text as people type it, days, web and email addresses.

Text is plain text everywhere: markup stays what was typed and is escaped where it is shown.
"""

import re
import unicodedata
from datetime import date
from typing import Annotated, Any
from urllib.parse import urlsplit

import email_validator
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    PlainSerializer,
    StringConstraints,
    TypeAdapter,
    WithJsonSchema,
)
from pydantic.networks import HttpUrl

from shared.i18n import N_
from shared.web.problems import FieldError

_ISO_DAY = re.compile(r"\d{4}-")
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)
_DIRECTIONS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")  # can make text read as another
_HTTP_URL = TypeAdapter(HttpUrl)


class Input(BaseModel):
    """A request's body: a field that is not known is an error, not ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def plain_text(value: str, *, lines: bool = False) -> str:
    """NFC text without control characters; with `lines` it may have line breaks (as \\n) and tabs.

    Raises `FieldError` for control characters (NUL among them), text-direction overrides and text without a visible
    character.
    """
    value = unicodedata.normalize("NFC", value)
    if lines:
        value = value.replace("\r\n", "\n").replace("\r", "\n")
    if _displayed(value, lines=lines) != value:
        raise FieldError("characters", N_("This contains characters that cannot be displayed."))
    if value and not any(unicodedata.category(char)[0] in "LNPS" for char in value):
        raise FieldError("invisible", N_("Please fill this in."))
    return value


def shown_text(value: str, most: int, *, lines: bool = False) -> str:
    """What can be shown of text that a machine brings: like `plain_text`, with the rest left out; of `most` letters.

    Empty where nothing is left that can be seen.
    """
    value = unicodedata.normalize("NFC", value)
    value = value.replace("\r\n", "\n").replace("\r", "\n") if lines else " ".join(value.split())
    value = _displayed(value, lines=lines).strip()
    if not any(unicodedata.category(char)[0] in "LNPS" for char in value):
        return ""
    return value if len(value) <= most else value[: most - 1].rstrip() + "…"


def _displayed(value: str, *, lines: bool) -> str:
    allowed = "\n\t" if lines else ""
    return "".join(
        char
        for char in value
        if char in allowed or (unicodedata.category(char) not in {"Cc", "Cs", "Zl", "Zp"} and char not in _DIRECTIONS)
    )


def _line(value: str) -> str:
    return plain_text(value)


def _prose(value: str) -> str:
    return plain_text(value, lines=True)


def _web_address(value: str) -> str:
    value = plain_text(value)
    try:
        address = str(_HTTP_URL.validate_python(value))
        parts = urlsplit(address)
    except ValueError:
        raise FieldError("url", N_("This is not a web address. It begins with https://.")) from None
    if parts.username or parts.password:
        raise FieldError("url_with_login", N_("A web address with a login in it cannot be published."))
    return address


def _email(value: str) -> str:
    try:
        return email_validator.validate_email(plain_text(value), check_deliverability=False).normalized
    except email_validator.EmailNotValidError:
        raise FieldError("email", N_("This is not an email address.")) from None


def _day(value: Any) -> Any:
    if type(value) is date or (isinstance(value, str) and _ISO_DAY.match(value)):
        return value  # a number, also one in an address, would be read as seconds since 1970
    raise FieldError("date", N_("This is not a date of the calendar. Please write it like 2024-09-11."))


def _sensible_day(value: date) -> date:
    if not FIRST_DAY <= value <= LAST_DAY:
        raise FieldError("date_range", N_("Please enter a day between 1900 and 2199."))
    return value


Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), AfterValidator(_line)]
"""A name or title: one line, not empty."""

Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200), AfterValidator(_line)]
"""One line, which may be empty."""

Prose = Annotated[str, StringConstraints(strip_whitespace=True, max_length=10_000), AfterValidator(_prose)]
"""Several lines, which may be empty."""


def is_web_address(value: str) -> bool:
    """Whether `WebAddress` takes it as it is."""
    try:
        return len(value) <= 500 and bool(_web_address(value))
    except FieldError:
        return False


WebAddress = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=500),
    AfterValidator(_web_address),
    WithJsonSchema({"type": "string", "format": "uri", "maxLength": 500}),
]
"""http or https, without login data."""

Email = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=254),
    AfterValidator(_email),
    WithJsonSchema({"type": "string", "format": "email", "maxLength": 254}),
]

Day = Annotated[
    date,
    BeforeValidator(_day),
    AfterValidator(_sensible_day),
    PlainSerializer(date.isoformat, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "format": "date"}),
]
"""A day of the calendar between 1900 and 2199."""
