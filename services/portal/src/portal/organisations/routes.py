"""Entering associations, companies and other organisations of a network, and changing their entries."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from shared.contracts.registry import OrganisationKind
from shared.errors import Forbidden, Unavailable
from starlette.responses import Response

from portal.networks.queries import NetworkPage, OrganisationCard, VillageCard, network_page
from portal.organisations.editing import enter, offered, save
from portal.organisations.entry import kept_entry
from portal.organisations.forms import ADDRESSES, ASKED, NAMES, body_of, form_of, kind_of
from portal.read_model.model import Organisation
from portal.web.forms import Form
from portal.web.messages import PENDING, with_message
from portal.web.services import Refused, problem_of
from portal.web.view import KeeperView, StaffView, View
from portal.web.visibility import is_visible, newer, sequence_of

router = APIRouter(prefix="/n/{network}")


@router.get("/eintragen")
async def show_new_entry(
    view: StaffView,
    network: str,
    ort: Annotated[str, Query(max_length=100)] = "",
    art: Annotated[str, Query(max_length=20)] = "verein",
) -> Response:
    """The form for a new entry; `ort` is the village's slug, `art` says what kind the form is for."""
    page = await _entered_network(view, network)
    village = next((one for one in page.villages if one.slug == ort), None)
    kind = ADDRESSES.get(art, OrganisationKind.ASSOCIATION)
    values = {"kind": kind.value, "village_id": str(village.id) if village else "", "publication": "published"}
    return await _page(view, page, Form(values=values), village)


@router.post("/eintragen")
async def enter_organisation(view: StaffView, network: str) -> Response:
    """Enter it; it is shown on its village's page."""
    page = await _entered_network(view, network)
    form = Form.sent(await view.request.form())
    village = page.village_of_text(form.text("village_id"))
    try:
        entry = await enter(view, form)
    except (Refused, Unavailable) as error:
        return await _page(view, page, form.take(problem_of(error, view.translate), NAMES), village, status=422)
    if entry["publication"] != "published":
        return view.redirect(with_message(f"/organisationen/{entry['id']}", "entwurf-organisation"))
    shown = await is_visible(view, newer(Organisation, Organisation.organisation_id == UUID(entry["id"])))
    target = f"/n/{network}/orte/{village.slug}" if village else f"/n/{network}"
    return view.redirect(with_message(target, "eingetragen" if shown else PENDING))


@router.get("/organisationen/{organisation}/bearbeiten")
async def show_edit(
    view: KeeperView, network: str, organisation: str, art: Annotated[str, Query(max_length=20)] = ""
) -> Response:
    """The form with the present entry; `art` shows that of another kind."""
    page, village, card = await kept_entry(view, network, organisation)
    entry, version = await view.services.registry.get_version(f"/organisations/{card.id}", token=await view.token())
    form = form_of(entry, version)
    if art in ADDRESSES:
        form.values["kind"] = ADDRESSES[art].value
    return await _page(view, page, form, village, card)


@router.post("/organisationen/{organisation}/bearbeiten")
async def change_organisation(view: KeeperView, network: str, organisation: str) -> Response:
    """Save the change."""
    page, village, card = await kept_entry(view, network, organisation)
    form = Form.sent(await view.request.form())
    by_staff = view.may_enter(network, village.municipality_id)
    if not by_staff:
        form.values["kind"] = card.kind
    this_one = Organisation.organisation_id == card.id
    before = await sequence_of(view, Organisation, this_one)
    try:
        entry = await save(view, card.id, body_of(form, by_staff=by_staff), form)
    except (Refused, Unavailable) as error:
        form.take(problem_of(error, view.translate), NAMES)
        return await _page(view, page, form, village, card, status=422)
    if entry["publication"] != "published":
        return view.redirect(with_message(f"/organisationen/{card.id}", "ausgeblendet"))
    shown = not _differs(card, entry) or await is_visible(view, newer(Organisation, this_one, than=before))
    target = f"/n/{network}/organisationen/{organisation}"
    return view.redirect(with_message(target, "gespeichert" if shown else PENDING))


def _differs(card: OrganisationCard, entry: dict[str, Any]) -> bool:
    """Whether the read model still shows something else than the registry answered."""
    days = {"founded_on", "confirmed_on"}
    told = {name: entry[name] for name in entry.keys() & OrganisationCard.__dataclass_fields__.keys() - {"id"}}
    shown = {name: getattr(card, name) for name in told}
    shown |= {name: str(shown[name]) if shown[name] else None for name in days}
    shown |= {"village_id": str(card.village_id), "federations": [str(one) for one in card.federations]}
    return told != shown


async def _entered_network(view: View, network: str) -> NetworkPage:
    page = await view.read(network_page, network)
    if not any(view.may_enter(network, municipality) for municipality in (None, *page.municipality_ids)):
        raise Forbidden
    return page


async def _page(
    view: View,
    page: NetworkPage,
    form: Form,
    village: VillageCard | None,
    organisation: OrganisationCard | None = None,
    status: int = 200,
) -> Response:
    mine = [one for one in page.villages if view.may_enter(page.slug, one.municipality_id)]
    return view.render(
        "organisations/form.html",
        status,
        network=page,
        form=form,
        kind=kind_of(form),
        asked=ASKED[kind_of(form)],
        kinds=ADDRESSES,
        village=village,
        organisation=organisation,
        by_staff=organisation is None or (village is not None and village in mine),
        choices=await offered(view, [(str(one.id), one.name) for one in mine]),
        back=_back(page, village, organisation),
    )


def _back(page: NetworkPage, village: VillageCard | None, organisation: OrganisationCard | None) -> str:
    root = f"/n/{page.slug}"
    if organisation is not None:
        return f"{root}/organisationen/{organisation.slug}"
    return f"{root}/orte/{village.slug}" if village else root
