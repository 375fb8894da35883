"""…/treffen/<meeting>/einlass: who is there, on a phone at the door; paper for it, and certificates afterwards.

Every form works without JavaScript. With it, the list shows by itself what others note.
"""

from datetime import UTC, datetime
from hashlib import sha256
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Query
from shared.errors import Forbidden, Unavailable
from starlette.responses import Response

from portal.attendance import documents
from portal.attendance.people import Person, matching, people_on
from portal.meetings.planning import planned_network
from portal.minutes.access import PlannerView, meeting_of
from portal.networks.queries import NetworkPage
from portal.web.forms import Form
from portal.web.messages import with_message
from portal.web.services import Refused, problem_of
from portal.web.view import View

router = APIRouter(prefix="/n/{network}/treffen/{meeting_id}/einlass")

Search = Annotated[str, Query(max_length=100)]
Stand = Annotated[str, Query(max_length=20, description="Shows one state alone")]
STATES = {"offen": None, "da": "attended", "entschuldigt": "excused", "fehlt": "absent"}


@router.get("")
async def show_list(
    view: PlannerView, network: str, meeting_id: UUID, suche: Search = "", stand: Stand = ""
) -> Response:
    """Everybody who may come; who is there, and who is not yet."""
    return await _list(view, await planned_network(view, network), meeting_id, suche, stand)


@router.get("/stand")
async def follow_list(
    view: PlannerView, network: str, meeting_id: UUID, suche: Search = "", stand: Stand = "", marke: Stand = ""
) -> Response:
    """What is noted now, for htmx; nothing (204) while it is what the page shows."""
    page = await planned_network(view, network)
    found = await _read(view, meeting_id, "attendance/now")
    if not view.wants_fragment or mark_of(found) == marke:
        return Response(status_code=204, headers={"cache-control": "no-store"})
    meeting = await meeting_of(view, network, meeting_id)
    return view.fragment("attendance/list.html", "list", **await _context(view, page, meeting, found, suche, stand))


@router.post("/gast")
async def enter_guest(view: PlannerView, network: str, meeting_id: UUID) -> Response:
    """Somebody came who is not on the list."""
    page, form = await planned_network(view, network), Form.sent(await view.request.form())
    body = {"name": form.text("name"), "organisation": form.text("organisation")}
    try:
        await _send(view, "POST", f"/meetings/{meeting_id}/attendance/guests", body, form)
    except (Refused, Unavailable) as error:
        problem = problem_of(error, view.translate)
        return await _list(view, page, meeting_id, guest=form.take(problem), status=problem.status)
    return view.redirect(with_message(_address(network, meeting_id), "gast-da"))


@router.post("/abschliessen")
async def close_list(view: PlannerView, network: str, meeting_id: UUID) -> Response:
    """Whoever is still open was absent."""
    page, form = await planned_network(view, network), Form.sent(await view.request.form())
    try:
        await _send(view, "POST", f"/meetings/{meeting_id}/attendance/closing", None, form)
    except (Refused, Unavailable) as error:
        return await _refused(view, page, meeting_id, error)
    return view.redirect(with_message(_address(network, meeting_id), "liste-geschlossen"))


@router.post("/liste")
async def print_sheet(view: PlannerView, network: str, meeting_id: UUID) -> Response:
    """The sign-in sheet as PDF, with a code of its own: that is why it is no link."""
    page = await planned_network(view, network)
    meeting = await meeting_of(view, network, meeting_id)
    try:
        code = await _send(view, "POST", f"/meetings/{meeting_id}/door-codes")
    except (Refused, Unavailable) as error:
        return await _refused(view, page, meeting_id, error)
    entries = (await _read(view, meeting_id))["entries"]
    people = await people_on(view, page, [one for one in entries if one["kind"] != "guest"])
    expected = [one for one in people if one.state != "excused"]
    return await documents.sign_in_sheet(view, page, meeting, expected, code["code"])


@router.post("/aushang")
async def print_poster(view: PlannerView, network: str, meeting_id: UUID) -> Response:
    """A poster for the door as PDF, with a code of its own."""
    page = await planned_network(view, network)
    meeting = await meeting_of(view, network, meeting_id)
    try:
        code = await _send(view, "POST", f"/meetings/{meeting_id}/door-codes")
    except (Refused, Unavailable) as error:
        return await _refused(view, page, meeting_id, error)
    return await documents.poster(view, page, meeting, code["code"])


@router.post("/tuercodes")
async def renew_door(view: PlannerView, network: str, meeting_id: UUID) -> Response:
    """What was printed so far leads nowhere from now on."""
    page = await planned_network(view, network)
    try:
        await _send(view, "DELETE", f"/meetings/{meeting_id}/door-codes")
    except (Refused, Unavailable) as error:
        return await _refused(view, page, meeting_id, error)
    return view.redirect(with_message(_address(network, meeting_id), "tuercode-ungueltig"))


