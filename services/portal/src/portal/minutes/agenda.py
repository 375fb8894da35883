"""…/treffen/<meeting>/tagesordnung: the agenda is arranged by planners, and proposed to by lead associations."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter
from shared.errors import NotFound, Unavailable
from starlette.responses import Response

from portal.minutes.access import PlannerView, ReaderView, meeting_of, planned_network, read_network
from portal.minutes.choices import chosen, options, responsible
from portal.minutes.people import read_people
from portal.networks.queries import NetworkPage
from portal.web.forms import Form
from portal.web.messages import with_message
from portal.web.services import Refused, problem_of
from portal.web.view import View

router = APIRouter(prefix="/n/{network}/treffen/{meeting_id}/tagesordnung")


@router.get("")
async def show_agenda(view: ReaderView, network: str, meeting_id: UUID) -> Response:
    """The agenda with owners and proposals, and the forms for both."""
    return await _page(view, await read_network(view, network), meeting_id)


@router.post("")
async def add_item(view: PlannerView, network: str, meeting_id: UUID) -> Response:
    """One more item."""
    page, form = await planned_network(view, network), Form.sent(await view.request.form())
    return await _send(view, page, meeting_id, form, "POST", f"/meetings/{meeting_id}/agenda", _body(form))


@router.post("/vorschlag")
async def propose_item(view: ReaderView, network: str, meeting_id: UUID) -> Response:
    """A proposal of a lead association."""
    page, form = await read_network(view, network), Form.sent(await view.request.form())
    body = _body(form)
    del body["responsible"]
    path = f"/meetings/{meeting_id}/agenda/proposals"
    return await _send(view, page, meeting_id, form, "POST", path, body, said="vorgeschlagen")


@router.post("/vorschlag/{proposal_id}")
async def answer_proposal(view: PlannerView, network: str, meeting_id: UUID, proposal_id: UUID) -> Response:
    """Take it up or not."""
    page, form = await planned_network(view, network), Form.sent(await view.request.form())
    body = {"accept": form.text("accept") == "yes"}
    return await _send(view, page, meeting_id, form, "POST", f"/agenda-proposals/{proposal_id}/answer", body)


@router.post("/{item_id}/stelle")
async def shift_item(view: PlannerView, network: str, meeting_id: UUID, item_id: UUID) -> Response:
    """One place up or down."""
    page, form = await planned_network(view, network), Form.sent(await view.request.form())
    agenda = await view.services.events.get(f"/meetings/{meeting_id}/agenda", token=await view.token())
    ids = [item["id"] for item in agenda["items"]]
    if str(item_id) in ids:
        place = ids.index(str(item_id))
        other = place + (1 if form.text("to") == "down" else -1)
        if 0 <= other < len(ids):
            ids[place], ids[other] = ids[other], ids[place]
    return await _send(view, page, meeting_id, form, "PUT", f"/meetings/{meeting_id}/agenda/order", {"item_ids": ids})


@router.get("/{item_id}")
async def show_item(view: PlannerView, network: str, meeting_id: UUID, item_id: UUID) -> Response:
    """The form of an item."""
    page = await planned_network(view, network)
    meeting, agenda = await _read(view, network, meeting_id)
    item = _item(agenda, item_id)
    people = await read_people(view, page)
    values = {
        "title": item["title"],
        "minutes": str(item["minutes"] or ""),
        "details": people.shown(item["details"]),
        "responsible": chosen(item["responsible"]),
    }
    return await _form(view, page, meeting, item, Form(values=values))


@router.post("/{item_id}")
async def change_item(view: PlannerView, network: str, meeting_id: UUID, item_id: UUID) -> Response:
    """Other words, another owner, more time."""
    page = await planned_network(view, network)
    meeting, agenda = await _read(view, network, meeting_id)
    item, form = _item(agenda, item_id), Form.sent(await view.request.form())
    people = await read_people(view, page)
    body = _body(form) | {"details": people.linked(form.text("details"))}
    try:
        await view.services.events.send("PUT", f"/agenda-items/{item_id}", body, token=await view.token(), key=form.key)
    except (Refused, Unavailable) as error:
        return await _form(view, page, meeting, item, form.take(problem_of(error, view.translate)), status=422)
    return view.redirect(with_message(_address(network, meeting_id), "gespeichert-intern"))


@router.post("/{item_id}/streichen")
async def delete_item(view: PlannerView, network: str, meeting_id: UUID, item_id: UUID) -> Response:
    """Strike it off, unless something was written under it."""
    page, form = await planned_network(view, network), Form.sent(await view.request.form())
    return await _send(view, page, meeting_id, form, "DELETE", f"/agenda-items/{item_id}", None)


def _body(form: Form) -> dict[str, Any]:
    return {
        "title": form.text("title"),
        "minutes": form.number("minutes"),
        "details": form.text("details"),
        "responsible": responsible(form),
    }


async def _send(
    view: View,
    page: NetworkPage,
    meeting_id: UUID,
    form: Form,
    method: str,
    path: str,
    body: dict[str, Any] | None,
    said: str = "gespeichert-intern",
) -> Response:
    try:
        await view.services.events.send(method, path, body, token=await view.token(), key=form.key)
    except (Refused, Unavailable) as error:
        return await _page(view, page, meeting_id, form.take(problem_of(error, view.translate)), status=422)
    return view.redirect(with_message(_address(page.slug, meeting_id), said))


async def _read(view: View, network: str, meeting_id: UUID) -> tuple[dict[str, Any], dict[str, Any]]:
    meeting = await meeting_of(view, network, meeting_id)
    agenda = await view.services.events.get(f"/meetings/{meeting_id}/agenda", token=await view.token())
    return meeting, agenda


def _item(agenda: dict[str, Any], item_id: UUID) -> dict[str, Any]:
    for item in agenda["items"]:
        if item["id"] == str(item_id):
            found: dict[str, Any] = item
            return found
    raise NotFound


async def _page(
    view: View, page: NetworkPage, meeting_id: UUID, form: Form | None = None, status: int = 200
) -> Response:
    meeting, agenda = await _read(view, page.slug, meeting_id)
    people = await read_people(view, page)
    return view.render(
        "minutes/agenda.html",
        status,
        network=page,
        meeting=meeting,
        items=agenda["items"],
        proposals=agenda["proposals"],
        waiting=[one for one in agenda["proposals"] if one["state"] == "open"],
        people=people,
        options=options(view, people),
        may_plan=view.may_plan(page.slug),
        form=form or Form(),
        planned=sum(item["minutes"] or 0 for item in agenda["items"]),
    )


async def _form(
    view: View, page: NetworkPage, meeting: dict[str, Any], item: dict[str, Any], form: Form, status: int = 200
) -> Response:
    people = await read_people(view, page)
    return view.render(
        "minutes/agenda_item.html",
        status,
        network=page,
        meeting=meeting,
        item=item,
        form=form,
        options=options(view, people),
    )


def _address(network: str, meeting_id: UUID) -> str:
    return f"/n/{network}/treffen/{meeting_id}/tagesordnung"
