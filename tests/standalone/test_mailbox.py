"""The demo's mailbox: a real SMTP server keeps what it is given, and mails are read as the pages show them."""

import asyncio
from datetime import date, datetime
from email.message import EmailMessage
from pathlib import Path

import aiosmtplib
from standalone.mailbox.reading import BERLIN, Mails, body_of, content_of, entries_of, parts_of
from standalone.mailbox.server import serve_smtp

INVITATION = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Dorfnetz//DE
METHOD:REQUEST
BEGIN:VEVENT
UID:treffen-1
SEQUENCE:2
DTSTAMP:20261101T100000Z
DTSTART:20261209T173000Z
DTEND:20261209T193000Z
SUMMARY:Netzwerktreffen\\, öffentlich
LOCATION:Heimatstube Krina
ORGANIZER;CN=Büro:mailto:buero@example.org
ATTENDEE;CN=Udo Fährmann:mailto:udo@example.org
END:VEVENT
END:VCALENDAR
"""


def invitation() -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = "Dorfnetz <dorfnetz@example.org>"
    mail["To"] = "Udo Fährmann <udo@example.org>"
    mail["Subject"] = "Einladung: Netzwerktreffen in Gröbern"
    mail["Date"] = "Sun, 22 Nov 2026 08:00:00 +0000"
    mail.set_content("Guten Tag, kommen Sie?")
    mail.add_alternative("<p>Guten Tag, <a href='http://localhost/antwort/x'>kommen Sie?</a></p>", subtype="html")
    mail.add_alternative(INVITATION.replace("\n", "\r\n").encode(), "text", "calendar", params={"method": "REQUEST"})
    mail.add_attachment(INVITATION.replace("\n", "\r\n").encode(), "text", "calendar", filename="einladung.ics")
    return mail


async def deliver(directory: Path, *mails: EmailMessage) -> None:
    async with serve_smtp(directory) as port:
        for mail in mails:
            await aiosmtplib.send(mail, hostname="127.0.0.1", port=port, start_tls=False)


async def test_a_mail_is_kept_and_read_with_its_entry(tmp_path: Path) -> None:
    await deliver(tmp_path / "mails", invitation())
    mails = Mails(tmp_path / "mails")
    [summary], total = mails.newest(offset=0, limit=50)
    assert (total, summary.subject, summary.has_entry) == (1, "Einladung: Netzwerktreffen in Gröbern", True)
    assert summary.at == datetime(2026, 11, 22, 9, 0, tzinfo=BERLIN)
    found = mails.read(summary.key)
    assert found is not None
    mail = found[1]
    assert "kommen Sie?" in (body_of(mail, "plain") or "")
    assert "antwort/x" in (body_of(mail, "html") or "")
    [entry] = entries_of(mail)
    assert (entry.title, entry.place, entry.method) == ("Netzwerktreffen, öffentlich", "Heimatstube Krina", "REQUEST")
    assert entry.starts_at == datetime(2026, 12, 9, 18, 30, tzinfo=BERLIN)
    assert entry.attendees == ["Udo Fährmann <udo@example.org>"]
    [part] = parts_of(mail)  # the entry is in the mail twice
    assert part.name == "einladung.ics"
    content = content_of(mail, part.number)
    assert content is not None
    assert content[1].startswith(b"BEGIN:VCALENDAR")
    assert content_of(mail, 0) is None
    assert b"X-Envelope-To: udo@example.org" in (mails.source(summary.key) or b"")


async def test_an_entry_of_whole_days_has_a_first_and_a_last_day(tmp_path: Path) -> None:
    mail = EmailMessage()
    mail["Subject"] = "Heidefest"
    mail["To"] = "udo@example.org"
    mail["From"] = "dorfnetz@example.org"
    days = INVITATION.replace("DTSTART:20261209T173000Z", "DTSTART;VALUE=DATE:20261209").replace(
        "DTEND:20261209T193000Z", "DTEND;VALUE=DATE:20261211"
    )
    mail.set_content(days.replace("\n", "\r\n").encode(), "text", "calendar", params={"method": "REQUEST"})
    await deliver(tmp_path / "mails", mail)
    mails = Mails(tmp_path / "mails")
    [summary], _ = mails.newest(offset=0, limit=50)
    found = mails.read(summary.key)
    assert found is not None
    [entry] = entries_of(found[1])
    assert (entry.starts_at, entry.ends_at) == (date(2026, 12, 9), date(2026, 12, 10))


async def test_the_newest_is_first_also_within_one_second(tmp_path: Path) -> None:
    letters = []
    for number in range(12):
        mail = invitation()
        del mail["Subject"]
        mail["Subject"] = f"Nr. {number}"
        letters.append(mail)
    await deliver(tmp_path / "mails", *letters)
    page, total = Mails(tmp_path / "mails").newest(offset=0, limit=3)
    assert total == 12
    assert [summary.subject for summary in page] == ["Nr. 11", "Nr. 10", "Nr. 9"]


async def test_odd_mails_are_shown_too(tmp_path: Path) -> None:
    odd = b"Subject: =?utf-8?q?kaputt\r\nDate: gestern\r\nContent-Type: text/plain; charset=nie\r\n\r\nSch\xf6n\r\n"
    calendar = b"Subject: Termin\r\nContent-Type: text/calendar\r\n\r\nBEGIN:VCALENDAR\r\nkein Kalender\r\n"
    async with serve_smtp(tmp_path / "mails") as port, aiosmtplib.SMTP(hostname="127.0.0.1", port=port) as client:
        for content in (odd, calendar, b""):
            await client.sendmail("a@example.org", ["b@example.org", "c@example.org"], content)
    mails = Mails(tmp_path / "mails")
    page, total = mails.newest(offset=0, limit=50)
    assert total == 3
    for summary in page:
        found = mails.read(summary.key)
        assert found is not None
        body_of(found[1], "plain"), entries_of(found[1]), parts_of(found[1])
    assert page[-1].to == "b@example.org, c@example.org"


async def test_nobody_reads_beside_the_mailbox(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("geheim")
    mails = Mails(tmp_path / "mails")
    for key in ("../secret", "new/../../secret", "", ".", "/etc/passwd"):
        assert mails.read(key) is None, key
        assert mails.source(key) is None, key


async def test_nobody_reaches_it_from_outside(tmp_path: Path) -> None:
    async with serve_smtp(tmp_path / "mails") as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        assert writer.get_extra_info("peername")[0] == "127.0.0.1"
        assert (await reader.readline()).startswith(b"220")
        writer.close()
