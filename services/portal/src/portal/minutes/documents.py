"""Minutes as PDF: one document for the network, one without names for everybody."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from shared.dates import format_span
from shared.i18n import N_
from starlette.responses import Response

from portal import documents
from portal.minutes.people import FUNCTIONS
from portal.minutes.reading import Minutes
from portal.networks.queries import NetworkPage
from portal.read_model.model import PublishedMinutes
from portal.web.dates import day
from portal.web.view import View

STATUS = {
    "draft": N_("Draft: not submitted yet"),
    "submitted": N_("Submitted: not approved yet"),
    "approved": N_("Approved"),
    "published": N_("Approved and published"),
}
STATES = {"open": N_("open"), "done": N_("done"), "dropped": N_("dropped")}


async def internal_pdf(view: View, read: Minutes) -> Response:
    """The minutes as the network reads them."""
    _, content, meeting = view.translate.gettext, read.minutes["content"], read.meeting
    status = STATUS[read.minutes["status"]]
    names = read.people.organisations
    when = format_span(datetime.fromisoformat(meeting["starts_at"]), datetime.fromisoformat(meeting["ends_at"]))
    facts = [
        [_(N_("When")), when],
        [_(N_("Where")), meeting["place"]],
        *_attendance(view, content, names),
        [_(N_("State")), _(status)],
    ]
    data = {
        "title": f"{_(N_('Minutes of the meeting'))}: {meeting['title']}",
        "intro": read.network.name,
        "facts": facts,
        "items": [_item(view, item, read) for item in read.items],
        "footer": _(N_("For the network: not to be published")),
    }
    return await _document(data, f"protokoll-{meeting['starts_at'][:10]}-intern.pdf", private=True)


async def public_pdf(view: View, page: NetworkPage, minutes: PublishedMinutes, names: Mapping[str, str]) -> Response:
    """The minutes as everybody reads them."""
    _ = view.translate.gettext
    content = {
        "people": minutes.people,
        "present": [str(one) for one in minutes.present],
        "excused": [str(one) for one in minutes.excused],
    }
    facts = [
        [_(N_("When")), format_span(minutes.starts_at, minutes.ends_at)],
        [_(N_("Where")), minutes.place],
        *_attendance(view, content, names),
        [_(N_("Approved")), day(minutes.approved_on)],
    ]
    data = {
        "title": f"{_(N_('Minutes of the meeting'))}: {minutes.title}",
        "intro": page.name,
        "facts": facts,
        "items": [_public_item(view, item, names) for item in minutes.items],
        "footer": f"{view.settings.site_name} · {_(N_('Version without names'))}",
    }
    return await _document(data, f"protokoll-{minutes.starts_at:%Y-%m-%d}.pdf", private=False)


def _attendance(view: View, content: Mapping[str, Any], names: Mapping[str, str]) -> list[list[str]]:
    _ = view.translate.gettext
    rows = []
    if content["people"] is not None:
        count = content["people"]
        rows.append(
            [_(N_("Present")), view.translate.ngettext("%(num)s person", "%(num)s people", count) % {"num": count}]
        )
    for label, ids in ((N_("Represented"), content["present"]), (N_("Excused"), content["excused"])):
        known = sorted(names[one] for one in ids if one in names)
        if known:
            rows.append([_(label), ", ".join(known)])
    return rows


def _item(view: View, item: Mapping[str, Any], read: Minutes) -> dict[str, Any]:
    shown = read.people.shown
    tasks = [
        _task(view, shown(task["title"]), read.people.who(task), task)
        for task in (*item["action_items"], *item["open_items"])
    ]
    return {
        "title": f"{item['position']}. {item['title']}",
        "about": read.people.who(item),
        "text": _paragraphs(shown(item["text"])),
        "carried": _carried(view, carried=item["status"] == "carried"),
        "decisions": [[shown(each["text"]), votes(view, each)] for each in item["decisions"]],
        "tasks": tasks,
        **_headings(view),
    }


def _public_item(view: View, item: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    tasks = [_task(view, task["title"], public_who(view, task, names), task) for task in item["action_items"]]
    return {
        "title": f"{item['position']}. {item['title']}",
        "about": "",
        "text": _paragraphs(item["text"]),
        "carried": _carried(view, carried=item["carried"]),
        "decisions": [[each["text"], votes(view, each)] for each in item["decisions"]],
        "tasks": tasks,
        **_headings(view),
    }


def public_who(view: View, task: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """Who does a task, by function and organisation."""
    organisation = names.get(task["organisation_id"] or "", "")
    function = FUNCTIONS.get(task["function"] or "")
    return f"{view.translate.gettext(function)} ({organisation})" if function and organisation else organisation


def votes(view: View, decision: Mapping[str, Any]) -> str:
    """`11 Ja, 1 Nein, 2 Enthaltungen`; empty where nobody counted."""
    _ = view.translate.gettext
    labels = ((N_("for"), "votes_for"), (N_("against"), "votes_against"), (N_("abstained"), "votes_abstained"))
    counted = [f"{decision[name]} {_(label)}" for label, name in labels if decision[name] is not None]
    return ", ".join(counted)


def _task(view: View, title: str, who: str, task: Mapping[str, Any]) -> list[str]:
    _ = view.translate.gettext
    until = day(date.fromisoformat(task["due_on"]))
    state = STATES[task["state"]]
    return [title, who, until, _(state)]


def _carried(view: View, *, carried: bool) -> str:
    return view.translate.gettext(N_("There was no time for it; it stands on the next agenda.")) if carried else ""


def _headings(view: View) -> dict[str, Any]:
    _ = view.translate.gettext
    return {
        "decided": _(N_("Decision")),
        "agreed": [_(N_("Task")), _(N_("Who")), _(N_("Until")), _(N_("State"))],
    }


def _paragraphs(text: str) -> list[str]:
    return [block.strip() for block in text.replace("\r\n", "\n").split("\n\n") if block.strip()]


async def _document(data: dict[str, Any], name: str, *, private: bool) -> Response:
    document = await documents.render("minutes", data)
    headers = {
        "content-disposition": f'attachment; filename="{name}"',
        "cache-control": "private, no-store" if private else "no-cache",
    }
    return Response(document, media_type=documents.MEDIA_TYPE, headers=headers)
