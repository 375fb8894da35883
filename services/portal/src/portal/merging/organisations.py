"""/dubletten/organisationen/zusammenfuehren: two entries of one organisation side by side, and which values stay."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from shared.errors import Unavailable
from starlette.responses import Response

from portal.merging.parts import ASKED, differing, fuller
from portal.organisations.filters import places
from portal.web.forms import Form
from portal.web.messages import with_message
from portal.web.services import Refused, problem_of
from portal.web.view import StaffView, View

PAGE = "/dubletten/organisationen/zusammenfuehren"
router = APIRouter(prefix=PAGE)

SHOWN = 20  # entries to choose the other one from


@router.get("")
async def show_both(
    view: StaffView,
    gone: Annotated[UUID, Query(alias="weg")],
    kept: Annotated[UUID | None, Query(alias="bleibt")] = None,
    text: Annotated[str, Query(alias="suche", max_length=200)] = "",
) -> Response:
    """Both entries; without `bleibt` the one that stays is looked for first."""
    if kept is None:
        return await _choose(view, gone, text.strip())
    shown = await _preview(view, gone, kept)
    parts = differing(shown["gone"], shown["kept"])
    form = Form(values={part: fuller(part, shown["gone"], shown["kept"]) for part in parts})
    return await _page(view, shown, form)


@router.post("")
async def merge(view: StaffView) -> Response:
    """Make one entry of them."""
    form = Form.sent(await view.request.form())
    gone, kept = form.text("gone_id"), form.text("kept_id")
    body = {
        "into": kept,
        "version": form.number("gone_version"),
        "into_version": form.number("kept_version"),
        "taken": [part for part in ASKED if form.text(part) == "gone"],
    }
    path = f"/organisations/{gone}/merge"
    try:
        await view.services.registry.send("POST", path, body, token=await view.token(), key=form.key)
    except (Refused, Unavailable) as error:
        problem = problem_of(error, view.translate)
        if problem.code in ("already_merged", "same_entry"):
            return view.redirect(with_message("/dubletten/organisationen", "schon-zusammengefuehrt"))
        return await _page(view, await _preview(view, gone, kept), form.take(problem), status=422)
    return view.redirect(with_message(f"/organisationen/{kept}", "eintraege-zusammengefuehrt"))


async def _preview(view: View, gone: UUID | str, kept: UUID | str) -> dict[str, Any]:
    path = f"/organisations/{gone}/merge"
    found: dict[str, Any] = await view.services.registry.get(path, token=await view.token(), into=str(kept))
    return found


async def _page(view: View, shown: dict[str, Any], form: Form, status: int = 200) -> Response:
    known = await view.read(places)
    return view.render(
        "merging/organisations.html",
        status,
        page=PAGE,
        form=form,
        parts=differing(shown["gone"], shown["kept"]),
        villages=dict(known.villages),
        **shown,
    )


async def _choose(view: View, gone: UUID, text: str) -> Response:
    token = await view.token()
    entry = await view.services.registry.get(f"/organisations/{gone}", token=token)
    found = await view.services.registry.get(
        "/organisations", token=token, publication="any", own="true", limit=SHOWN, **({"text": text} if text else {})
    )
    return view.render(
        "merging/choose_organisation.html",
        page=PAGE,
        entry=entry,
        text=text,
        items=[one for one in found["items"] if one["id"] != entry["id"]],
        more=found["next"] is not None,
        villages=dict((await view.read(places)).villages),
    )