@router.post("/bescheinigungen")
async def print_certificates(view: PlannerView, network: str, meeting_id: UUID) -> Response:
    """Certificates for all who were there and whose name is known, or for the one who is named in the form."""
    page, form = await planned_network(view, network), Form.sent(await view.request.form())
    found = await _read(view, meeting_id)
    people = await people_on(view, page, found["entries"])
    named = _named(people, form)
    try:
        body = {"items": [{"entry_id": one, "name": name} for one, name in named]}
        issued = await _send(view, "POST", f"/meetings/{meeting_id}/certificates", body)
    except (Refused, Unavailable) as error:
        return await _refused(view, page, meeting_id, error)
    return await documents.certificates(view, page.name, issued["items"])


@router.post("/{entry_id}")
async def note(view: PlannerView, network: str, meeting_id: UUID, entry_id: UUID) -> Response:
    """Somebody is there, is excused, is missing; or it was a mistake."""
    page, form = await planned_network(view, network), Form.sent(await view.request.form())
    suche, stand = form.text("suche"), form.text("stand")
    body = {
        "state": form.optional("state"),
        "people": form.number("people"),
        "version": form.number("version"),
    }
    try:
        await _send(view, "PUT", f"/meetings/{meeting_id}/attendance/{entry_id}", body, form)
    except (Refused, Unavailable) as error:
        problem = problem_of(error, view.translate)
        return await _list(view, page, meeting_id, suche, stand, message=problem.detail, status=problem.status)
    if form.text("back") == "pass":
        return view.redirect(f"/einlass/{form.text('code')}")
    query = urlencode({name: value for name, value in (("suche", suche), ("stand", stand)) if value})
    return view.redirect(f"{_address(network, meeting_id)}{'?' if query else ''}{query}#p-{entry_id}")


def _named(people: list[Person], form: Form) -> list[tuple[str, str]]:
    """Whom certificates are for, by id and name. One alone may get the name that is typed."""
    one = form.text("entry")
    if one:
        return [(person.id, form.text("name") or person.name) for person in people if person.id == one]
    return [(person.id, person.name) for person in people if person.state == "attended" and person.named]


def mark_of(found: dict[str, Any]) -> str:
    """Changes with what is noted: the page asks by it whether there is anything new."""
    return sha256(repr(found).encode()).hexdigest()[:16]


async def _read(view: View, meeting_id: UUID, what: str = "attendance") -> dict[str, Any]:
    try:
        found: dict[str, Any] = await view.services.events.get(
            f"/meetings/{meeting_id}/{what}", token=await view.token()
        )
    except Refused as refused:
        raise Forbidden from refused
    return found


async def _send(view: View, method: str, path: str, body: Any = None, form: Form | None = None) -> Any:
    key = form.key if form else None
    return await view.services.events.send(method, path, body, token=await view.token(), key=key)


async def _refused(view: View, page: NetworkPage, meeting_id: UUID, error: Refused | Unavailable) -> Response:
    problem = problem_of(error, view.translate)
    return await _list(view, page, meeting_id, message=problem.detail, status=problem.status)


async def _list(
    view: View,
    page: NetworkPage,
    meeting_id: UUID,
    suche: str = "",
    stand: str = "",
    *,
    guest: Form | None = None,
    message: str = "",
    status: int = 200,
) -> Response:
    meeting = await meeting_of(view, page.slug, meeting_id)
    context = await _context(view, page, meeting, await _read(view, meeting_id), suche, stand)
    return view.render("attendance/list.html", status, guest=guest or Form(), message=message, **context)


async def _context(
    view: View, page: NetworkPage, meeting: dict[str, Any], found: dict[str, Any], suche: str, stand: str
) -> dict[str, Any]:
    now = datetime.now(UTC)
    people = await people_on(view, page, found["entries"])
    shown = [one for one in matching(people, suche) if stand not in STATES or one.state == STATES[stand]]
    return {
        "network": page,
        "meeting": meeting,
        "meeting_begun": datetime.fromisoformat(meeting["starts_at"]) <= now,
        "meeting_over": datetime.fromisoformat(meeting["ends_at"]) <= now,
        "root": _address(page.slug, meeting["id"]),
        "counts": found["counts"],
        "changeable": found["changeable"],
        "closed_at": found["closed_at"],
        "people": shown,
        "anybody": bool(people),
        "nameless": sum(1 for one in people if one.state == "attended" and not one.named),
        "suche": suche,
        "stand": stand if stand in STATES else "",
        "mark": mark_of(found),
    }


def _address(network: str, meeting_id: UUID | str) -> str:
    return f"/n/{network}/treffen/{meeting_id}/einlass"
