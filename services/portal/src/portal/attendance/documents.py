"""Paper: the sign-in sheet, the poster for the door, certificates of participation."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shared.dates import format_date, format_span
from shared.errors import NotFound
from shared.i18n import N_
from starlette.responses import Response

from portal import documents
from portal.attendance.people import Person
from portal.networks.queries import NetworkPage, network_page
from portal.web.qr import drawing
from portal.web.view import View

GUEST_LINES = 6  # at least, empty ones at the end of a sheet
GROUP = 4  # letters of a code that stand together
KINDS = {
    "network_meeting": N_("Network meeting"),
    "workshop": N_("Practical workshop"),
    "seminar": N_("Seminar or course"),
    "online_seminar": N_("Online seminar"),
    "training_series": N_("Training series"),
    "village_workshop": N_("Village workshop"),
    "festival": N_("Festival"),
    "activity": N_("Activity"),
    "joint_activity": N_("Activity of several villages"),
}


def address_of(view: View, path: str) -> str:
    """What a phone opens that scans a code."""
    return f"{view.settings.public_url.rstrip('/')}{path}"


async def network_name(view: View, slug: str) -> str:
    """What stands on paper for a network; one that is gone meanwhile has no name."""
    try:
        return str((await view.read(network_page, slug)).name)
    except NotFound:
        return ""


def spelled(code: str) -> str:
    """A code as it is printed and read aloud: in groups of four."""
    return " ".join(code[start : start + GROUP] for start in range(0, len(code), GROUP))


def hours(view: View, *spans: Mapping[str, Any]) -> str:
    """`2 Stunden`, `1,5 Stunden`: how long all of these lasted together, each in quarters of an hour."""
    quarters = sum(round((_moment(one["ends_at"]) - _moment(one["starts_at"])).total_seconds() / 900) for one in spans)
    number = f"{quarters / 4:.2f}".rstrip("0").rstrip(".").replace(".", ",")
    one = view.translate.ngettext("%(num)s hour", "%(num)s hours", 1 if quarters == 4 else 2)
    return str(one % {"num": number})


@dataclass(frozen=True)
class Course:
    """What a certificate tells of a course: from when to when, at how many dates, for how long, and each of them."""

    period: str
    attended: str
    hours: str
    head: list[str]
    dates: list[list[str]]


def course_of(view: View, certificate: Mapping[str, Any]) -> Course | None:
    """None where it was a meeting alone. Places stand beside the dates only if they differ."""
    course = certificate["course"]
    if course is None:
        return None
    _, dates = view.translate.gettext, course["dates"]
    told = _(N_("%(there)s of %(planned)s")) if course["finished"] else _(N_("%(there)s of %(planned)s so far"))
    several = len({one["place"] for one in dates}) > 1
    first, last = (_moment(certificate[name]).date() for name in ("starts_at", "ends_at"))
    return Course(
        period=format_date(first) if first == last else f"{format_date(first)} – {format_date(last)}",
        attended=told % {"there": len(dates), "planned": course["planned"]},
        hours=hours(view, *dates),
        head=[_(N_("When")), *([_(N_("Where"))] if several else []), _(N_("Duration"))],
        dates=[
            [
                format_span(_moment(one["starts_at"]), _moment(one["ends_at"])),
                *([one["place"]] if several else []),
                hours(view, one),
            ]
            for one in dates
        ],
    )


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


async def sign_in_sheet(view: View, page: NetworkPage, meeting: Mapping[str, Any], people: Sequence[Person], code: str,
) -> Response:  # fmt: skip
    """Everybody who may come, and empty lines for guests; whoever has a phone scans the code."""
    _ = view.translate.gettext
    rows = [[str(number), _with_party(view, one), one.organisation] for number, one in enumerate(people, 1)]
    data = {
        **_head(view, page, meeting, code),
        "title": f"{_(N_('Sign-in sheet'))}: {meeting['title']}",
        "hint": _(N_("With a phone: scan, tap, done.")),
        "columns": [_(N_("No.")), _(N_("Name")), _(N_("Association or village")), _(N_("Signature"))],
        "rows": rows,
        "guests": _(N_("Guests")),
        "guest_lines": GUEST_LINES,
    }
    return pdf(await documents.render("sign_in", data), f"anwesenheit-{meeting['starts_at'][:10]}.pdf")


async def poster(view: View, page: NetworkPage, meeting: Mapping[str, Any], code: str) -> Response:
    """A page for the door with the code as large as it goes."""
    _ = view.translate.gettext
    data = {
        **_head(view, page, meeting, code),
        "title": _(N_("Welcome!")),
        "numbered": False,
        "meeting": meeting["title"],
        "steps": [
            _(N_("Point the camera of your phone at the picture.")),
            _(N_("Open the link that appears.")),
            _(N_("Tap on “I am here”, or enter your name as a guest.")),
        ],
        "without": _(N_("Without a phone: please sign the list, or tell us your name.")),
    }
    return pdf(await documents.render("poster", data), f"aushang-{meeting['starts_at'][:10]}.pdf")


async def certificates(view: View, network: str, issued: Sequence[Mapping[str, Any]]) -> Response:
    """One page for each; `network` is its name."""
    _ = view.translate.gettext
    data = {
        "title": _(N_("Certificate of participation")),
        "footer": view.settings.site_name,
        "numbered": False,
        "pages": [_certificate(view, network, one) for one in issued],
    }
    name = f"teilnahme-{issued[0]['starts_at'][:10]}.pdf"
    return pdf(await documents.render("participation", data), name)


def _certificate(view: View, network: str, issued: Mapping[str, Any]) -> dict[str, Any]:
    _ = view.translate.gettext
    course = course_of(view, issued)
    if course is None:
        told = _(N_("took part in this event:"))
        when = [
            [_(N_("When")), format_span(_moment(issued["starts_at"]), _moment(issued["ends_at"]))],
            [_(N_("Duration")), hours(view, issued)],
        ]
    else:
        told = _(N_("took part in this course:"))
        when = [
            [_(N_("Period")), course.period],
            [_(N_("Attended dates")), course.attended],
            [_(N_("Duration in all")), course.hours],
        ]
    kind = KINDS[issued["kind"]]
    office = view.settings.operator_name or view.settings.district_name
    return {
        "name": issued["name"],
        "took_part": told,
        "meeting": issued["title"],
        "facts": [
            [_(N_("Kind")), _(kind)],
            *when,
            [_(N_("Where")), issued["place"]],
            [_(N_("Organised by")), network],
        ],
        "head": course.head if course else [],
        "dates": course.dates if course else [],
        "issued": _(N_("Issued on %(day)s by %(office)s")) % {
            "day": format_date(_moment(issued["issued_at"]).date()), "office": office,
        },
        "signature": _(N_("Signature, stamp")),
        "check": _(N_("Is this genuine? Scan the picture, or enter the code here:")),
        "where": address_of(view, "/bescheinigung"),
        "code": spelled(issued["code"]),
        "qr": drawing(address_of(view, f"/bescheinigung/{issued['code']}")),
        "alt": _(N_("QR code that leads to the check of this certificate")),
    }  # fmt: skip


def _head(view: View, page: NetworkPage, meeting: Mapping[str, Any], code: str) -> dict[str, Any]:
    _ = view.translate.gettext
    starts, ends = datetime.fromisoformat(meeting["starts_at"]), datetime.fromisoformat(meeting["ends_at"])
    return {
        "network": page.name,
        "facts": [[_(N_("When")), format_span(starts, ends)], [_(N_("Where")), meeting["place"]]],
        "footer": f"{page.name} · {meeting['title']}",
        "qr": drawing(address_of(view, f"/tuer/{code}")),
        "alt": _(N_("QR code that leads to checking in")),
    }


def _with_party(view: View, person: Person) -> str:
    if person.expected < 2:
        return person.name
    counted = view.translate.ngettext("%(num)s person", "%(num)s people", person.expected) % {"num": person.expected}
    return f"{person.name} ({counted})"


def pdf(document: bytes, name: str) -> Response:
    """A document with names or codes in it: for whoever asked, and for no cache."""
    headers = {"content-disposition": f'attachment; filename="{name}"', "cache-control": "private, no-store"}
    return Response(document, media_type=documents.MEDIA_TYPE, headers=headers)
