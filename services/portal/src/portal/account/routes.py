"""/konto: what belongs to whoever is logged in. /verwaltung: what staff look after."""

from contextlib import suppress
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from shared.database import transaction
from shared.errors import NotFound, Unavailable
from starlette.responses import Response

from portal.account import cards
from portal.duplicates.waiting import waiting_pairs
from portal.organisations.queries import addresses_of
from portal.people.places import place_names
from portal.sessions import cookies, handlers
from portal.web.forms import Form
from portal.web.messages import with_message
from portal.web.services import Refused, TokenRefused, problem_of
from portal.web.view import LoginNeeded, OwnView, StaffView, View

router = APIRouter()


@router.get("/konto")
async def show_account(view: OwnView) -> Response:
    """One's data, roles and sessions, and the doors to everything else of one's own."""
    me = await _me(view)
    async with view.reading() as reading:
        scopes = [grant["scope_id"] for grant in me["grants"]]
        places, pages = await place_names(reading, scopes), await addresses_of(reading, scopes)
    async with transaction(view.request.app.state.sessions) as session:
        here = await handlers.session_id(session, view.holder.secret)
        sessions = await handlers.own_sessions(session, view.settings, view.holder.principal.id)
    doors = cards.shown(cards.OWN, view.holder)
    return view.render(
        "account/account.html", me=me, places=places, pages=pages, sessions=sessions, here=here, cards=doors
    )


@router.get("/konto/angaben")
async def show_own_data(view: OwnView) -> Response:
    """The form to change one's name and how one is reached."""
    me = await _me(view)
    return _data_page(view, Form(values={name: me[name] or "" for name in ("name", "email", "phone")}))


@router.post("/konto/angaben")
async def change_own_data(view: OwnView) -> Response:
    """Change it in the registry; the header greets by the new name at once."""
    form = Form.sent(await view.request.form())
    body = {"name": form.text("name"), "email": form.optional("email"), "phone": form.optional("phone")}
    try:
        me = await view.services.registry.send("PATCH", "/me", body, token=await view.token(), key=form.key)
    except (Refused, Unavailable) as error:
        return _data_page(view, form.take(problem_of(error, view.translate)), status=422)
    async with transaction(view.request.app.state.sessions) as session:
        await handlers.rename(session, view.holder.secret, str(me["name"]))
    waits = body["email"] is not None and body["email"] != me["email"]
    return view.redirect(with_message("/konto", "adresse-bestaetigen" if waits else "angaben"))


@router.post("/konto/sitzungen/{session_id}/beenden")
async def end_session(view: OwnView, session_id: UUID) -> Response:
    """End one of one's sessions on another device; its tokens can be opened with its cookie alone, so they go too."""
    async with transaction(view.request.app.state.sessions) as session:
        await handlers.end_session(session, view.holder.principal.id, session_id)
    return view.redirect(with_message("/konto", "sitzung-beendet"))


@router.post("/konto/ueberall-abmelden")
async def log_out_everywhere(view: OwnView) -> Response:
    """End every session here, and every login at the registry."""
    # If the registry does not answer: with the sessions go the only copies of their refresh tokens.
    with suppress(Refused, TokenRefused, LoginNeeded, NotFound, Unavailable):
        await view.services.registry.send("POST", "/auth/logout-everywhere", token=await view.token())
    async with transaction(view.request.app.state.sessions) as session:
        await handlers.end_all_sessions(session, view.holder.principal.id)
    response = view.redirect("/?meldung=ueberall-abgemeldet")
    cookies.forget_cookie(view.settings, response, cookies.SESSION)
    return response


@router.get("/verwaltung")
async def show_office(view: StaffView) -> Response:
    """The doors for staff, and how much waits behind them."""
    waiting = {"/dubletten": await waiting_pairs(view)}
    return view.render("account/office.html", cards=cards.shown(cards.OFFICE, view.holder), waiting=waiting)


async def _me(view: View) -> dict[str, Any]:
    me: dict[str, Any] = await view.services.registry.get("/me", token=await view.token())
    return me


def _data_page(view: View, form: Form, status: int = 200) -> Response:
    return view.render("account/data.html", status, form=form)
