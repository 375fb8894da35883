"""Villages join and leave networks, on a day: pages of the district office."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from shared.errors import NotFound
from starlette.responses import Response

from portal.territory.directory import DISTRICT, everything, send, territory
from portal.web.dates import today
from portal.web.forms import Form
from portal.web.messages import with_message
from portal.web.view import View

router = APIRouter(prefix="/gebiet")

DistrictView = Annotated[View, Depends(DISTRICT)]
Chosen = Annotated[str, Query(max_length=36)]


@router.get("/aufnehmen")
async def show_joining(
    view: DistrictView,
    village: Annotated[str, Query(alias="ort", max_length=36)] = "",
    network: Annotated[str, Query(alias="netzwerk", max_length=36)] = "",
) -> Response:
    """Which village joins which network, from which day."""
    values = {"village_id": village, "network_id": network, "starts_on": today().isoformat()}
    return await _joining_page(view, Form(values=values))


@router.post("/aufnehmen")
async def join_network(view: DistrictView) -> Response:
    """It joins at once, or by itself on the day."""
    form = Form.sent(await view.request.form())
    body = {name: form.text(name) for name in ("village_id", "network_id", "starts_on")}
    joined = await send(view, form, "POST", "/coverage", {**body, "until": form.optional("until")})
    if joined is None:
        return await _joining_page(view, form, status=422)
    return view.redirect(with_message(f"/gebiet/orte/{joined['village_id']}", "gespeichert-intern"))


@router.get("/orte/{village_id}/netzwerk/{coverage_id}")
async def show_leaving(view: DistrictView, village_id: UUID, coverage_id: UUID) -> Response:
    """Until when the village belongs to the network."""
    row = await _row(view, village_id, coverage_id)
    return await _leaving_page(view, row, Form(values={"until": row["until"] or ""}))


@router.post("/orte/{village_id}/netzwerk/{coverage_id}")
async def leave_network(view: DistrictView, village_id: UUID, coverage_id: UUID) -> Response:
    """It leaves after this day; without a day it stays."""
    row = await _row(view, village_id, coverage_id)
    form = Form.sent(await view.request.form())
    if await send(view, form, "PATCH", f"/coverage/{coverage_id}", {"until": form.optional("until")}) is None:
        return await _leaving_page(view, row, form, status=422)
    return view.redirect(with_message(f"/gebiet/orte/{village_id}", "gespeichert-intern"))


async def _row(view: View, village_id: UUID, coverage_id: UUID) -> dict[str, Any]:
    rows = await everything(view, "/coverage", village_id=str(village_id))
    row = next((one for one in rows if one["id"] == str(coverage_id)), None)
    if row is None:
        raise NotFound
    return row


async def _joining_page(view: View, form: Form, status: int = 200) -> Response:
    found = await territory(view)
    names = found.network_names
    villages = [
        (one["id"], f"{one['name']} ({names.get(one['network'] or '', one['municipality'])})") for one in found.villages
    ]
    networks = [(one["id"], one["name"]) for one in found.networks]
    return view.render("territory/join.html", status, form=form, villages=villages, networks=networks)


async def _leaving_page(view: View, row: dict[str, Any], form: Form, status: int = 200) -> Response:
    found = await territory(view)
    village, network = found.village(row["village_id"]), found.network(row["network_id"])
    return view.render("territory/leave.html", status, form=form, row=row, village=village, network=network)
