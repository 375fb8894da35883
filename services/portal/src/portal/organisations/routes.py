"""Entering associations, companies and other organisations, and changing their entries."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from shared.contracts.registry import OrganisationKind
from shared.errors import Forbidden, Unavailable
from starlette.responses import Response

from portal.networks.queries import NetworkPage, OrganisationCard, VillageCard, network_page
from portal.organisations.entry import kept_entry
from portal.organisations.forms import body_of, form_of
from portal.read_model.model import Organisation
from portal.web.forms import Form
from portal.web.messages import PENDING, with_message
from portal.web.services import Refused, problem_of
from portal.web.view import KeeperView, StaffView, View
from portal.web.visibility import is_visible, newer, sequence_of

router = APIRouter(prefix="/n/{network}")


@router.get("/eintragen")
async def show_new_entry(view: StaffView, network: str, ort: Annotated[str, Query(max_length=100)] = "") -> Response:
    """The form for a new entry; `ort` is the village's slug."""
    page = await _entered_network(view, network)
    village = next((one for one in page.villages if one.slug == ort), None)
    values = {"kind": OrganisationKind.ASSOCIATION.value, "village_id": str(village.id) if village else ""}
    return _page(view, page, Form(values=values), village)


@router.post("/eintragen")
async def enter_organisation(view: StaffView, network: str) -> Response:
    """Enter it; it is shown on its village's page."""
    page = await _entered_network(view, network)
    form = Form.sent(await view.request.form())
    village = next((one for one in page.villages if str(one.id) == form.text("village_id")), None)
    body = {**body_of(form), "village_id": form.text("village_id")}
    try:
        entry = await view.services.registry.send(
            "POST", "/organisations", body, token=await view.token(), key=form.key
        )
    except (Refused, Unavailable) as error:
        return _page(view, page, form.take(problem_of(error, view.translate)), village, status=422)
    shown = await is_visible(view, newer(Organisation, Organisation.organisation_id == UUID(entry["id"])))
    target = f"/n/{network}/orte/{village.slug}" if village else f"/n/{network}"
    return view.redirect(with_message(target, "eingetragen" if shown else PENDING))


@router.get("/organisationen/{organisation}/bearbeiten")
async def show_edit(view: KeeperView, network: str, organisation: str) -> Response:
    """The form with the present entry."""
    page, village, card = await kept_entry(view, network, organisation)
    entry, version = await view.services.registry.get_version(f"/organisations/{card.id}", token=await view.token())
    return _page(view, page, form_of(entry, version), village, card)


@router.post("/organisationen/{organisation}/bearbeiten")
async def change_organisation(view: KeeperView, network: str, organisation: str) -> Response:
    """Save the change."""
    page, village, card = await kept_entry(view, network, organisation)
    form = Form.sent(await view.request.form())
    changes = body_of(form)
    if not view.may_enter(network, village.municipality_id):
        del changes["kind"]  # for staff only
    this_one = Organisation.organisation_id == card.id
    before = await sequence_of(view, Organisation, this_one)
    try:
        await _save(view, card.id, changes, form)
    except (Refused, Unavailable) as error:
        return _page(view, page, form.take(problem_of(error, view.translate)), village, card, status=422)
    shown = not _differs(card, changes) or await is_visible(view, newer(Organisation, this_one, than=before))
    target = f"/n/{network}/organisationen/{organisation}"
    return view.redirect(with_message(target, "gespeichert" if shown else PENDING))


async def _save(view: View, organisation_id: UUID, changes: dict[str, Any], form: Form) -> None:
    version = form.text("_version")
    await view.services.registry.send(
        "PATCH",
        f"/organisations/{organisation_id}",
        changes,
        token=await view.token(),
        key=form.key,
        headers={"if-match": version} if version else None,
    )


def _differs(card: OrganisationCard, changes: dict[str, Any]) -> bool:
    """Whether something that the read model shows changes."""
    shown = {name: value for name, value in changes.items() if not name.startswith("register_")}
    return any(getattr(card, name) != value for name, value in shown.items())


async def _entered_network(view: View, network: str) -> NetworkPage:
    page = await view.read(network_page, network)
    if not any(view.may_enter(network, municipality) for municipality in (None, *page.municipality_ids)):
        raise Forbidden
    return page


def _page(
    view: View,
    page: NetworkPage,
    form: Form,
    village: VillageCard | None,
    organisation: OrganisationCard | None = None,
    status: int = 200,
) -> Response:
    return view.render(
        "organisations/form.html", status, network=page, form=form, village=village, organisation=organisation
    )
