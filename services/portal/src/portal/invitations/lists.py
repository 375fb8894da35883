"""/n/<network>/verteiler: the mailing lists of a network."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter
from shared.errors import NotFound, Unavailable
from starlette.responses import Response

from portal.meetings.planning import planned_network
from portal.minutes.access import PlannerView
from portal.minutes.people import read_people
from portal.networks.queries import NetworkPage
from portal.web.forms import Form
from portal.web.messages import with_message
from portal.web.services import Refused, problem_of
from portal.web.view import View

router = APIRouter(prefix="/n/{network}/verteiler")

OFFERED = 200  # volunteers, by name: the most that the registry gives at once
MEMBERS = ("organisation_ids", "contact_ids", "volunteer_ids")


@router.get("")
async def show_lists(view: PlannerView, network: str) -> Response:
    """Every list with the number of its entries."""
    page = await planned_network(view, network)
    return view.render("invitations/lists.html", network=page, lists=await lists_of(view, network))


@router.get("/neu")
async def show_new_list(view: PlannerView, network: str) -> Response:
    """The form of a new list."""
    return await _form(view, await planned_network(view, network), Form())


@router.post("/neu")
async def add_list(view: PlannerView, network: str) -> Response:
    """Keep a new list."""
    page = await planned_network(view, network)
    form = Form.sent(await view.request.form())
    body = _body(form) | {"network": network}
    try:
        await view.services.events.send("POST", "/mailing-lists", body, token=await view.token(), key=form.key)
    except (Refused, Unavailable) as error:
        problem = problem_of(error, view.translate)
        return await _form(view, page, form.take(problem), status=problem.status)
    return view.redirect(with_message(f"/n/{network}/verteiler", "gespeichert-intern"))


@router.get("/{list_id}")
async def show_list(view: PlannerView, network: str, list_id: UUID) -> Response:
    """The form with what the list is now."""
    page = await planned_network(view, network)
    kept = await _kept(view, network, list_id)
    values = {name: kept[name] for name in ("name", *MEMBERS)} | {"version": str(kept["version"])}
    return await _form(view, page, Form(values), kept)


@router.post("/{list_id}")
async def change_list(view: PlannerView, network: str, list_id: UUID) -> Response:
    """Rename it and replace its members."""
    page = await planned_network(view, network)
    kept = await _kept(view, network, list_id)
    form = Form.sent(await view.request.form())
    body = _body(form) | {"version": form.number("version")}
    try:
        await view.services.events.send(
            "PUT", f"/mailing-lists/{list_id}", body, token=await view.token(), key=form.key
        )
    except (Refused, Unavailable) as error:
        problem = problem_of(error, view.translate)
        return await _form(view, page, form.take(problem), kept, problem.status)
    return view.redirect(with_message(f"/n/{network}/verteiler", "gespeichert-intern"))


@router.get("/{list_id}/entfernen")
async def show_removal(view: PlannerView, network: str, list_id: UUID) -> Response:
    """What removing it means, with one button."""
    page = await planned_network(view, network)
    return view.render("invitations/list_remove.html", network=page, kept=await _kept(view, network, list_id))


@router.post("/{list_id}/entfernen")
async def remove_list(view: PlannerView, network: str, list_id: UUID) -> Response:
    """Keep it no more."""
    await planned_network(view, network)
    await _kept(view, network, list_id)
    await view.services.events.send("DELETE", f"/mailing-lists/{list_id}", token=await view.token())
    return view.redirect(with_message(f"/n/{network}/verteiler", "geloescht"))


async def lists_of(view: View, network: str) -> list[dict[str, Any]]:
    """The network's lists as the service tells of them, by name."""
    answer = await view.services.events.get("/mailing-lists", token=await view.token(), network=network)
    found: list[dict[str, Any]] = answer["items"]
    return found


async def _kept(view: View, network: str, list_id: UUID) -> dict[str, Any]:
    kept: dict[str, Any] = await view.services.events.get(f"/mailing-lists/{list_id}", token=await view.token())
    if kept["network"] != network:
        raise NotFound
    return kept


async def _form(
    view: View, page: NetworkPage, form: Form, kept: dict[str, Any] | None = None, status: int = 200
) -> Response:
    people = await read_people(view, page)
    contacts = sorted(
        ((mark[9:-1], people.shown(mark), function) for mark, function in people.functions.items()),
        key=lambda one: one[1].casefold(),
    )
    volunteers, more = await _volunteers(view, page)
    offered = {"contact_ids": {one[0] for one in contacts}, "volunteer_ids": {one[0] for one in volunteers}}
    offered["organisation_ids"] = set(people.organisations)
    return view.render(
        "invitations/list.html",
        status,
        network=page,
        form=form,
        kept=kept,
        organisations=sorted(people.organisations.items(), key=lambda one: one[1].casefold()),
        contacts=[(key, function if name == function else f"{name}, {function}") for key, name, function in contacts],
        volunteers=volunteers,
        more=more,
        hidden=[(name, one) for name in MEMBERS for one in form.texts(name) if one not in offered[name]],
    )


async def _volunteers(view: View, page: NetworkPage) -> tuple[list[tuple[str, str]], bool]:
    """Volunteers of the network whom the reader may see, by name; and whether there are more of them."""
    try:
        answer = await view.services.registry.get(
            "/volunteers", token=await view.token(), area_id=str(page.id), standing="active", limit=OFFERED
        )
    except (Refused, Unavailable):
        return [], False
    return [(one["id"], one["person"]["name"]) for one in answer["items"]], answer["next"] is not None


def _body(form: Form) -> dict[str, Any]:
    return {"name": form.text("name"), **{name: form.texts(name) for name in MEMBERS}}
