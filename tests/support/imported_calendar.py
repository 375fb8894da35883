"""A municipality's calendar as iCalendar."""

from datetime import UTC, datetime, timedelta

SOON = (datetime.now(UTC) + timedelta(days=40)).date()


def day(after: int = 0) -> str:
    """A day of the calendar in a month, as iCalendar writes it."""
    return f"{SOON + timedelta(days=after):%Y%m%d}"


def event(uid: str, title: str, **lines: str) -> str:
    """A VEVENT. `location="Halle"` replaces a line or adds one, an empty value takes it away.

    Names may have parameters: `**{"dtstart;VALUE=DATE": "20270101"}`. Whoever gives a beginning gives the end, too.
    """
    known = {"uid": uid, "dtstamp": "20260101T000000Z", "summary": title, "location": "Festplatz Gossa"}
    if not any(name.startswith("dtstart") for name in lines):
        known |= {"dtstart;TZID=Europe/Berlin": f"{day()}T180000", "dtend;TZID=Europe/Berlin": f"{day()}T200000"}
    known |= {name.replace("_", "-"): value for name, value in lines.items()}
    written = [f"{_capital(name)}:{value}" for name, value in known.items() if value]
    return "\r\n".join(["BEGIN:VEVENT", *written, "END:VEVENT", ""])


def _capital(name: str) -> str:
    name, semicolon, parameter = name.partition(";")
    return name.upper() + semicolon + parameter
