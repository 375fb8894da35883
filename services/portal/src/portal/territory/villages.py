"""Pages of the staff about a village: where it lies, and which network covered it when."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from portal.territory.directory import (
    SEATS,
    check_municipality,
    everything,
    may_keep_municipality,
    may_rule,
    send,
    territory,
)
from portal.web.dates import today
from portal.web.forms import Form
from portal.web.messages import with_message
from portal.web.view import StaffView, View

router = APIRouter(prefix="/gebiet/orte")

SeatView = Annotated[View, Depends(SEATS)]


@router.get("/neu")
async def show_new_village(
    view: SeatView, municipality: Annotated[str, Query(alias="gemeinde", max_length=36)] = ""
) -> Response:
    """The form for a village."""
    return await _form_page(view, Form(values={"municipality_id": municipality}))


@router.post("/neu")
async def register_village(view: SeatView) -> Response:
    """Enter a village of a municipality."""
    form = Form.sent(await view.request.form())
    body = {"municipality_id": form.text("municipality_id"), **_described(form)}
    made = await send(view, form, "POST", "/villages", body)
    if made is None:
        return await _form_page(view, form, status=422)
    return view.redirect(with_message(f"/gebiet/orte/{made['id']}", "gespeichert-intern"))


@router.get("/{village_id}")
async def show_village(view: StaffView, village_id: UUID) -> Response:
    """One village with its networks: before, now and from a day to come."""
    found = await territory(view)
    village = found.village(village_id)
    rows = await everything(view, "/coverage", village_id=str(village_id))
    return view.render(
        "territory/village.html",
        village=village,
        coverage=list(reversed(rows)),
        networks={one["id"]: one for one in found.networks},
        today=today().isoformat(),
        may_keep=may_keep_municipality(view, village["municipality_id"]),
        may_rule=may_rule(view),
    )


@router.get("/{village_id}/bearbeiten")
async def show_village_form(view: SeatView, village_id: UUID) -> Response:
    """The form for its name and place."""
    path = f"/villages/{village_id}"
    found, version = await view.services.registry.get_version(path, token=await view.token())
    check_municipality(view, found["municipality_id"])
    values = {name: "" if found[name] is None else str(found[name]) for name in ("name", "latitude", "longitude")}
    return await _form_page(view, Form(values={**values, "_version": version}), found)


@router.post("/{village_id}/bearbeiten")
async def change_village(view: SeatView, village_id: UUID) -> Response:
    """Rename it, or say where it lies; its former address still leads to it."""
    form = Form.sent(await view.request.form())
    path = f"/villages/{village_id}"
    if await send(view, form, "PATCH", path, _described(form)) is None:
        return await _form_page(view, form, await view.services.registry.get(path), status=422)
    return view.redirect(with_message(f"/gebiet/orte/{village_id}", "gespeichert-intern"))


def _described(form: Form) -> dict[str, Any]:
    return {
        "name": form.text("name"),
        "latitude": _degrees(form.text("latitude")),
        "longitude": _degrees(form.text("longitude")),
    }


def _degrees(text: str) -> float | str | None:
    """As people write it: 51,664 or 51.664. Anything else as it is, so that the registry says what is wrong."""
    try:
        return float(text.replace(",", ".")) if text else None
    except ValueError:
        return text


async def _form_page(view: View, form: Form, known: dict[str, Any] | None = None, status: int = 200) -> Response:
    seats = [
        (one["id"], one["name"])
        for one in (await territory(view)).municipalities
        if may_keep_municipality(view, one["id"])
    ]
    return view.render("territory/village_form.html", status, form=form, known=known, municipalities=seats)
