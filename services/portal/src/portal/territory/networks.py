"""Pages of the staff about a network: what it is, its villages, who speaks for it."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends
from shared.errors import NotFound, Unavailable
from starlette.responses import Response

from portal.duplicates.asking import ask_whether_new_person
from portal.territory.directory import (
    DISTRICT,
    NETWORKS,
    check_network,
    everything,
    may_rule,
    send,
    territory,
)
from portal.web.dates import today
from portal.web.forms import Form
from portal.web.messages import with_message
from portal.web.services import Refused, problem_of
from portal.web.view import StaffView, View

router = APIRouter(prefix="/gebiet/netzwerke")

DistrictView = Annotated[View, Depends(DISTRICT)]
NetworkView = Annotated[View, Depends(NETWORKS)]
PERSON = {"person.name": "name", "person.email": "email", "person.phone": "phone"}


@router.get("/neu")
async def show_new_network(view: DistrictView) -> Response:
    """The form for a network."""
    return await _form_page(view, Form())


@router.post("/neu")
async def found_network(view: DistrictView) -> Response:
    """Found a network; its villages join from today."""
    form = Form.sent(await view.request.form())
    body = {**_described(form), "slug": form.optional("slug"), "village_ids": form.texts("village_ids")}
    made = await send(view, form, "POST", "/networks", body)
    if made is None:
        return await _form_page(view, form, status=422)
    return view.redirect(with_message(f"/gebiet/netzwerke/{made['id']}", "gespeichert-intern"))


@router.get("/{network_id}")
async def show_network(view: StaffView, network_id: UUID) -> Response:
    """A network with its villages before, now and later; its contact persons for those who coordinate it."""
    found = await territory(view)
    network = found.network(network_id)
    may_keep = view.may_plan(network["slug"])
    villages = {village["id"]: village for village in found.villages}
    rows = await everything(view, "/coverage", network=network["slug"])
    return view.render(
        "territory/network.html",
        network=network,
        coverage=sorted(rows, key=lambda row: (villages[row["village_id"]]["name"], row["starts_on"])),
        villages=villages,
        contacts=await _contacts(view, network_id) if may_keep else [],
        today=today().isoformat(),
        may_keep=may_keep,
        may_rule=may_rule(view),
    )


@router.get("/{network_id}/bearbeiten")
async def show_network_form(view: NetworkView, network_id: UUID) -> Response:
    """The form for name, programme, description and goals."""
    path = f"/networks/{network_id}"
    network, version = await view.services.registry.get_version(path, token=await view.token())
    check_network(view, network)
    values = {name: network[name] for name in ("name", "programme", "description")}
    goals = "\n".join(goal["text"] for goal in network["goals"])
    return await _form_page(view, Form(values={**values, "goals": goals, "_version": version}), network)


@router.post("/{network_id}/bearbeiten")
async def change_network(view: NetworkView, network_id: UUID) -> Response:
    """Change what the network says about itself; its address stays."""
    form = Form.sent(await view.request.form())
    path = f"/networks/{network_id}"
    if await send(view, form, "PATCH", path, _described(form)) is None:
        return await _form_page(view, form, await view.services.registry.get(path), status=422)
    return view.redirect(with_message(f"/gebiet/netzwerke/{network_id}", "gespeichert-intern"))


@router.get("/{network_id}/ansprechpersonen/neu")
async def show_new_contact(view: NetworkView, network_id: UUID) -> Response:
    """The form for somebody who speaks for the network."""
    return await _contact_page(view, network_id, Form(values={"starts_on": today().isoformat()}))


@router.post("/{network_id}/ansprechpersonen/neu")
async def appoint(view: NetworkView, network_id: UUID) -> Response:
    """Enter somebody who speaks for the network."""
    form = Form.sent(await view.request.form())
    body = {
        "network_id": str(network_id),
        "function": form.text("function"),
        "person": {"name": form.text("name"), "email": form.optional("email"), "phone": form.optional("phone")},
        "starts_on": form.optional("starts_on"),
        "until": form.optional("until"),
    }
    try:
        await ask_whether_new_person(view, form)
    except (Refused, Unavailable) as error:
        return await _contact_page(view, network_id, form.take(problem_of(error, view.translate)), status=422)
    if await send(view, form, "POST", "/network-contacts", body, PERSON) is None:
        return await _contact_page(view, network_id, form, status=422)
    return view.redirect(with_message(f"/gebiet/netzwerke/{network_id}", "ansprechperson"))


@router.get("/{network_id}/ansprechpersonen/{contact_id}/ende")
async def show_end(view: NetworkView, network_id: UUID, contact_id: UUID) -> Response:
    """Until when somebody speaks for the network."""
    return await _end_page(view, network_id, contact_id, Form(values={"until": today().isoformat()}))


@router.post("/{network_id}/ansprechpersonen/{contact_id}/ende")
async def end(view: NetworkView, network_id: UUID, contact_id: UUID) -> Response:
    """Set the last day."""
    form = Form.sent(await view.request.form())
    body = {"until": form.text("until")}
    if await send(view, form, "PATCH", f"/network-contacts/{contact_id}", body) is None:
        return await _end_page(view, network_id, contact_id, form, status=422)
    return view.redirect(with_message(f"/gebiet/netzwerke/{network_id}", "gespeichert-intern"))


def _described(form: Form) -> dict[str, Any]:
    """Goals stand one on a line."""
    goals = [line.strip() for line in form.text("goals").splitlines() if line.strip()]
    return {name: form.text(name) for name in ("name", "programme", "description")} | {"goals": goals}


async def _contacts(view: View, network_id: UUID) -> list[dict[str, Any]]:
    return await everything(
        view, "/network-contacts", token=await view.token(), network_id=str(network_id), past="true"
    )


async def _form_page(view: View, form: Form, known: dict[str, Any] | None = None, status: int = 200) -> Response:
    villages = [
        (one["id"], f"{one['name']} ({one['municipality']})")
        for one in (await territory(view)).villages
        if one["network"] is None
    ]
    return view.render("territory/network_form.html", status, form=form, known=known, villages=villages)


async def _contact_page(view: View, network_id: UUID, form: Form, status: int = 200) -> Response:
    network = (await territory(view)).network(network_id)
    check_network(view, network)
    return view.render("territory/contact_form.html", status, form=form, network=network)


async def _end_page(view: View, network_id: UUID, contact_id: UUID, form: Form, status: int = 200) -> Response:
    network = (await territory(view)).network(network_id)
    check_network(view, network)
    contact = next((one for one in await _contacts(view, network_id) if one["id"] == str(contact_id)), None)
    if contact is None:
        raise NotFound
    return view.render("territory/contact_end.html", status, form=form, network=network, contact=contact)
