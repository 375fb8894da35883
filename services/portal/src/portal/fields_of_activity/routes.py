"""/einsatzfelder: the district office keeps the list; every change is one of these small forms."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends
from shared.errors import NotFound
from shared.i18n import N_
from starlette.responses import Response

from portal.territory.directory import DISTRICT, send
from portal.web.forms import Form
from portal.web.messages import with_message
from portal.web.view import View

router = APIRouter(prefix="/einsatzfelder")

DistrictView = Annotated[View, Depends(DISTRICT)]
HERE = "/einsatzfelder"


@router.get("")
async def show_fields(view: DistrictView) -> Response:
    """The list in its order, with how much is linked with each field."""
    return await _page(view, Form())


@router.post("")
async def add_field(view: DistrictView) -> Response:
    """Add a field at the end."""
    form = Form.sent(await view.request.form())
    if await send(view, form, "POST", "/fields-of-activity", {"name": form.text("name")}) is None:
        return await _page(view, form, status=422)
    return view.redirect(with_message(HERE, "gespeichert-intern"))


@router.post("/reihenfolge")
async def move_field(view: DistrictView) -> Response:
    """One place up or down; at the end of the list nothing changes."""
    form = Form.sent(await view.request.form())
    ids = [field["id"] for field in await _fields(view)]
    at = ids.index(form.text("field")) if form.text("field") in ids else -1
    to = at + (-1 if form.text("direction") == "up" else 1)
    if at >= 0 and 0 <= to < len(ids):
        ids[at], ids[to] = ids[to], ids[at]
        if await send(view, form, "PUT", "/fields-of-activity/order", {"field_ids": ids}) is None:
            return await _page(view, form, status=409)
    return view.redirect(f"{HERE}#feld-{form.text('field')}" if at >= 0 else HERE)


@router.get("/{field_id}")
async def show_field(view: DistrictView, field_id: UUID) -> Response:
    """Rename a field, retire it, or merge it into another one."""
    field = await _field(view, field_id)
    return await _field_page(view, field, Form(values={"name": field["name"]}))


@router.post("/{field_id}")
async def change_field(view: DistrictView, field_id: UUID) -> Response:
    """What the pressed button says: another name, out of the choice, back into it."""
    form = Form.sent(await view.request.form())
    does = form.text("do")
    body = {"retired": does == "retire"} if does in ("retire", "bring_back") else {"name": form.text("name")}
    if await send(view, form, "PATCH", f"/fields-of-activity/{field_id}", body) is None:
        return await _field_page(view, await _field(view, field_id), form, status=422)
    return view.redirect(with_message(HERE, "gespeichert-intern"))


@router.post("/{field_id}/zusammenlegen")
async def merge_field(view: DistrictView, field_id: UUID) -> Response:
    """Ask first, saying how much moves; then merge."""
    field = await _field(view, field_id)
    form = Form.sent(await view.request.form())
    into = next((one for one in await _fields(view) if one["id"] == form.text("into_id")), None)
    if into is None:
        form.refuse("into_id", view.translate.gettext(N_("Please choose the field of activity that stays.")))
        return await _field_page(view, field, form, status=422)
    if not form.text("confirmed"):
        return view.render("fields_of_activity/merge.html", form=form, field=field, into=into)
    body = {"into_id": form.text("into_id")}
    if await send(view, form, "POST", f"/fields-of-activity/{field_id}/merge", body) is None:
        return await _field_page(view, field, form, status=422)
    return view.redirect(with_message(HERE, "gespeichert-intern"))


async def _fields(view: View) -> list[dict[str, Any]]:
    """With their uses."""
    fields = (await view.services.registry.get("/fields-of-activity"))["items"]
    answer = await view.services.registry.get("/fields-of-activity/uses", token=await view.token())
    uses = {one["field_id"]: one for one in answer["items"]}
    return [{**field, **uses.get(field["id"], {})} for field in fields]


async def _field(view: View, field_id: UUID) -> dict[str, Any]:
    found = next((one for one in await _fields(view) if one["id"] == str(field_id)), None)
    if found is None:
        raise NotFound
    return found


async def _page(view: View, form: Form, status: int = 200) -> Response:
    return view.render("fields_of_activity/fields.html", status, fields=await _fields(view), form=form)


async def _field_page(view: View, field: dict[str, Any], form: Form, status: int = 200) -> Response:
    others = [
        (one["id"], one["name"]) for one in await _fields(view) if one["id"] != field["id"] and not one["retired"]
    ]
    return view.render("fields_of_activity/field.html", status, field=field, others=others, form=form)
