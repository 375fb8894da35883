"""Municipalities merge, or one takes in others: a guided form that shows first what is going to happen."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from shared.errors import NotFound
from shared.i18n import N_
from starlette.responses import Response

from portal.territory.directory import DISTRICT, send, territory
from portal.web.forms import Form
from portal.web.messages import with_message
from portal.web.view import View

router = APIRouter(prefix="/gebiet/zusammenschluss")

DistrictView = Annotated[View, Depends(DISTRICT)]
NAMES = {"municipality_id": "municipality_ids"}


@router.get("")
async def show_form(view: DistrictView, into: Annotated[str, Query(alias="in", max_length=40)] = "") -> Response:
    """Who merges, into what, on which day; `in` is a municipality that takes in others."""
    return await _form_page(view, Form(values={"into_id": into}))


@router.post("")
async def merge(view: DistrictView) -> Response:
    """Show what it does; do it when that was read and confirmed."""
    form = Form.sent(await view.request.form())
    if not form.texts("municipality_ids"):
        form.refuse("municipality_ids", view.translate.gettext(N_("Please choose at least one municipality.")))
        return await _form_page(view, form, status=422)
    if form.text("back"):
        return await _form_page(view, form)
    if not form.text("confirmed"):
        return await _preview(view, form)
    made = await send(view, form, "POST", "/mergers", _body(form), NAMES)
    if made is None:
        return await _form_page(view, form, status=422)
    if made["municipality_id"]:
        return view.redirect(with_message(f"/gebiet/gemeinden/{made['municipality_id']}", "zusammengeschlossen"))
    return view.redirect(with_message("/gebiet", "zusammenschluss-geplant"))


@router.get("/{merger_id}/absagen")
async def show_cancelling(view: DistrictView, merger_id: UUID) -> Response:
    """Ask before a planned merger is cancelled."""
    answer = await view.services.registry.get("/mergers", token=await view.token())
    merger = next((one for one in answer["items"] if one["id"] == str(merger_id)), None)
    if merger is None:
        raise NotFound
    names = {one["id"]: one["name"] for one in (await territory(view)).municipalities}
    return view.render("territory/merger_cancel.html", merger=merger, names=names)


@router.post("/{merger_id}/absagen")
async def cancel(view: DistrictView, merger_id: UUID) -> Response:
    """The merger does not take place."""
    await view.services.registry.send("DELETE", f"/mergers/{merger_id}", token=await view.token())
    return view.redirect(with_message("/gebiet", "zusammenschluss-abgesagt"))


def _body(form: Form) -> dict[str, Any]:
    taken_in = form.optional("into_id")
    successor = {"into_id": taken_in} if taken_in else {name: form.text(name) for name in ("ags", "name")}
    merging = {"effective_on": form.text("effective_on"), "municipality_ids": form.texts("municipality_ids")}
    return {**successor, **merging}


async def _preview(view: View, form: Form) -> Response:
    # The preview is no command: it gets a key of its own, and the form keeps the one of the merger.
    asking = Form(values=form.values)
    preview = await send(view, asking, "POST", "/mergers/preview", _body(form), NAMES)
    if preview is None:
        form.errors, form.message = asking.errors, asking.message
        return await _form_page(view, form, status=422)
    names = {one["id"]: one["name"] for one in (await territory(view)).municipalities}
    return view.render("territory/merger_preview.html", form=form, preview=preview, names=names)


async def _form_page(view: View, form: Form, status: int = 200) -> Response:
    found = await territory(view)
    municipalities = [(one["id"], f"{one['name']} ({one['ags']})") for one in found.municipalities]
    return view.render(
        "territory/merger_form.html", status, form=form, municipalities=municipalities, district=found.district
    )
