"""Writing the mail of a notice: headers, text, HTML and calendar entry."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.errors import HeaderParseError
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, Policy
from email.utils import format_datetime
from functools import cache
from typing import Any
from urllib.parse import urlencode

import css_inline
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from shared.calendar import Method, Part, add_attendee, create_calendar, create_event, set_organizer
from shared.contracts.events import Answer
from shared.dates import day_of, format_date, format_day, format_span, in_berlin

from notifications.addresses.model import NewAddress, OldAddress
from notifications.delivery.recipients import Recipient
from notifications.delivery.series import FILE, changes_of, course_calendar, course_spans, series_calendar, series_words
from notifications.freshness.model import EntryQuestion
from notifications.help_requests.model import HelpMessage
from notifications.logins.model import LoginLinks
from notifications.minutes.model import MissingMinutes, TaskReminder
from notifications.notices.kinds import NoticeKind
from notifications.notices.model import News, Notice
from notifications.settings import NotificationsSettings
from notifications.sign_ups.model import SignUpLink

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")

NOT_IN_CALENDARS = (
    NoticeKind.INVITATION_TRIAL,
    NoticeKind.GUEST_CONFIRMATION,
    NoticeKind.WAITING_LIST,
    NoticeKind.PLACE_OFFERED,
    NoticeKind.PLACE_LAPSED,
    NoticeKind.WITHDRAWAL_NOTICE,
)
"""Mails about a meeting of which it is not settled that somebody comes, or to somebody who plans it."""

CANCELLING = (NoticeKind.MEETING_CANCELLED, NoticeKind.REGISTRATION_WITHDRAWN)

_GAPS = re.compile(r"\n{3,}")


class _OneLine(UnstructuredHeader, BaseHeader):
    """A header that mail programs read as it is. `email` would make encoded words (RFC 2047) of a long address."""

    def fold(self, *, policy: Policy) -> str:
        return f"{self.name}: {self}{policy.linesep}"


_HEADERS = HeaderRegistry()
_HEADERS.map_to_type("list-unsubscribe", _OneLine)
_POLICY = SMTP.clone(header_factory=_HEADERS)


class NoAddress(Exception):
    """The person has no address that a mail could be sent to."""


def compose(notice: Notice, recipient: Recipient, settings: NotificationsSettings) -> EmailMessage:
    """The whole mail. It is the same whenever it is written again, but for its date. Raises `NoAddress`."""
    to = _address(recipient.name or _news(notice).name, recipient.email)
    words = _words(notice, recipient, settings)
    message = EmailMessage(policy=_POLICY)
    message["Subject"] = one_line(_render(notice.kind, "subject.txt", words))
    message["From"] = _address(settings.mail_from_name, settings.sender_address)
    message["Reply-To"] = _address(settings.office_name, settings.office_address)
    message["To"] = to
    message["Date"] = format_datetime(datetime.now(UTC))
    message["Message-ID"] = f"<{notice.id}@{settings.mail_domain}>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834 section 5
    message["X-Auto-Response-Suppress"] = "All"  # the same for Exchange
    message["Content-Language"] = "de"
    text = _GAPS.sub("\n\n", _render(notice.kind, "body.txt", words))
    message.set_content(text, cte="quoted-printable")
    message.add_alternative(_inline(_render(notice.kind, "body.html", words)), subtype="html", cte="quoted-printable")
    if notice.kind is NoticeKind.NEW_MEETING:
        message["List-Unsubscribe"] = f"<{words['unsubscribe_link']}>"  # RFC 2369
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"  # RFC 8058
    elif notice.kind is NoticeKind.SERIES_CHANGED:
        _add_dates(message, series_calendar(notice, settings.public_url.rstrip("/")))
    elif _news(notice).course and _belongs_in_calendars(notice):
        front_door, gone = settings.public_url.rstrip("/"), notice.kind in CANCELLING
        _add_dates(message, course_calendar(_news(notice).course, front_door, cancelled=gone))
    elif notice.meeting is not None and _belongs_in_calendars(notice):
        method = Method.CANCEL if notice.kind in CANCELLING else Method.REQUEST
        _add_calendar(message, _calendar(notice, to, settings, method), method)
    return message


def one_line(text: str) -> str:
    """Text that stays in its header: control characters and line breaks are spaces.

    An encoded word (RFC 2047) that somebody typed is taken apart, because `email` decodes it when it is assigned to a
    header, and a line break that was encoded in it begins a new one.
    """
    return " ".join(_CONTROL.sub(" ", text).replace("=?", "= ?").split())


def _address(name: str, email: str | None) -> Address:
    try:
        local, at, domain = (email or "").strip().rpartition("@")
        if not (local and at and domain) or _CONTROL.search(local + domain):
            raise NoAddress
        ascii_domain = domain.encode("idna").decode("ascii")
        return Address(display_name=one_line(name), addr_spec=f"{local}@{ascii_domain}")
    except (ValueError, IndexError, HeaderParseError) as error:
        raise NoAddress from error


def _words(notice: Notice, recipient: Recipient, settings: NotificationsSettings) -> dict[str, Any]:
    front_door = settings.public_url.rstrip("/")
    words: dict[str, Any] = {
        "name": one_line(recipient.name or _news(notice).name),
        "organisation": recipient.organisation,
        "network": _full_name(recipient.network),
        "office": settings.office_name,
        "front_door": front_door,
    }
    if notice.meeting is not None:
        words |= _meeting_words(notice, front_door)
    if notice.kind is NoticeKind.LOGIN_LINK:
        words |= _login_words(notice, front_door)
    elif notice.kind is NoticeKind.SIGN_UP_CONFIRMATION:
        words |= _sign_up_words(notice, front_door)
    elif notice.kind is NoticeKind.HELP_REQUEST:
        words |= _help_words(notice, front_door)
    elif notice.kind is NoticeKind.ENTRY_CONFIRMATION:
        words |= _entry_words(notice, front_door)
    elif notice.kind is NoticeKind.ADDRESS_CONFIRMATION:
        words |= _new_address_words(notice, front_door)
    elif notice.kind is NoticeKind.ADDRESS_WARNING:
        old = OldAddress.model_validate(notice.content)
        words |= {"name": one_line(old.name), "asked": old.asked, "account": f"{front_door}/konto"}
    elif notice.kind is NoticeKind.ACTION_ITEM_REMINDER:
        words |= _task_words(notice, front_door)
    elif notice.kind is NoticeKind.MINUTES_REMINDER:
        missing = MissingMinutes.model_validate(notice.content)
        met_on = format_day(missing.met_at)
        words |= {"meeting_title": missing.meeting_title, "met_on": met_on, "link": f"{front_door}{missing.path}"}
    elif notice.kind is NoticeKind.SERIES_CHANGED:
        words |= series_words(notice, front_door)
    elif notice.kind is NoticeKind.NEW_MEETING:
        words["unsubscribe_link"] = f"{front_door}/newsletter/abbestellen/{recipient.unsubscribe_token}"
    return words


def _meeting_words(notice: Notice, front_door: str) -> dict[str, Any]:
    meeting, news, trial = notice.facts, _news(notice), notice.kind is NoticeKind.INVITATION_TRIAL
    first = news.course[0].meeting if news.course else meeting
    page = f"{front_door}/n/{meeting.network}/treffen/{meeting.meeting_id}"
    return {
        "meeting": meeting,
        "online_link": notice.online_link,
        "changes": _changes(notice),
        "reason_given": news.reason,
        "on": "ab" if news.course else "am",
        "day": format_day(first.starts_at),
        "course": bool(news.course),
        "span": course_spans(news.course, meeting, notice.online_link)
        or format_span(meeting.starts_at, meeting.ends_at),
        "accepted": notice.answer is Answer.ACCEPTED,
        "answer": notice.answer,
        "trial": trial,
        "reply_link": f"{front_door}/antwort/{'probe' if trial else notice.reply_token}",
        "people": news.people,
        "coming": news.coming,
        "waited": news.waited,
        "until": _moment(news.until) if news.until else "",
        "registration_link": f"{front_door}/anmeldung/{notice.reply_token}",
        "list_link": f"{page}/anmeldungen",
        "page": page,
    }


def _news(notice: Notice) -> News:
    return News.model_validate(notice.news) if notice.news else News()


def _moment(moment: datetime) -> str:
    return f"{format_day(moment)}, {in_berlin(moment):%H:%M} Uhr"


def _changes(notice: Notice) -> list[tuple[str, str, str]]:
    return changes_of(_news(notice).before, notice.facts, notice.online_link)


def _login_words(notice: Notice, front_door: str) -> dict[str, Any]:
    login = LoginLinks.model_validate(notice.content)
    then = {"weiter": login.next} if login.next else {}
    links = [
        (one_line(link.name), f"{front_door}/anmelden?{urlencode({'code': link.code} | then)}") for link in login.links
    ]
    return {"links": links, "until": f"{in_berlin(notice.expires_at):%H:%M}"}


def _sign_up_words(notice: Notice, front_door: str) -> dict[str, Any]:
    sign_up = SignUpLink.model_validate(notice.content)
    return {
        "name": one_line(sign_up.name),
        "child": one_line(sign_up.child) if sign_up.child else None,
        "link": f"{front_door}/mitmachen/bestaetigen/{sign_up.token}",
        "until": format_day(notice.expires_at),
    }


def _help_words(notice: Notice, front_door: str) -> dict[str, Any]:
    message = HelpMessage.model_validate(notice.content)
    return {
        **message.model_dump(),
        "news": str(message.news),
        "link": f"{front_door}/antwort/hilfe/{message.token}" if message.token else front_door,
        "until": format_day(notice.expires_at),
    }


def _entry_words(notice: Notice, front_door: str) -> dict[str, Any]:
    asked = EntryQuestion.model_validate(notice.content)
    return {
        "entry": one_line(asked.organisation),
        "village": asked.village,
        "confirmed": format_date(asked.confirmed_on) if asked.confirmed_on else None,
        "reminder": asked.reminder,
        "link": f"{front_door}/eintrag/{asked.token}",
        "until": format_day(notice.expires_at),
    }


def _new_address_words(notice: Notice, front_door: str) -> dict[str, Any]:
    new = NewAddress.model_validate(notice.content)
    until = in_berlin(notice.expires_at)
    return {
        "name": one_line(new.name),
        "link": f"{front_door}/konto/adresse/{new.token}",
        "until": f"{format_day(notice.expires_at)}, {until:%H:%M}",
    }


def _task_words(notice: Notice, front_door: str) -> dict[str, Any]:
    task = TaskReminder.model_validate(notice.content)
    return {
        "title": task.title,
        "due_on": format_date(task.due_on),
        "overdue": task.number > 1 or task.due_on < day_of(notice.created_at),
        "meeting_title": task.meeting_title,
        "met_on": format_day(task.met_at),
        "link": f"{front_door}/n/{task.network}/aufgaben",
    }


def _full_name(network: str) -> str:
    """`Netzwerk Heidedörfer`, also where the network is only called Heidedörfer."""
    return network if not network or "netzwerk" in network.lower() else f"Netzwerk {network}"


def _belongs_in_calendars(notice: Notice) -> bool:
    """Not what somebody declined, unless it has another time now."""
    if notice.kind in NOT_IN_CALENDARS:
        return False
    return notice.answer is not Answer.DECLINED or notice.kind is NoticeKind.MEETING_CHANGED


def _calendar(notice: Notice, to: Address, settings: NotificationsSettings, method: Method) -> str:
    meeting = notice.facts
    page = f"{settings.public_url.rstrip('/')}/n/{meeting.network}/treffen/{meeting.meeting_id}"
    cancelled = method is Method.CANCEL
    stamp = datetime.now(UTC)
    event = create_event(meeting, stamp=stamp, url=page, online_link=notice.online_link, cancelled=cancelled)
    set_organizer(event, settings.office_address, settings.office_name)
    accepted = notice.answer is Answer.ACCEPTED or notice.kind is NoticeKind.REGISTRATION_CONFIRMATION
    add_attendee(event, to.addr_spec, to.display_name, Part.ACCEPTED if accepted else Part.UNANSWERED)
    text: str = create_calendar(method, event).to_ical().decode()
    return text


def _add_calendar(message: EmailMessage, calendar: str, method: Method) -> None:
    """As an alternative, which Outlook and Gmail show as an invitation (RFC 6047), and as a file for everybody else."""
    message.add_alternative(calendar, subtype="calendar", params={"method": method.value}, cte="base64")
    message.add_attachment(calendar.encode(), maintype="application", subtype="ics", filename="termin.ics")


def _add_dates(message: EmailMessage, calendar: str) -> None:
    """Several dates are no invitation of one (RFC 5546 section 3.2.2), so they are a file."""
    message.add_attachment(calendar.encode(), maintype="text", subtype="calendar", filename=FILE)


@cache
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("notifications"),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _render(kind: NoticeKind, file: str, words: Mapping[str, Any]) -> str:
    if kind is NoticeKind.INVITATION_TRIAL:
        kind = NoticeKind.MEETING_INVITATION  # what people will get, with a word before it
    text: str = _templates().get_template(f"{kind.value}/{file}").render(words)
    return text


@cache
def _inliner() -> css_inline.CSSInliner:
    return css_inline.CSSInliner(load_remote_stylesheets=False)


def _inline(html: str) -> str:
    inlined: str = _inliner().inline(html)
    return inlined
