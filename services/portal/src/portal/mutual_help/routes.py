"""Pages about needs and offers: the public list, the forms, suggestions and requests, the gaps."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from shared.access.dependencies import public
from shared.contracts.registry import HelpState
from shared.errors import Forbidden, Unavailable
from starlette.responses import Response

from portal.mutual_help.forms import SIDES, body_of, form_of
from portal.mutual_help.gaps import picture
from portal.mutual_help.queries import HelpCard, help_card, open_help
from portal.networks.queries import NetworkPage, OrganisationCard, network_page
from portal.organisations.entry import kept_entry
from portal.read_model.model import HelpEntry
from portal.web.forms import Form
from portal.web.messages import PENDING, with_message
from portal.web.services import Refused, problem_of
from portal.web.view import KeeperView, PageView, StaffView, View
from portal.web.visibility import is_visible, newer

router = APIRouter(prefix="/n/{network}")


@router.get("/suche-biete", dependencies=[Depends(public)])
async def show_help(view: PageView, network: str) -> Response:
    """What is needed and offered in a network."""
    page, entries = await view.read(network_page, network), await view.read(open_help, network)
    return view.render("mutual_help/list.html", network=page, entries=entries)


@router.get("/luecken")
async def show_gaps(view: StaffView, network: str) -> Response:
    """Open needs by village and field, and where nobody could help: for those who look after the network."""
    page = await view.read(network_page, network)
    if not any(view.may_enter(network, municipality) for municipality in (None, *page.municipality_ids)):
        raise Forbidden
    gaps = (await view.services.registry.get("/help-gaps", token=await view.token(), network=network))["items"]
    return view.render("mutual_help/gaps.html", network=page, picture=picture(page, gaps))


@router.get("/organisationen/{organisation}/hilfe/neu")
async def show_new_help(
    view: KeeperView, network: str, organisation: str, art: Annotated[str, Query(max_length=20)] = "bedarf"
) -> Response:
    """The form for a need, or with `?art=angebot` for an offer."""
    page, village, card = await kept_entry(view, network, organisation)
    values = {"kind": "people", "village_id": str(village.id), "reach": "network", "wanted": "1"}
    return _form(view, page, card, Form(values=values), SIDES.get(art, "need"))


@router.post("/organisationen/{organisation}/hilfe/neu")
async def enter_help(
    view: KeeperView, network: str, organisation: str, art: Annotated[str, Query(max_length=20)] = "bedarf"
) -> Response:
    """Enter it; its page shows suggestions at once."""
    page, _, card = await kept_entry(view, network, organisation)
    form, side = Form.sent(await view.request.form()), SIDES.get(art, "need")
    try:
        body = {**await body_of(view, form, page), "side": side, "organisation_id": str(card.id)}
        entry = await view.services.registry.send("POST", "/help-entries", body, token=await view.token(), key=form.key)
    except (Refused, Unavailable) as error:
        return _form(view, page, card, form.take(problem_of(error, view.translate)), side, status=422)
    if not await is_visible(view, newer(HelpEntry, HelpEntry.entry_id == UUID(entry["id"]))):
        return view.redirect(with_message(f"/n/{network}/suche-biete", PENDING))
    return view.redirect(with_message(_address(network, entry["id"]), "hilfe-eingetragen"))


@router.get("/hilfe/{entry_id}", dependencies=[Depends(public)])
async def show_entry(view: PageView, network: str, entry_id: UUID) -> Response:
    """One need or offer; its keepers also see suggestions and requests."""
    page, card = await view.read(network_page, network), await view.read(help_card, network, entry_id)
    return await _entry(view, page, card)


@router.get("/hilfe/{entry_id}/bearbeiten")
async def show_change(view: KeeperView, network: str, entry_id: UUID) -> Response:
    """The form with the present entry."""
    page, card = await _kept(view, network, entry_id)
    entry = await view.services.registry.get(f"/help-entries/{entry_id}")
    return _form(view, page, card.organisation, form_of(entry), card.side, card)


@router.post("/hilfe/{entry_id}/bearbeiten")
async def change_help(view: KeeperView, network: str, entry_id: UUID) -> Response:
    """Save the change."""
    page, card = await _kept(view, network, entry_id)
    form = Form.sent(await view.request.form())
    try:
        await _change(view, card, await body_of(view, form, page), form.key)
    except (Refused, Unavailable) as error:
        form = form.take(problem_of(error, view.translate))
        return _form(view, page, card.organisation, form, card.side, card, status=422)
    return view.redirect(with_message(_address(network, entry_id), "gespeichert"))


@router.post("/hilfe/{entry_id}/stand")
async def move_help(view: KeeperView, network: str, entry_id: UUID) -> Response:
    """Taken, open again, done, or withdrawn."""
    page, card = await _kept(view, network, entry_id)
    form = Form.sent(await view.request.form())
    try:
        await _change(view, card, {"state": form.text("state")}, form.key)
    except (Refused, Unavailable) as error:
        return await _entry(view, page, card, form.take(problem_of(error, view.translate)), status=422)
    gone = form.text("state") == HelpState.WITHDRAWN
    target = f"/n/{network}/suche-biete" if gone else _address(network, entry_id)
    return view.redirect(with_message(target, "gespeichert"))


@router.post("/hilfe/{entry_id}/anfragen")
async def send_request(view: KeeperView, network: str, entry_id: UUID) -> Response:
    """Ask a suggested volunteer or organisation by mail."""
    page, card = await _kept(view, network, entry_id)
    form = Form.sent(await view.request.form())
    body = {name: form.optional(name) for name in ("volunteer_id", "offer_id")} | {"words": form.text("words")}
    return await _send(view, page, card, form, f"/help-entries/{entry_id}/requests", body, "angefragt")


@router.post("/hilfe/{entry_id}/anfragen/{request_id}/danke")
async def finish_request(view: KeeperView, network: str, entry_id: UUID, request_id: UUID) -> Response:
    """The help was given; thanks go by mail."""
    page, card = await _kept(view, network, entry_id)
    form = Form.sent(await view.request.form())
    said = "gedankt" if form.text("thanks") else "erledigt"
    return await _send(
        view, page, card, form, f"/help-requests/{request_id}/completion", {"thanks": form.text("thanks")}, said
    )


@router.get("/hilfe/{entry_id}/anfragen/{request_id}/zuruecknehmen")
async def show_taking_back(view: KeeperView, network: str, entry_id: UUID, request_id: UUID) -> Response:
    """Asks once more: whoever was asked is told, and that cannot be undone."""
    page, card = await _kept(view, network, entry_id)
    return view.render("mutual_help/take_back.html", network=page, entry=card, request_id=request_id)


@router.post("/hilfe/{entry_id}/anfragen/{request_id}/zuruecknehmen")
async def take_back_request(view: KeeperView, network: str, entry_id: UUID, request_id: UUID) -> Response:
    """The help is not needed any more; a mail says so."""
    page, card = await _kept(view, network, entry_id)
    form = Form.sent(await view.request.form())
    return await _send(view, page, card, form, f"/help-requests/{request_id}/withdrawal", None, "zurueckgenommen")


async def _send(
    view: View, page: NetworkPage, card: HelpCard, form: Form, path: str, body: dict[str, Any] | None, said: str
) -> Response:
    try:
        await view.services.registry.send("POST", path, body, token=await view.token(), key=form.key)
    except (Refused, Unavailable) as error:
        return await _entry(view, page, card, form.take(problem_of(error, view.translate)), status=422)
    return view.redirect(with_message(_address(page.slug, card.id), said))


async def _change(view: View, card: HelpCard, changes: dict[str, Any], key: str) -> None:
    """Change it at the registry and wait a little until the pages show it."""
    path = f"/help-entries/{card.id}"
    await view.services.registry.send("PATCH", path, changes, token=await view.token(), key=key)
    await is_visible(view, newer(HelpEntry, HelpEntry.entry_id == card.id, than=card.sequence))


async def _kept(view: View, network: str, entry_id: UUID) -> tuple[NetworkPage, HelpCard]:
    """The network and the entry. Raises `NotFound`, and `Forbidden` unless the reader keeps it."""
    page, card = await view.read(network_page, network), await view.read(help_card, network, entry_id)
    if not _may_keep(view, page, card):
        raise Forbidden
    return page, card


def _may_keep(view: View, page: NetworkPage, card: HelpCard) -> bool:
    village = page.village_of(card.organisation.village_id)
    return view.may_keep(page.slug, card.organisation.id, village.municipality_id if village else None)


async def _entry(
    view: View, page: NetworkPage, card: HelpCard, form: Form | None = None, status: int = 200
) -> Response:
    may_keep, suggestions, requests = _may_keep(view, page, card), [], []
    if may_keep and card.is_need:
        token, path = await view.token(), f"/help-entries/{card.id}"
        requests = (await view.services.registry.get(f"{path}/requests", token=token))["items"]
        if card.state == HelpState.OPEN:
            suggestions = (await view.services.registry.get(f"{path}/suggestions", token=token))["items"]
    return view.render(
        "mutual_help/entry.html",
        status,
        network=page,
        entry=card,
        form=form or Form(),
        may_keep=may_keep,
        suggestions=suggestions,
        requests=requests,
    )


def _form(
    view: View,
    page: NetworkPage,
    organisation: OrganisationCard,
    form: Form,
    side: str,
    entry: HelpCard | None = None,
    status: int = 200,
) -> Response:
    return view.render(
        "mutual_help/form.html", status, network=page, organisation=organisation, form=form, side=side, entry=entry
    )


def _address(network: str, entry_id: UUID | str) -> str:
    return f"/n/{network}/hilfe/{entry_id}"
