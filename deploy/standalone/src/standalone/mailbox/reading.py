"""Mails of a Maildir as the pages show them."""

import email
import email.policy
import mailbox
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Calendar

BERLIN = ZoneInfo("Europe/Berlin")


@dataclass(frozen=True)
class Summary:
    """A line of the list. `key` names the mail; `at` is Europe/Berlin."""

    key: str
    subject: str
    sender: str
    to: str
    at: datetime
    has_entry: bool


@dataclass(frozen=True)
class Part:
    """A part that can be downloaded; `number` is its place in `EmailMessage.walk()`."""

    number: int
    name: str
    media_type: str


@dataclass(frozen=True)
class CalendarEntry:
    """What a calendar would show of an entry; times are Europe/Berlin, or the first and last day of whole days."""

    method: str
    title: str
    starts_at: date
    ends_at: date | None
    place: str
    description: str
    organiser: str
    attendees: list[str]
    uid: str
    sequence: int


class Mails:
    """Read access to the Maildir that the SMTP server fills."""

    def __init__(self, directory: Path) -> None:
        self._mails = mailbox.Maildir(directory, create=True)

    def newest(self, *, offset: int, limit: int) -> tuple[list[Summary], int]:
        """A page of the list, newest first, and how many mails there are."""
        keys = sorted(self._mails.keys(), key=_arrival, reverse=True)
        return [_summary(key, self._parse(key)) for key in keys[offset : offset + limit]], len(keys)

    def read(self, key: str) -> tuple[Summary, EmailMessage] | None:
        """One mail, None if there is none of that key."""
        if key not in self._mails:
            return None
        mail = self._parse(key)
        return _summary(key, mail), mail

    def source(self, key: str) -> bytes | None:
        """The mail as it came over SMTP, below a line that names the envelope's recipients."""
        return self._mails.get_bytes(key) if key in self._mails else None

    def _parse(self, key: str) -> EmailMessage:
        message = email.message_from_bytes(self._mails.get_bytes(key), policy=email.policy.default)
        assert isinstance(message, EmailMessage)  # noqa: S101 - what this policy makes
        return message


def body_of(mail: EmailMessage, kind: str) -> str | None:
    """The body of the subtype `kind` (`plain` or `html`), None if there is none."""
    body = mail.get_body((kind,))
    return _text(body) if body is not None else None


def entries_of(mail: EmailMessage) -> list[CalendarEntry]:
    """Every entry of the mail's calendar parts; the same entry in two parts counts once."""
    found: dict[str, CalendarEntry] = {}
    for part in mail.walk():
        if part.get_content_type() == "text/calendar":
            for entry in _entries(_content(part)):
                found.setdefault(entry.uid, entry)
    return list(found.values())


def parts_of(mail: EmailMessage) -> list[Part]:
    """What can be downloaded: attachments and calendar entries. An entry is often in a mail twice; it counts once."""
    found: dict[bytes, Part] = {}
    for number, part in enumerate(mail.walk()):
        if part.is_attachment() or part.get_content_type() == "text/calendar":
            name = part.get_filename() or _name(part, number)
            found[_content(part)] = Part(number, name, part.get_content_type())
    return list(found.values())


def content_of(mail: EmailMessage, number: int) -> tuple[Part, bytes] | None:
    """A part and its bytes, None if it cannot be downloaded."""
    for part in parts_of(mail):
        if part.number == number:
            return part, _content(list(mail.walk())[number])
    return None


def _arrival(key: str) -> tuple[int, int, int]:
    """Maildir's keys begin with the second, the microsecond and a counter: `1764000000.M1234P99Q7.host`."""
    second, _, rest = key.partition(".")
    microsecond, _, counter = rest.partition("P")
    numbers = (second, microsecond.lstrip("M"), counter.partition("Q")[2].partition(".")[0])
    first, then, last = (int(number) if number.isdigit() else 0 for number in numbers)
    return first, then, last


def _summary(key: str, mail: EmailMessage) -> Summary:
    return Summary(
        key=key,
        subject=str(mail.get("Subject", "")),
        sender=str(mail.get("From", "")),
        to=str(mail.get("To") or mail.get("X-Envelope-To", "")),
        at=_sent_at(key, mail),
        has_entry=any(part.get_content_type() == "text/calendar" for part in mail.walk()),
    )


def _sent_at(key: str, mail: EmailMessage) -> datetime:
    try:
        return parsedate_to_datetime(str(mail["Date"])).astimezone(BERLIN)
    except (TypeError, ValueError):
        return datetime.fromtimestamp(_arrival(key)[0], UTC).astimezone(BERLIN)


def _text(part: Any) -> str:
    try:
        return str(part.get_content())
    except (LookupError, UnicodeError):
        return _content(part).decode(errors="replace")


def _content(part: Any) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _name(part: Any, number: int) -> str:
    return "termin.ics" if part.get_content_type() == "text/calendar" else f"anhang-{number}"


def _entries(content: Any) -> Iterator[CalendarEntry]:
    try:
        calendar = Calendar.from_ical(content)  # UTF-8 (RFC 5545 section 3.1.4)
    except ValueError:
        return
    components: list[Any] = calendar.walk("VEVENT")
    for entry in components:
        if "DTSTART" not in entry:
            continue
        attendees = entry.get("ATTENDEE", [])
        yield CalendarEntry(
            method=str(calendar.get("METHOD", "")),
            title=str(entry.get("SUMMARY", "")),
            starts_at=_in_berlin(entry["DTSTART"].dt),
            ends_at=_end(entry["DTEND"].dt) if "DTEND" in entry else None,
            place=str(entry.get("LOCATION", "")),
            description=str(entry.get("DESCRIPTION", "")),
            organiser=_address(entry.get("ORGANIZER", "")),
            attendees=[_address(who) for who in (attendees if isinstance(attendees, list) else [attendees])],
            uid=str(entry.get("UID", "")),
            sequence=int(entry.get("SEQUENCE", 0)),
        )


def _in_berlin(moment: date) -> date:
    return moment.astimezone(BERLIN) if isinstance(moment, datetime) else moment


def _end(end: date) -> date:
    """Of whole days the last one: what stands in the entry is the day after it (RFC 5545 section 3.6.1)."""
    return _in_berlin(end) if isinstance(end, datetime) else end - timedelta(days=1)


def _address(who: Any) -> str:
    address = str(who).removeprefix("mailto:").removeprefix("MAILTO:")
    name = str(getattr(who, "params", {}).get("CN", ""))
    return f"{name} <{address}>" if name and name != address else address
