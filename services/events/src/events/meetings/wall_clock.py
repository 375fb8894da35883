"""Times as people plan them: the clock on the wall in Europe/Berlin, stored as UTC."""

import re
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, WithJsonSchema
from shared.dates import BERLIN
from shared.i18n import N_
from shared.web.problems import FieldError

FIRST_YEAR, LAST_YEAR = 2000, 2099
_WRITTEN = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}")


def to_utc(planned: datetime) -> datetime:
    """The moment, in UTC, of a time that somebody planned.

    A naive time is the clock on the wall in Europe/Berlin. A time that exists twice (the night in which summer time
    ends) is the first of the two, as in RFC 5545 section 3.3.5; whoever means the second gives its UTC offset. A time
    that does not exist is refused: RFC 5545 would move it silently. An aware time is the moment that it names.
    Raises `FieldError`.
    """
    if not FIRST_YEAR <= planned.year <= LAST_YEAR:
        raise FieldError(
            "year_out_of_range", N_("Please choose a year from {first} to {last}."), first=FIRST_YEAR, last=LAST_YEAR
        )
    planned = planned.replace(microsecond=0)
    if planned.tzinfo is not None:
        return planned.astimezone(UTC)
    moment = planned.replace(tzinfo=BERLIN, fold=0).astimezone(UTC)
    if moment.astimezone(BERLIN).replace(tzinfo=None, fold=0) != planned.replace(fold=0):
        raise FieldError(
            "no_such_time",
            N_("This time does not exist: in the night of {day} the clock jumps from 2 to 3. Please choose another."),
            day=f"{planned:%d.%m.%Y}",
        )
    return moment


def _text_only(value: Any) -> Any:
    if isinstance(value, str) and _WRITTEN.match(value):
        return value  # pydantic would read a number as seconds since 1970, and a day as its midnight
    raise FieldError("time", N_("This is not a point in time. Please write it like 2024-09-11T13:30."))


PlannedTime = Annotated[
    datetime,
    BeforeValidator(_text_only),
    AfterValidator(to_utc),
    WithJsonSchema(
        {
            "type": "string",
            "examples": ["2024-09-11T13:30"],
            "description": "The clock on the wall in Europe/Berlin; with a UTC offset, that moment.",
        }
    ),
]
"""Input of a time; the value is UTC."""
