"""/gebiet: the district, its municipalities and networks; on a day of the past, too."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from portal.territory.directory import DISTRICT, Territory, may_rule, send, territory
from portal.web.dates import is_day, today
from portal.web.forms import Form
from portal.web.messages import with_message
from portal.web.view import StaffView, View

router = APIRouter(prefix="/gebiet")

DistrictView = Annotated[View, Depends(DISTRICT)]


@router.get("")
async def show_territory(
    view: StaffView,
    name: Annotated[str, Query(max_length=120)] = "",
    day: Annotated[str, Query(alias="am", max_length=10)] = "",
) -> Response:
    """Municipalities with their villages, and networks; `name` narrows them, `am` goes back in time."""
    day = day if is_day(day) and day != today().isoformat() else ""
    found = await territory(view, day)
    mergers = await _planned(view) if may_rule(view) else []
    return view.render(
        "territory/territory.html",
        territory=found,
        municipalities=_narrowed(found, name.strip().casefold()),
        name=name,
        day=day,
        mergers=mergers,
        names={one["id"]: one["name"] for one in found.municipalities},
        may_rule=may_rule(view),
    )


@router.get("/landkreis")
async def show_district_form(view: DistrictView) -> Response:
    """Register the district, or rename it."""
    district = (await territory(view)).district
    return _district_page(view, district, Form(values=dict(district or {})))


@router.post("/landkreis")
async def keep_district(view: DistrictView) -> Response:
    """The AGS is given once."""
    district = (await territory(view)).district
    form = Form.sent(await view.request.form())
    if district is None:
        body = {"ags": form.text("ags"), "name": form.text("name")}
        answer = await send(view, form, "POST", "/districts", body)
    else:
        answer = await send(view, form, "PATCH", f"/districts/{district['id']}", {"name": form.text("name")})
    if answer is None:
        return _district_page(view, district, form, status=422)
    return view.redirect(with_message("/gebiet", "gespeichert-intern"))


def _narrowed(found: Territory, name: str) -> list[dict[str, Any]]:
    """Municipalities of this name as a whole, others with their villages of this name; empty: all."""
    rows = []
    for one in found.municipalities:
        villages = [village for village in one["villages"] if name in village["name"].casefold()]
        if name in one["name"].casefold() or name == one["ags"]:
            rows.append(one)
        elif villages:
            rows.append({**one, "villages": villages})
    return rows


async def _planned(view: View) -> list[dict[str, Any]]:
    answer = await view.services.registry.get("/mergers", token=await view.token())
    return [one for one in answer["items"] if not one["completed_at"] and not one["cancelled_at"]]


def _district_page(view: View, district: dict[str, Any] | None, form: Form, status: int = 200) -> Response:
    return view.render("territory/district.html", status, district=district, form=form)
