"""What a mail looks like to the programs that read it; nothing that people typed breaks out of its place."""

from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from html.parser import HTMLParser
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from icalendar import Calendar
from notifications.delivery.composing import NoAddress, compose
from notifications.delivery.recipients import Recipient
from notifications.notices.kinds import NoticeKind
from notifications.notices.model import Notice, about_meeting
from notifications.settings import NotificationsSettings
from shared.contracts.events import AgendaItem, Answer, MeetingFacts, MeetingKind

SETTINGS = NotificationsSettings(
    database_url="postgresql+asyncpg://unused",
    public_url="https://dorfnetz.example/",
    mail_from="dorfnetz@muldestausee.example",
    mail_reply_to="ehrenamt@muldestausee.example",
    mail_reply_to_name="Büro Ehrenamt, Gemeinde",
)
START = datetime(2027, 9, 15, 11, 30, tzinfo=UTC)
CALENDAR_LINE = "Der Termin für Ihren Kalender liegt dieser E-Mail bei."
TOKEN = "Zufall-" + "x" * 36


def written(
    kind: NoticeKind = NoticeKind.MEETING_INVITATION,
    *,
    answer: Answer | None = None,
    name: str = "Hannelore Beispiel",
    email: str = "h.beispiel@verein.example",
    organisation: str = "Heimatverein Gossa e. V.",
    **changes: Any,
) -> EmailMessage:
    """The mail as its reader's program parses it."""
    values: dict[str, Any] = {
        "meeting_id": uuid4(),
        "network": "heidedoerfer",
        "kind": MeetingKind.NETWORK_MEETING,
        "title": "Netzwerktreffen",
        "description": "Wir planen das Dorffest.",
        "place": "Dorfgemeinschaftshaus Gossa",
        "starts_at": START,
        "ends_at": START + timedelta(minutes=90),
        "agenda": [AgendaItem(position=1, title="Begrüßung", minutes=10)],
        "calendar_uid": "3d5f7c0e-uid",
        "calendar_sequence": 2,
    }
    facts = MeetingFacts(**(values | changes))
    token = TOKEN if kind is NoticeKind.MEETING_INVITATION else None
    notice = Notice(**about_meeting(kind, facts, cause=str(uuid4()), sequence=1), answer=answer, reply_token=token)
    mail = compose(notice, Recipient(name, email, organisation, "Heidedörfer"), SETTINGS)
    parsed = message_from_bytes(mail.as_bytes(), policy=policy.default)
    assert isinstance(parsed, EmailMessage)
    return parsed


def content(mail: EmailMessage, kind: str) -> str:
    body = mail.get_body((kind,))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


def calendar_of(mail: EmailMessage) -> tuple[EmailMessage, Calendar]:
    (part,) = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    assert isinstance(part, EmailMessage)
    return part, Calendar.from_ical(part.get_content())


def test_the_headers() -> None:
    mail = written()
    assert mail["Subject"] == "Einladung: Netzwerktreffen am Mi., 15. September 2027"
    assert mail["From"].addresses[0].addr_spec == "dorfnetz@muldestausee.example"
    assert mail["Reply-To"].addresses[0].display_name == "Büro Ehrenamt, Gemeinde"
    assert mail["Reply-To"].addresses[0].addr_spec == "ehrenamt@muldestausee.example"
    assert [address.addr_spec for address in mail["To"].addresses] == ["h.beispiel@verein.example"]
    assert mail["Message-ID"].endswith("@muldestausee.example>")
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Cc"] is None
    assert mail["Bcc"] is None


def test_a_trial_is_the_same_mail_marked_and_harmless() -> None:
    trial, real = written(NoticeKind.INVITATION_TRIAL, organisation=""), written(organisation="")
    assert trial["Subject"] == f"[Probe] {real['Subject']}"
    text = content(trial, "plain")
    assert "DIES IST EINE PROBE." in text
    assert "\nhttps://dorfnetz.example/antwort/probe\n" in text
    same = set(content(real, "plain").replace(TOKEN, "probe").splitlines()) - {CALENDAR_LINE}
    assert same <= set(text.splitlines())
    assert "Dies ist eine Probe." in content(trial, "html")
    assert not [part for part in trial.walk() if part.get_content_type() == "text/calendar"]


def test_the_text_is_plain_german() -> None:
    text = content(written(), "plain")
    assert "Guten Tag Hannelore Beispiel," in text
    assert "Wann: Mi., 15. September 2027, 13:30 bis 15:00 Uhr" in text
    assert "1. Begrüßung (10 Minuten)" in text
    assert f"\nhttps://dorfnetz.example/antwort/{TOKEN}\n" in text
    assert text.rstrip().endswith("Heimatverein Gossa e. V.")
    assert "\n\n\n" not in text
    assert "None" not in text


@pytest.mark.parametrize(
    "kind", [NoticeKind.MEETING_INVITATION, NoticeKind.ANSWER_CONFIRMATION, NoticeKind.REGISTRATION_CONFIRMATION]
)
@pytest.mark.parametrize("answer", [None, Answer.ACCEPTED, Answer.DECLINED])
def test_the_html_loads_nothing_and_carries_its_own_styles(kind: NoticeKind, answer: Answer | None) -> None:
    html = content(written(kind, answer=answer), "html")
    for loading in ("<img", "<link", "<script", "@import", "url(", "<style", "src="):
        assert loading not in html
    assert 'style="' in html
    assert '<html lang="de">' in html


