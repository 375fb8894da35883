"""Pages of the staff about a municipality."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends
from starlette.responses import Response

from portal.territory.directory import (
    DISTRICT,
    SEATS,
    check_municipality,
    everything,
    may_keep_municipality,
    may_rule,
    send,
    territory,
)
from portal.web.forms import Form
from portal.web.messages import with_message
from portal.web.view import StaffView, View

router = APIRouter(prefix="/gebiet/gemeinden")

DistrictView = Annotated[View, Depends(DISTRICT)]
SeatView = Annotated[View, Depends(SEATS)]


@router.get("/neu")
async def show_new_municipality(view: DistrictView) -> Response:
    """The form for a municipality."""
    return await _form_page(view, Form())


@router.post("/neu")
async def register_municipality(view: DistrictView) -> Response:
    """Enter a municipality of the district."""
    form = Form.sent(await view.request.form())
    body = {"ags": form.text("ags"), "name": form.text("name")}
    made = await send(view, form, "POST", "/municipalities", body)
    if made is None:
        return await _form_page(view, form, status=422)
    return view.redirect(with_message(f"/gebiet/gemeinden/{made['id']}", "gespeichert-intern"))


@router.get("/{municipality_id}")
async def show_municipality(view: StaffView, municipality_id: UUID) -> Response:
    """Its villages; of a dissolved one, what became of it."""
    found = await view.services.registry.get(f"/municipalities/{municipality_id}")
    seats = await everything(view, "/municipalities", dissolved="true")
    former = [one for one in seats if one["successor_id"] == found["id"]]
    now = await territory(view)
    return view.render(
        "territory/municipality.html",
        municipality=found,
        villages=[village for village in now.villages if village["municipality_id"] == found["id"]],
        networks=now.network_names,
        predecessors=[one for one in former if one["dissolved_on"] == found["begins_on"]],
        taken_in=[one for one in former if one["dissolved_on"] != found["begins_on"]],
        successor=next((one for one in seats if one["id"] == found["successor_id"]), None),
        may_keep=may_keep_municipality(view, municipality_id) and not found["dissolved_on"],
        may_rule=may_rule(view),
    )


@router.get("/{municipality_id}/bearbeiten")
async def show_municipality_form(view: SeatView, municipality_id: UUID) -> Response:
    """The form for its name."""
    check_municipality(view, municipality_id)
    found, version = await view.services.registry.get_version(
        f"/municipalities/{municipality_id}", token=await view.token()
    )
    return await _form_page(view, Form(values={**found, "_version": version}), found)


@router.post("/{municipality_id}/bearbeiten")
async def rename_municipality(view: SeatView, municipality_id: UUID) -> Response:
    """Rename it; its former address still leads to it."""
    form = Form.sent(await view.request.form())
    path = f"/municipalities/{municipality_id}"
    if await send(view, form, "PATCH", path, {"name": form.text("name")}) is None:
        return await _form_page(view, form, await view.services.registry.get(path), status=422)
    return view.redirect(with_message(f"/gebiet/gemeinden/{municipality_id}", "gespeichert-intern"))


async def _form_page(view: View, form: Form, known: dict[str, Any] | None = None, status: int = 200) -> Response:
    district = (await territory(view)).district
    return view.render("territory/municipality_form.html", status, form=form, known=known, district=district)
