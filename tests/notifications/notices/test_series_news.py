"""One mail about several dates of a series, with all of them for the calendar."""

from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from typing import Any
from uuid import UUID, uuid4

import pytest
from icalendar import Calendar
from notifications.notices.kinds import NoticeKind
from shared.contracts.events import MeetingBefore, MeetingFacts, SeriesDateNews, SeriesNewsTold
from testkit.smtp_sink import SmtpSink

LINK = "https://treffen.example/raum-7"


def date_of(meeting: MeetingFacts, **news: Any) -> SeriesDateNews:
    """What became of a date: half an hour later than before, unless `news` say else."""
    before = MeetingBefore(
        title=meeting.title,
        place=meeting.place,
        starts_at=meeting.starts_at - timedelta(minutes=30),
        ends_at=meeting.ends_at - timedelta(minutes=30),
    )
    return SeriesDateNews(**{"meeting": meeting, "sequence": 5, "before": before, **news})


@pytest.fixture
def dates(meeting_facts: Callable[..., MeetingFacts]) -> list[MeetingFacts]:
    first = meeting_facts(calendar_sequence=1, place="Kiefernhof Gossa")
    later = {"starts_at": first.starts_at + timedelta(days=28), "ends_at": first.ends_at + timedelta(days=28)}
    return [first, meeting_facts(meeting_id=uuid4(), calendar_uid=str(uuid4()), calendar_sequence=2, **later)]


async def tell(world: Any, contact: UUID, dates: list[SeriesDateNews], sequence: int = 3, **words: str) -> None:
    series = UUID("5f1d8a5e-3e0f-4a3c-8f3c-2f6d8f1f9a01")
    told = SeriesNewsTold(
        series_id=series, contact_id=contact, network="heidedoerfer", title="Netzwerktreffen", dates=dates, **words
    )
    await world.tell(told, subject=series, sequence=sequence)


def text_of(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


async def test_all_dates_are_in_one_mail_and_in_its_calendar(
    world: Any, dates: list[MeetingFacts], smtp_sink: SmtpSink
) -> None:
    contact = await world.contact()
    moved, gone = dates
    news = [date_of(moved, online_link=LINK), date_of(gone, before=None, cancelled=True)]
    for _ in range(2):  # told twice, sent once
        await tell(world, contact, news, reason="Der Saal wird umgebaut.")
    await world.send()
    (mail,) = smtp_sink.messages
    assert mail["Subject"] == "Geändert: Netzwerktreffen, 2 Termine"
    text = text_of(mail)
    assert "Wo: Kiefernhof Gossa" in text
    assert "Wann war bisher: " in text
    assert "ist abgesagt und findet nicht statt." in text
    assert "Der Saal wird umgebaut." in text
    assert LINK in text
    (part,) = [part for part in mail.walk() if part.get_filename() == "termine.ics"]
    calendar: Any = Calendar.from_ical(part.get_content())
    assert calendar["METHOD"] == "PUBLISH"
    assert {(str(one["UID"]), one["SEQUENCE"], str(one["STATUS"])) for one in calendar.events} == {
        (moved.calendar_uid, 1, "CONFIRMED"),
        (gone.calendar_uid, 2, "CANCELLED"),
    }


async def test_where_all_are_cancelled_the_subject_says_so(
    world: Any, dates: list[MeetingFacts], smtp_sink: SmtpSink
) -> None:
    await tell(world, await world.contact(), [date_of(one, before=None, cancelled=True) for one in dates])
    await world.send()
    (mail,) = smtp_sink.messages
    assert mail["Subject"] == "Abgesagt: Netzwerktreffen, 2 Termine"


async def test_what_still_waits_about_these_dates_is_told_in_it(
    world: Any, dates: list[MeetingFacts], smtp_sink: SmtpSink
) -> None:
    """A mail about one date waits: the letter says what the date was before that."""
    contact = await world.contact()
    first, second = dates
    earlier = MeetingBefore(title="Anderer Titel", place=first.place, starts_at=first.starts_at, ends_at=first.ends_at)
    await world.invite(contact, second)
    await world.tell_news(contact, first, sequence=4, before=earlier)
    await tell(world, contact, [date_of(first), date_of(second, before=None, cancelled=True)])
    assert [one.kind for one in await world.notices()] == [NoticeKind.SERIES_CHANGED]
    await world.send()
    (mail,) = smtp_sink.messages
    assert "Titel war bisher: Anderer Titel" in text_of(mail)
