"""Being forgotten: by oneself (/konto/loeschen), by staff (/personen/…/loeschen), and how far it is (/loeschung)."""

import json
from collections.abc import Callable
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from shared.access.dependencies import public
from shared.database import transaction
from shared.errors import NotFound
from shared.i18n import N_
from starlette.responses import Response

from portal.documents import MEDIA_TYPE
from portal.erasures.proof import ORIGINS, SERVICES, make_proof, shown_number
from portal.sessions import cookies, handlers
from portal.web.forms import Form
from portal.web.services import Refused
from portal.web.view import OwnView, PageView, StaffView, View

router = APIRouter()
open_router = APIRouter(prefix="/loeschung", dependencies=[Depends(public)])

Number = Annotated[str, Query(alias="nummer", max_length=40)]
CONFIRM = N_("Please tick the box if you want this.")


@router.get("/konto/loeschen")
async def show_own_erasure(view: OwnView) -> Response:
    """What will go, and what stands in the way. Reading this page changes nothing."""
    return await _ask(view, "/me/erasure", Form(), own=True)


@router.post("/konto/loeschen")
async def erase_oneself(view: OwnView) -> Response:
    """Be forgotten; then nobody is logged in, and the page shows the number of the erasure."""
    form = Form.sent(await view.request.form())
    erasure = await _erase(view, "/me/erasure", form)
    if erasure is None:
        return await _ask(view, "/me/erasure", form, own=True, status=422)
    async with transaction(view.request.app.state.sessions) as session:
        await handlers.end_all_sessions(session, view.holder.principal.id)
    response = view.redirect(f"/loeschung?nummer={erasure['number']}")
    cookies.forget_cookie(view.settings, response, cookies.SESSION)
    return response


@router.get("/personen/{person_id}/loeschen")
async def show_erasure_of(view: StaffView, person_id: UUID) -> Response:
    """The same for somebody in one's scope who asked for it."""
    return await _ask(view, f"/persons/{person_id}/erasure", Form(), own=False)


@router.post("/personen/{person_id}/loeschen")
async def erase_person(view: StaffView, person_id: UUID) -> Response:
    """Forget them; leads to the state of the erasure."""
    form = Form.sent(await view.request.form())
    path = f"/persons/{person_id}/erasure"
    erasure = await _erase(view, path, form)
    if erasure is None:
        return await _ask(view, path, form, own=False, status=422)
    return view.redirect(f"/loeschungen/{erasure['id']}")


@router.get("/loeschungen")
async def show_erasures(view: StaffView, ab: UUID | None = None) -> Response:
    """The erasures of one's scope, newest first."""
    asked = {"after": str(ab)} if ab else {}
    page = await view.services.registry.get("/erasures", token=await view.token(), **asked)
    return view.render(
        "erasures/erasures.html", page=page, origins=ORIGINS, shown_number=shown_number, missing=_missing(view)
    )


@router.get("/loeschungen/{erasure_id}")
async def show_erasure(view: StaffView, erasure_id: UUID) -> Response:
    """One erasure: who has confirmed, who is missing."""
    erasure = await view.services.registry.get(f"/erasures/{erasure_id}", token=await view.token())
    return _state(view, erasure, staff=True)


@open_router.get("")
async def show_state(view: PageView, number: Number = "") -> Response:
    """How far the erasure of a number is, without login."""
    if not number.strip():
        return _state(view, None)
    try:
        erasure = await view.services.registry.get("/erasures/by-number", number=number)
    except (NotFound, Refused):
        return _state(view, None, number=number, status=404)
    return _state(view, erasure)


@open_router.get("/nachweis.pdf")
async def show_proof(view: PageView, number: Number) -> Response:
    """The proof to print."""
    proof = await _proof(view, number)
    document = await make_proof(proof, view.translate, view.settings.site_name)
    return _file(document, MEDIA_TYPE, f"Nachweis-{proof['number']}.pdf")


@open_router.get("/nachweis.json")
async def download_proof(view: PageView, number: Number) -> Response:
    """The proof for computers: receipts, and the keys to check them with."""
    proof = await _proof(view, number)
    content = json.dumps(proof, ensure_ascii=False, indent=2).encode()
    return _file(content, "application/json", f"Nachweis-{proof['number']}.json")


async def _proof(view: View, number: str) -> dict[str, Any]:
    proof: dict[str, Any] = await view.services.registry.get("/erasures/by-number/proof", number=number)
    return proof


async def _ask(view: View, path: str, form: Form, *, own: bool, status: int = 200) -> Response:
    outlook = await view.services.registry.get(path, token=await view.token())
    return view.render("erasures/ask.html", status, outlook=outlook, form=form, own=own)


async def _erase(view: View, path: str, form: Form) -> dict[str, Any] | None:
    """None with the reason in the form where it was not confirmed or is refused."""
    if form.text("sicher") != "ja":
        form.refuse("sicher", view.translate.gettext(CONFIRM))
        return None
    try:
        # Without a key: the kept answer would name the person's id after everything else is gone.
        erasure: dict[str, Any] = await view.services.registry.send("POST", path, token=await view.token())
    except Refused as refused:
        form.take(refused.problem)
        return None
    return erasure


def _state(view: View, erasure: Any, *, staff: bool = False, number: str = "", status: int = 200) -> Response:
    response = view.render(
        "erasures/state.html",
        status,
        erasure=erasure,
        staff=staff,
        number=number,
        services=SERVICES,
        origins=ORIGINS,
        shown_number=shown_number,
        missing=_missing(view),
    )
    response.headers["cache-control"] = "no-store"
    return response


def _missing(view: View) -> Callable[[Any], str]:
    def names(erasure: Any) -> str:
        return ", ".join(view.translate.gettext(SERVICES.get(service, service)) for service in erasure["missing"])

    return names


def _file(content: bytes, media_type: str, name: str) -> Response:
    headers = {"content-disposition": f'attachment; filename="{name}"', "cache-control": "no-store"}
    return Response(content, media_type=media_type, headers=headers)
