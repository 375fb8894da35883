"""What those concerned are told when a meeting is changed or cancelled."""

from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from icalendar import Calendar
from notifications.notices.model import NoticeStatus
from shared.contracts.events import Answer, MeetingBefore, MeetingFacts, Visibility
from shared.contracts.notifications import NoticeDelivered
from testkit.smtp_sink import SmtpSink

LINK = "https://treffen.example/raum-7"


def before(meeting: MeetingFacts, **changes: Any) -> MeetingBefore:
    values = {
        "title": meeting.title,
        "place": meeting.place,
        "starts_at": meeting.starts_at,
        "ends_at": meeting.ends_at,
    }
    return MeetingBefore(**(values | changes))


def text_of(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


def calendar_of(mail: EmailMessage) -> Calendar:
    (part,) = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    return Calendar.from_ical(part.get_content())


async def test_a_change_says_what_it_was_and_what_it_is(
    world: Any, meeting_facts: Callable[..., MeetingFacts], smtp_sink: SmtpSink
) -> None:
    meeting = meeting_facts(calendar_sequence=1, place="Kirche Krina")
    earlier = before(meeting, place="Dorfgemeinschaftshaus Gossa", starts_at=meeting.starts_at - timedelta(days=1))
    await world.tell_news(await world.contact(), meeting, before=earlier, online_link=LINK, answer=Answer.ACCEPTED)
    await world.send()
    (mail,) = smtp_sink.messages
    text = text_of(mail)
    assert mail["Subject"].startswith("Geändert: Netzwerktreffen im Herbst am ")
    assert "Wo\n  neu:    Kirche Krina\n  bisher: Dorfgemeinschaftshaus Gossa" in text
    assert "Wann\n  neu: " in text
    assert f"Online-Adresse\n  neu:    {LINK}\n  bisher: nicht bekannt" in text
    assert "Titel\n" not in text, "what stayed is not named as changed"
    calendar = calendar_of(mail)
    (event,) = calendar.walk("VEVENT")
    assert (calendar["METHOD"], event["SEQUENCE"], event["UID"]) == ("REQUEST", 1, meeting.calendar_uid)
    assert event["ATTENDEE"].params["PARTSTAT"] == "ACCEPTED"
    assert LINK in str(event["DESCRIPTION"])
    (notice,) = await world.notices()
    assert (notice.status, notice.online_link, notice.news) == (NoticeStatus.SENT, None, None), "secrets are forgotten"


async def test_a_cancellation_strikes_the_date_and_says_why(
    world: Any, meeting_facts: Callable[..., MeetingFacts], smtp_sink: SmtpSink
) -> None:
    meeting = meeting_facts(calendar_sequence=3)
    await world.tell_news(await world.contact(), meeting, cancelled=True, reason="Der Saal hat einen Wasserschaden.")
    await world.send()
    (mail,) = smtp_sink.messages
    assert mail["Subject"].startswith("Abgesagt: ")
    assert "Der Saal hat einen Wasserschaden." in text_of(mail)
    calendar = calendar_of(mail)
    (event,) = calendar.walk("VEVENT")
    assert (calendar["METHOD"], event["STATUS"], event["SEQUENCE"]) == ("CANCEL", "CANCELLED", 3)


async def test_while_a_mail_waits_a_second_change_joins_it(
    world: Any, meeting_facts: Callable[..., MeetingFacts], smtp_sink: SmtpSink
) -> None:
    contact, other = await world.contact(), await world.contact("Erwin Beispiel", "e@verein.example")
    meeting = meeting_facts(place="Kirche Krina")
    for recipient in (contact, other):
        await world.tell_news(recipient, meeting, before=before(meeting, place="Gossa"))
    second = meeting.model_copy(update={"place": "Schule Rösa"})
    await world.tell_news(contact, second, 6, before=before(meeting))
    await world.send()
    told = {mail["To"].addresses[0].addr_spec: text_of(mail) for mail in smtp_sink.messages}
    assert len(smtp_sink.messages) == 2
    assert "neu:    Schule Rösa\n  bisher: Gossa" in told["h.beispiel@verein.example"]
    assert "neu:    Kirche Krina\n  bisher: Gossa" in told["e@verein.example"]


async def test_nobody_is_invited_to_what_is_cancelled(
    world: Any, meeting_facts: Callable[..., MeetingFacts], smtp_sink: SmtpSink
) -> None:
    contact, meeting = await world.contact(), meeting_facts()
    await world.invite(contact, meeting)
    await world.tell_news(contact, meeting, cancelled=True)
    await world.send()
    assert [mail["Subject"].partition(":")[0] for mail in smtp_sink.messages] == ["Abgesagt"]


@pytest.mark.parametrize(("visibility", "told"), [(Visibility.PUBLIC, 1), (Visibility.INVITED, 0)])
async def test_of_a_meeting_that_is_not_public_nothing_is_told(
    world: Any, meeting_facts: Callable[..., MeetingFacts], visibility: Visibility, told: int
) -> None:
    await world.invite(await world.contact(), meeting_facts(visibility=visibility))
    await world.send()
    assert len(await world.told(NoticeDelivered)) == told
