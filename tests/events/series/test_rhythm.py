"""The rule: what it accepts, and the dates that come of it across exceptions and summer time."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from events.series.rhythm import Rhythm, RuleMissesStart, moment, read_rule
from shared.web.problems import FieldError

WEDNESDAY = date(2026, 1, 14)
YEAR_END = date(2026, 12, 31)


def days(rhythm: Rhythm) -> list[date]:
    return rhythm.days(date(2026, 1, 1), YEAR_END)


@pytest.mark.parametrize(
    "rule",
    [
        "",
        "FREQ",
        "FREQ=SOMETIMES",
        "FREQ=HOURLY",
        "FREQ=WEEKLY;INTERVAL=0",  # libraries would look for ever
        "FREQ=WEEKLY;COUNT=-2",
        "FREQ=WEEKLY;COUNT=1;UNTIL=20270101",
        "FREQ=WEEKLY;FREQ=DAILY",
        "FREQ=WEEKLY;UNTIL=soon",
        "FREQ=WEEKLY;BYDAY=2WE",
        "FREQ=WEEKLY;BYMONTHDAY=3",
        "FREQ=MONTHLY;BYDAY=6WE",
        "FREQ=MONTHLY;BYDAY=XX",
        "FREQ=MONTHLY;BYMONTHDAY=32",
        "FREQ=MONTHLY;BYMONTHDAY=0",
        "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13",
        "FREQ=MONTHLY;BYSETPOS=1;BYDAY=WE",
        "FREQ=WEEKLY;BYDAY=MO\nDTSTART:20260101",
    ],
)
def test_a_rule_that_is_not_understood_is_refused(rule: str) -> None:
    with pytest.raises(FieldError):
        read_rule(rule)


def test_a_rule_is_written_in_one_way_and_ends_on_a_day_of_the_calendar_here() -> None:
    assert read_rule("RRULE:byday=WE;freq=weekly;interval=02") == "FREQ=WEEKLY;INTERVAL=2;BYDAY=WE"
    assert read_rule("FREQ=DAILY;UNTIL=20260610T230000Z") == "FREQ=DAILY;INTERVAL=1;UNTIL=20260611"


def test_every_month_on_the_second_wednesday_with_a_day_left_out_and_one_on_top() -> None:
    rhythm = Rhythm(
        WEDNESDAY,
        read_rule("FREQ=MONTHLY;BYDAY=2WE;UNTIL=20260610"),
        left_out=(date(2026, 2, 11),),
        extra=(date(2026, 2, 18),),
    )
    assert [f"{day:%d.%m.}" for day in days(rhythm)] == ["14.01.", "18.02.", "11.03.", "08.04.", "13.05.", "10.06."]


def test_a_day_that_a_month_has_not_is_left_out_and_the_last_day_is_always_there() -> None:
    start = date(2026, 1, 31)
    assert len(days(Rhythm(start, read_rule("FREQ=MONTHLY;BYMONTHDAY=31")))) == 7
    assert len(days(Rhythm(start, read_rule("FREQ=MONTHLY;BYMONTHDAY=-1")))) == 12


def test_the_first_date_fits_the_rule() -> None:
    with pytest.raises(RuleMissesStart):
        Rhythm(date(2026, 1, 15), read_rule("FREQ=MONTHLY;BYDAY=2WE"))


@pytest.mark.parametrize("end", ["", ";COUNT=9", ";UNTIL=20261201"])
def test_both_parts_of_a_split_have_the_dates_of_the_whole(end: str) -> None:
    whole = Rhythm(
        WEDNESDAY,
        read_rule(f"FREQ=WEEKLY;INTERVAL=3;BYDAY=WE{end}"),
        left_out=(date(2026, 2, 4), date(2026, 4, 8)),
        extra=(date(2026, 2, 5), date(2026, 4, 9)),
    )
    for day in days(whole)[1:]:
        assert days(whole.before(day)) + days(whole.since(day)) == days(whole)


def test_the_clock_on_the_wall_stays_across_summer_time() -> None:
    offsets = {moment(day, time(18, 30)).hour for day in (date(2026, 3, 28), date(2026, 3, 29))}
    assert offsets == {17, 16}  # UTC
    assert moment(date(2026, 10, 25), time(2, 30)) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)  # the first of two
    assert moment(date(2026, 3, 29), time(2, 30)) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)  # 3.30 on the wall
    night = moment(date(2026, 3, 28), time(22), minutes=6 * 60) - moment(date(2026, 3, 28), time(22))
    assert night == timedelta(hours=5)  # until 4 o'clock in the night that lacks an hour
