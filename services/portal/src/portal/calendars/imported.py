"""/n/<network>/kalender/uebernehmen: the calendars of others whose dates become dates of the network."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter
from shared.contracts.events import MeetingKind
from shared.errors import NotFound, Unavailable
from starlette.responses import Response

from portal.meetings.planning import planned_network
from portal.networks.queries import NetworkPage
from portal.web.forms import Form
from portal.web.messages import with_message
from portal.web.services import Refused, problem_of
from portal.web.view import StaffView, View

router = APIRouter(prefix="/n/{network}/kalender/uebernehmen")


@router.get("")
async def show_sources(view: StaffView, network: str) -> Response:
    """What is taken over, how that goes, and a form for one more."""
    page = await planned_network(view, network)
    return await _list_page(view, page, Form(values={"kind": MeetingKind.ACTIVITY.value}))


@router.post("")
async def add_source(view: StaffView, network: str) -> Response:
    """Take over one more; its dates are there a moment later."""
    page = await planned_network(view, network)
    form = Form.sent(await view.request.form())
    body = {"network": network, **{name: form.text(name) for name in ("name", "url", "kind")}}
    source = await _send(view, form, "POST", "/calendar-sources", body)
    if source is None:
        return await _list_page(view, page, form, status=422)
    return view.redirect(with_message(_path(network, source["id"]), "kalender-uebernommen"))


@router.get("/{source_id}")
async def show_source(view: StaffView, network: str, source_id: UUID) -> Response:
    """One calendar: its last check, its dates and what was changed in them by hand."""
    page = await planned_network(view, network)
    source = await _source(view, network, source_id)
    return await _source_page(view, page, source, _form_of(source))


@router.post("/{source_id}")
async def change_source(view: StaffView, network: str, source_id: UUID) -> Response:
    """Another name, another address, a pause or its end."""
    page = await planned_network(view, network)
    source = await _source(view, network, source_id)
    form = Form.sent(await view.request.form())
    body: dict[str, Any] = {name: form.text(name) for name in ("name", "url", "kind")}
    body |= {"paused": form.text("paused") == "yes", "version": form.number("version")}
    if await _send(view, form, "PUT", f"/calendar-sources/{source_id}", body) is None:
        return await _source_page(view, page, source, form, status=422)
    return view.redirect(with_message(_path(network, source_id), "gespeichert-intern"))


@router.post("/{source_id}/pruefen")
async def check_source(view: StaffView, network: str, source_id: UUID) -> Response:
    """Look at the calendar now."""
    await planned_network(view, network)
    await _source(view, network, source_id)
    await view.services.events.send("POST", f"/calendar-sources/{source_id}/check", token=await view.token())
    return view.redirect(with_message(_path(network, source_id), "kalender-wird-geprueft"))


@router.get("/{source_id}/entfernen")
async def show_removal(view: StaffView, network: str, source_id: UUID) -> Response:
    """What becomes of its dates is asked first."""
    page = await planned_network(view, network)
    source = await _source(view, network, source_id)
    return view.render(
        "calendars/imported_remove.html", network=page, source=source, form=Form(values={"dates": "keep"})
    )


@router.post("/{source_id}/entfernen")
async def remove_source(view: StaffView, network: str, source_id: UUID) -> Response:
    """Take it over no more."""
    await planned_network(view, network)
    await _source(view, network, source_id)
    form = Form.sent(await view.request.form())
    cancel = "true" if form.text("dates") == "cancel" else "false"
    path = f"/calendar-sources/{source_id}?cancel={cancel}"
    await view.services.events.send("DELETE", path, token=await view.token())
    return view.redirect(with_message(f"/n/{network}/kalender/uebernehmen", "kalender-entfernt"))


async def _source(view: View, network: str, source_id: UUID) -> dict[str, Any]:
    """A calendar of this network. Raises `NotFound`."""
    source: dict[str, Any] = await view.services.events.get(f"/calendar-sources/{source_id}", token=await view.token())
    if source["network"] != network:
        raise NotFound
    return source


async def _send(view: View, form: Form, method: str, path: str, body: dict[str, Any]) -> dict[str, Any] | None:
    """None: the service refused, and the form shows why."""
    try:
        answer: dict[str, Any] = await view.services.events.send(
            method, path, body, token=await view.token(), key=form.key
        )
    except (Refused, Unavailable) as error:
        form.take(problem_of(error, view.translate))
        return None
    return answer


async def _list_page(view: View, page: NetworkPage, form: Form, status: int = 200) -> Response:
    token = await view.token()
    sources = await view.services.events.get("/calendar-sources", token=token, network=page.slug)
    return view.render("calendars/imported.html", status, network=page, sources=sources["items"], form=form)


async def _source_page(
    view: View, page: NetworkPage, source: dict[str, Any], form: Form, status: int = 200
) -> Response:
    dates = await view.services.events.get(f"/calendar-sources/{source['id']}/dates", token=await view.token())
    return view.render(
        "calendars/imported_source.html", status, network=page, source=source, dates=dates["items"], form=form
    )


def _form_of(source: dict[str, Any]) -> Form:
    values = {name: source[name] for name in ("name", "url", "kind")}
    return Form(values={**values, "paused": "yes" if source["paused"] else "no", "version": str(source["version"])})


def _path(network: str, source_id: object) -> str:
    return f"/n/{network}/kalender/uebernehmen/{source_id}"
