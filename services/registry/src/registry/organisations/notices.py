"""Notices of the tax office that an organisation is non-profit, and how long they hold."""

from datetime import date, timedelta

import sqlalchemy as sa
from shared.contracts.registry import Notice, NoticeKind
from sqlalchemy.orm import InstrumentedAttribute

YEARS = {NoticeKind.EXEMPTION: 5, NoticeKind.ASSESSMENT_ANNEX: 5, NoticeKind.STATUTES: 3}
"""For how long receipts for gifts may rest on a notice.

§ 63 Abs. 5 AO: a Freistellungsbescheid, or an annex to the assessment of corporation tax, not older than five years;
else the finding under § 60a Abs. 1 AO, not older than three. The time is counted to the day.
"""
SOON = timedelta(days=90)  # tax returns of three years are asked for meanwhile: time to remind an association


def good_until(kind: NoticeKind, issued_on: date) -> date:
    """The last day on which the notice holds: the same day years later, 28 February for 29 (§ 188 Abs. 3 BGB)."""
    year = issued_on.year + YEARS[kind]
    try:
        return issued_on.replace(year=year)
    except ValueError:
        return issued_on.replace(year=year, day=28)


def notice_of(kind: NoticeKind | None, issued_on: date | None) -> Notice | None:
    """The notice of an entry that has one."""
    if kind is None or issued_on is None:
        return None
    return Notice(kind=kind, issued_on=issued_on, good_until=good_until(kind, issued_on))


def good_until_of(
    kind: InstrumentedAttribute[NoticeKind | None], issued_on: InstrumentedAttribute[date | None]
) -> sa.ColumnElement[date]:
    """`good_until` of a row's columns; PostgreSQL, too, adds years to 29 February so."""
    years = sa.case({kind.value: number for kind, number in YEARS.items()}, value=sa.cast(kind, sa.Text))
    return sa.cast(issued_on + sa.func.make_interval(years), sa.Date)
