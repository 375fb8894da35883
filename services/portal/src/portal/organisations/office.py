"""/organisationen: the directory for staff, with drafts and hidden entries, in villages with and without a network."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from shared.contracts.registry import OrganisationKind
from shared.errors import Unavailable
from starlette.responses import RedirectResponse, Response

from portal.contacts.directory import contact_people
from portal.organisations.editing import enter, offered, save
from portal.organisations.filters import address, places
from portal.organisations.forms import ADDRESSES, ASKED, NAMES, body_of, form_of, kind_of
from portal.organisations.queries import federations_of, home_of, members_of, successor_of
from portal.web.forms import Form
from portal.web.messages import with_message
from portal.web.services import Refused, problem_of
from portal.web.view import StaffView, View

router = APIRouter(prefix="/organisationen")

SHOWN = 50
FILTERS = {
    "suche": "text",
    "art": "kind",
    "feld": "field",
    "ort": "village_id",
    "gemeinde": "municipality_id",
    "netzwerk": "network",
    "stand": "publication",
    "bescheid": "notice",
}
"""Our names of the filters, and the registry's."""


@router.get("")
async def show_directory(
    view: StaffView,
    text: Annotated[str, Query(alias="suche", max_length=200)] = "",
    kind: Annotated[str, Query(alias="art", max_length=40)] = "",
    field: Annotated[str, Query(alias="feld", max_length=100)] = "",
    village: Annotated[str, Query(alias="ort", max_length=40)] = "",
    municipality: Annotated[str, Query(alias="gemeinde", max_length=40)] = "",
    network: Annotated[str, Query(alias="netzwerk", max_length=100)] = "",
    publication: Annotated[str, Query(alias="stand", max_length=20)] = "",
    notice: Annotated[str, Query(alias="bescheid", max_length=20)] = "",
    after: Annotated[str, Query(alias="ab", max_length=2_000)] = "",
) -> Response:
    """The organisations in one's scope by name, with filters."""
    values = (text.strip(), kind, field, village, municipality, network, publication, notice)
    chosen = dict(zip(FILTERS, values, strict=True))
    filters = {"publication": "any"} | {FILTERS[name]: value for name, value in chosen.items() if value}
    page = {"limit": SHOWN, "own": "true", **({"after": after} if after else {})}
    try:
        found = await view.services.registry.get("/organisations", token=await view.token(), **filters, **page)
    except Refused:  # an address that somebody has changed by hand
        found = {"items": [], "next": None}
    offered_places = await view.read(places)
    return view.render(
        "organisations/directory.html",
        items=found["items"],
        chosen=chosen,
        after=after,
        places=offered_places,
        village_names=dict(offered_places.villages),
        more=address("/organisationen", chosen, ab=found["next"]) if found["next"] else None,
        first=address("/organisationen", chosen),
    )


@router.get("/neu")
async def show_new(
    view: StaffView,
    art: Annotated[str, Query(max_length=20)] = "verein",
    ort: Annotated[str, Query(max_length=40)] = "",
) -> Response:
    """The form for a new entry anywhere in one's scope."""
    kind = ADDRESSES.get(art, OrganisationKind.ASSOCIATION)
    return await _form_page(view, Form(values={"kind": kind.value, "village_id": ort, "publication": "published"}))


@router.post("/neu")
async def enter_new(view: StaffView) -> Response:
    """Enter it; published or as a draft."""
    form = Form.sent(await view.request.form())
    try:
        entry = await enter(view, form)
    except (Refused, Unavailable) as error:
        return await _form_page(view, form.take(problem_of(error, view.translate), NAMES), status=422)
    return view.redirect(with_message(f"/organisationen/{entry['id']}", "organisation-eingetragen"))


@router.get("/{organisation_id}")
async def show_entry(view: StaffView, organisation_id: UUID) -> Response:
    """Everything about one entry: the facts, who speaks for it, and who may see what."""
    if (into := await view.read(successor_of, organisation_id)) is not None:
        return RedirectResponse(f"/organisationen/{into}", 301)
    entry = await view.services.registry.get(f"/organisations/{organisation_id}", token=await view.token())
    async with view.reading() as session:
        home = await home_of(session, UUID(entry["village_id"]))
        federations = await federations_of(session, [UUID(one) for one in entry["federations"]])
        members = await members_of(session, organisation_id)
    return view.render(
        "organisations/entry.html",
        entry=entry,
        home=home,
        federations=federations,
        members=members,
        people=await contact_people(view, organisation_id),
        former=await contact_people(view, organisation_id, ended=True),
        fields=dict((await view.read(places)).fields),
    )


@router.get("/{organisation_id}/bearbeiten")
async def show_edit(view: StaffView, organisation_id: UUID, art: Annotated[str, Query(max_length=20)] = "") -> Response:
    """The form with the present entry; `art` shows that of another kind."""
    path = f"/organisations/{organisation_id}"
    entry, version = await view.services.registry.get_version(path, token=await view.token())
    form = form_of(entry, version)
    if art in ADDRESSES:
        form.values["kind"] = ADDRESSES[art].value
    return await _form_page(view, form, entry)


@router.post("/{organisation_id}/bearbeiten")
async def change_entry(view: StaffView, organisation_id: UUID) -> Response:
    """Save the change."""
    form = Form.sent(await view.request.form())
    entry = await view.services.registry.get(f"/organisations/{organisation_id}", token=await view.token())
    try:
        await save(view, organisation_id, body_of(form), form)
    except (Refused, Unavailable) as error:
        return await _form_page(view, form.take(problem_of(error, view.translate), NAMES), entry, status=422)
    return view.redirect(with_message(f"/organisationen/{organisation_id}", "gespeichert-intern"))


async def _form_page(view: View, form: Form, entry: dict[str, Any] | None = None, status: int = 200) -> Response:
    return view.render(
        "organisations/form.html",
        status,
        network=None,
        form=form,
        kind=kind_of(form),
        asked=ASKED[kind_of(form)],
        kinds=ADDRESSES,
        village=None,
        organisation=entry,
        by_staff=True,
        choices=await offered(view),
        back=f"/organisationen/{entry['id']}" if entry else "/organisationen",
    )
