"""The mail about several dates of a series: its words, and all of them in one file for the calendar."""

from datetime import UTC, datetime
from typing import Any

from shared.calendar import Method, create_calendar, create_event
from shared.contracts.events import Answer, MeetingBefore, MeetingFacts, SeriesDateNews
from shared.dates import format_span

from notifications.notices.model import Notice, SeriesNews

FILE = "termine.ics"


def series_words(notice: Notice, front_door: str) -> dict[str, Any]:
    """For the templates: each date with what it was before."""
    news = SeriesNews.model_validate(notice.content)
    return {
        "title": news.title,
        "reason_given": news.reason,
        "all_cancelled": all(date.cancelled for date in news.dates),
        "rows": [_row(date, front_door) for date in news.dates],
    }


def series_calendar(notice: Notice, front_door: str) -> str:
    """Every date with its UID and its newest sequence. A request (RFC 5546 section 3.2.2) would hold but one of them.

    Of what somebody declined there is only what has another time now.
    """
    news = SeriesNews.model_validate(notice.content)
    events = (
        create_event(
            date.meeting,
            stamp=datetime.now(UTC),
            url=_page(date.meeting, front_door),
            online_link=date.online_link,
            cancelled=date.cancelled,
        )
        for date in news.dates
        if date.answer is not Answer.DECLINED or not date.cancelled
    )
    text: str = create_calendar(Method.PUBLISH, *events).to_ical().decode()
    return text


def changes_of(before: MeetingBefore | None, now: MeetingFacts, online_link: str | None) -> list[tuple[str, str, str]]:
    """What was changed, what it was and what it is now; empty for what stands in the text alone."""
    if before is None:
        return []
    nothing = "nicht bekannt"
    pairs = (
        ("Titel", before.title, now.title),
        ("Wann", format_span(before.starts_at, before.ends_at), format_span(now.starts_at, now.ends_at)),
        ("Wo", before.place, now.place),
        ("Online-Adresse", before.online_link or nothing, online_link or nothing),
    )
    return [(what, old, new) for what, old, new in pairs if old != new]


def _row(date: SeriesDateNews, front_door: str) -> dict[str, Any]:
    return {
        "span": format_span(date.meeting.starts_at, date.meeting.ends_at),
        "place": date.meeting.place,
        "online_link": None if date.cancelled else date.online_link,
        "cancelled": date.cancelled,
        "changes": changes_of(date.before, date.meeting, date.online_link),
        "page": _page(date.meeting, front_door),
    }


def _page(meeting: MeetingFacts, front_door: str) -> str:
    return f"{front_door}/n/{meeting.network}/treffen/{meeting.meeting_id}"
