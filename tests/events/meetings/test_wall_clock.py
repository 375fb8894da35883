"""Europe/Berlin wall-clock time across both changes of the clock."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from events.meetings.wall_clock import to_utc
from hypothesis import given
from hypothesis import strategies as st
from shared.dates import BERLIN, day_of, format_moment, format_span, start_of_day
from shared.web.problems import FieldError


@pytest.mark.parametrize(
    ("planned", "moment"),
    [
        ("2024-09-11T13:30", "2024-09-11T11:30"),  # summer
        ("2024-12-11T13:30", "2024-12-11T12:30"),  # winter
        ("2026-03-29T01:59", "2026-03-29T00:59"),  # the last minute before summer time
        ("2026-03-29T03:00", "2026-03-29T01:00"),  # the first minute of it
        ("2026-10-25T02:30", "2026-10-25T00:30"),  # exists twice: the first
        ("2026-10-25T02:30+01:00", "2026-10-25T01:30"),  # the second, named by its offset
        ("2026-10-25T03:00", "2026-10-25T02:00"),
    ],
)
def test_wall_clock_is_stored_as_utc(planned: str, moment: str) -> None:
    assert to_utc(datetime.fromisoformat(planned)) == datetime.fromisoformat(moment).replace(tzinfo=UTC)


@pytest.mark.parametrize("planned", ["2026-03-29T02:00", "2026-03-29T02:30", "2026-03-29T02:59", "2024-03-31T02:15"])
def test_a_time_that_the_clock_jumps_over_is_refused(planned: str) -> None:
    with pytest.raises(FieldError) as refused:
        to_utc(datetime.fromisoformat(planned))
    assert refused.value.code == "no_such_time"


@pytest.mark.parametrize("year", [1, 1999, 2100, 9999])
def test_a_year_far_away_is_refused(year: int) -> None:
    with pytest.raises(FieldError) as refused:
        to_utc(datetime(year, 5, 1, 12))  # noqa: DTZ001 - wall-clock time
    assert refused.value.code == "year_out_of_range"


@given(st.datetimes(datetime(2000, 1, 1), datetime(2099, 12, 31)))  # noqa: DTZ001
def test_what_is_not_refused_reads_the_same_on_the_wall(planned: datetime) -> None:
    try:
        moment = to_utc(planned)
    except FieldError:
        assert (planned.month, planned.hour) == (3, 2)
        return
    assert moment.tzinfo is UTC
    assert moment.astimezone(BERLIN).replace(tzinfo=None, fold=0) == planned.replace(microsecond=0)


@given(st.datetimes(datetime(2001, 1, 1), datetime(2099, 1, 1), timezones=st.just(timezone(timedelta(hours=-9)))))  # noqa: DTZ001
def test_an_aware_time_is_the_moment_that_it_names(planned: datetime) -> None:
    assert to_utc(planned) == planned.replace(microsecond=0)


def test_dates_read_as_people_write_them() -> None:
    start = datetime(2024, 9, 11, 11, 30, tzinfo=UTC)
    assert format_moment(start) == "Mi., 11. September 2024, 13:30 Uhr"
    assert format_span(start, start + timedelta(hours=2)) == "Mi., 11. September 2024, 13:30 bis 15:30 Uhr"
    assert format_span(start, start + timedelta(days=1)) == (
        "Mi., 11. September 2024, 13:30 Uhr bis Do., 12. September 2024, 13:30 Uhr"
    )


def test_a_day_begins_at_midnight_in_berlin() -> None:
    late = datetime(2026, 10, 24, 22, 30, tzinfo=UTC)
    assert start_of_day(day_of(late)) == datetime(2026, 10, 24, 22, 0, tzinfo=UTC)