def test_the_calendar_part_is_an_invitation() -> None:
    part, calendar = calendar_of(written())
    assert part.get_param("method") == "REQUEST"
    assert part.get_content_charset() == "utf-8"
    assert calendar["METHOD"] == "REQUEST"
    assert [zone["TZID"] for zone in calendar.walk("VTIMEZONE")] == ["Europe/Berlin"]
    (event,) = calendar.walk("VEVENT")
    assert (event["UID"], event["SEQUENCE"]) == ("3d5f7c0e-uid", 2)
    assert event["DTSTART"].params["TZID"] == "Europe/Berlin"
    assert event.decoded("DTSTART").astimezone(UTC) == START
    assert event["ORGANIZER"] == "mailto:ehrenamt@muldestausee.example"
    assert event["ATTENDEE"] == "mailto:h.beispiel@verein.example"
    assert event["ATTENDEE"].params["PARTSTAT"] == "NEEDS-ACTION"
    assert TOKEN not in str(part.get_content())  # calendars are shared, the link is not


def test_the_calendar_is_also_a_file() -> None:
    (file,) = written().iter_attachments()
    data = file.get_content()
    assert (file.get_filename(), file.get_content_type()) == ("termin.ics", "application/ics")
    assert Calendar.from_ical(data).walk("VEVENT")


def test_an_acceptance_is_an_accepted_entry_and_a_refusal_has_none() -> None:
    accepted = written(NoticeKind.ANSWER_CONFIRMATION, answer=Answer.ACCEPTED)
    (event,) = calendar_of(accepted)[1].walk("VEVENT")
    assert (event["UID"], event["ATTENDEE"].params["PARTSTAT"]) == ("3d5f7c0e-uid", "ACCEPTED")
    declined = written(NoticeKind.ANSWER_CONFIRMATION, answer=Answer.DECLINED)
    assert [part.get_content_type() for part in declined.walk()] == ["multipart/alternative", "text/plain", "text/html"]


class Elements(HTMLParser):
    """Counts the elements of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, tuple[str, ...]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, tuple(name for name, _ in attrs)))


HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "Fest\r\nBcc: alle@verein.example",
    "Fest\nATTENDEE:mailto:fremd@verein.example",
    "Fest\r\nEND:VEVENT\r\nBEGIN:VEVENT",
    "{{ 7 * 7 }}{% raw %}",
    '"; X-EVIL="1',
    "=?utf-8?q?B=0D=0ABcc:_x?=",
    'Ümläut, Komma; Strichpunkt \\ und "Anführung" <x@y.example>',
    "\u2028Zeile\u2029Absatz\x00\x1b[31m",
    "a" * 300,
    "ä" * 150,
]


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_breaks_out_of_its_place(text: str) -> None:
    plain = written()
    hostile = written(
        title=text,
        name=text,
        organisation=text,
        place=text,
        description=text,
        agenda=[AgendaItem(position=1, title=text, minutes=5)],
    )
    assert sorted(hostile.keys()) == sorted(plain.keys())
    assert [address.addr_spec for address in hostile["To"].addresses] == ["h.beispiel@verein.example"]
    assert [part.get_content_type() for part in hostile.walk()] == [part.get_content_type() for part in plain.walk()]
    assert Elements(content(hostile, "html")).found == Elements(content(plain, "html")).found
    calendar = calendar_of(hostile)[1]
    (event,) = calendar.walk("VEVENT")
    (usual,) = calendar_of(plain)[1].walk("VEVENT")
    assert sorted(event.keys()) == sorted(usual.keys())
    assert event["ATTENDEE"] == "mailto:h.beispiel@verein.example"
    assert "49" not in content(hostile, "plain").replace("7 * 7", "")


@hypothesis_settings(max_examples=60, deadline=None)
@given(name=st.text(max_size=60), title=st.text(min_size=1, max_size=80))
def test_any_text_makes_a_mail_that_can_be_read(name: str, title: str) -> None:
    try:
        mail = written(name=name, title=title)
    except UnicodeEncodeError:
        assert any(0xD800 <= ord(char) <= 0xDFFF for char in name + title)
        return
    assert [address.addr_spec for address in mail["To"].addresses] == ["h.beispiel@verein.example"]
    assert mail["Message-ID"].endswith("@muldestausee.example>")
    assert len(mail.as_bytes().split(b"\r\n")) > 10 or len(mail.as_bytes().split(b"\n")) > 10


def test_a_domain_with_umlauts_is_written_as_idna() -> None:
    mail = written(email="post@müldestausee.example")
    assert mail["To"].addresses[0].addr_spec == "post@xn--mldestausee-thb.example"


@pytest.mark.parametrize("email", ["", "x", "a@", "@b", "a@b c", "a@b>,<c@d", "a\n@b.example", "a@" + "x" * 80])
def test_what_is_no_address_is_refused(email: str) -> None:
    with pytest.raises(NoAddress):
        written(email=email)
