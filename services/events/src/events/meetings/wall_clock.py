"""Times as people plan them: the clock on the wall in Europe/Berlin, stored as UTC."""

from datetime import UTC, date, datetime, time
from http import HTTPStatus
from zoneinfo import ZoneInfo

from shared.errors import DomainError
from shared.i18n import N_

BERLIN = ZoneInfo("Europe/Berlin")
FIRST_YEAR, LAST_YEAR = 2000, 2099


class NoSuchTime(DomainError):
    """The clock jumps over this hour in the night in which summer time begins."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "no_such_time"
    message = N_("At {clock} on {day} no clock stands: summer time begins in that night. Please choose another time.")

    def __init__(self, field: str, wrong: datetime) -> None:
        super().__init__(clock=f"{wrong:%H:%M}", day=f"{wrong:%d.%m.%Y}")
        self.field = field  # type: ignore[misc]


class YearOutOfRange(DomainError):
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "year_out_of_range"
    message = N_("Please choose a year from {first} to {last}.")

    def __init__(self, field: str) -> None:
        super().__init__(first=FIRST_YEAR, last=LAST_YEAR)
        self.field = field  # type: ignore[misc]


def to_utc(planned: datetime, field: str) -> datetime:
    """The moment, in UTC, of a time that somebody planned.

    A naive time is the clock on the wall in Europe/Berlin. A time that exists twice (the night in which summer time
    ends) is the first of the two, as in RFC 5545 section 3.3.5; whoever means the second gives its UTC offset. A time
    that does not exist is refused: RFC 5545 would move it silently. An aware time is the moment that it names.
    Raises `NoSuchTime`, `YearOutOfRange`; both name the input `field`.
    """
    if not FIRST_YEAR <= planned.year <= LAST_YEAR:
        raise YearOutOfRange(field)
    if planned.tzinfo is not None:
        return planned.astimezone(UTC)
    moment = planned.replace(tzinfo=BERLIN, fold=0).astimezone(UTC)
    if moment.astimezone(BERLIN).replace(tzinfo=None) != planned.replace(fold=0):
        raise NoSuchTime(field, planned)
    return moment


def to_wall_clock(moment: datetime) -> datetime:
    """The same moment with the offset that holds in Europe/Berlin then."""
    return moment.astimezone(BERLIN)


def day_of(moment: datetime) -> date:
    """The day of the calendar in Europe/Berlin."""
    return moment.astimezone(BERLIN).date()


def start_of_day(day: date) -> datetime:
    """Midnight in Europe/Berlin, in UTC. Summer time never begins or ends at midnight there."""
    return datetime.combine(day, time(), BERLIN).astimezone(UTC)
