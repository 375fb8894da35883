"""/anmelden and /abmelden."""

from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, Query
from shared.access.dependencies import public
from shared.database import transaction
from shared.errors import NotFound, Unavailable
from shared.i18n import N_
from starlette.responses import Response

from portal.sessions import handlers
from portal.sessions.handlers import COOKIE, Tokens
from portal.web.forms import Form
from portal.web.services import Refused, TokenRefused
from portal.web.view import PageView, View

router = APIRouter(dependencies=[Depends(public)])

CODE_REFUSED = N_("This link was already used or is too old. Please ask for a new one.")


@router.get("/anmelden")
async def show_login(
    view: PageView, code: Annotated[str, Query(max_length=200)] = "", weiter: Annotated[str, Query(max_length=500)] = ""
) -> Response:
    """With a code: one button. Reading the page uses nothing up, so that mail programs may look at links."""
    return _login_page(view, code, weiter)


@router.post("/anmelden")
async def log_in(view: PageView) -> Response:
    """Exchange the code and open a session."""
    form = Form.sent(await view.request.form())
    return await open_by_code(view, form.text("code"), form.text("weiter"))


@router.post("/abmelden")
async def log_out(view: PageView) -> Response:
    """End the session here and the login at the registry."""
    if view.viewer is not None:
        async with transaction(view.request.app.state.sessions) as session:
            refresh_token = await handlers.close_session(session, view.viewer.secret)
        await _end_login(view, refresh_token)
    response = view.redirect("/?abgemeldet=1")
    response.delete_cookie(COOKIE, path="/", httponly=True, samesite="lax")
    return response


async def open_by_code(view: View, code: str, target: str) -> Response:
    """Exchange a login code for tokens and open a session; an older session of the same browser ends.

    Leads to `target` if that is a path of this site. A refused code shows the login page again.
    """
    try:
        asked = {"grant_type": "login_code", "code": code}
        tokens = Tokens.model_validate(await view.services.registry.send("POST", "/auth/token", asked))
        me = await view.services.registry.get("/me", token=tokens.access_token)
    except (Refused, TokenRefused, NotFound):
        return _login_page(view, "", target, view.translate.gettext(CODE_REFUSED), status=422)
    except Unavailable as error:
        return _login_page(view, code, target, view.translate.gettext(error.message), status=503)
    state = view.request.app.state
    principal = await state.verifier.verify(tokens.access_token)
    async with transaction(state.sessions) as session:
        if view.viewer is not None:
            await handlers.close_session(session, view.viewer.secret)
        secret, lifetime = await handlers.open_session(session, view.settings, tokens, principal, str(me["name"]))
    response = view.redirect(own_path(target))
    _set_cookie(view, response, secret, int(lifetime.total_seconds()))
    return response


def own_path(target: str) -> str:
    """A path of this site to go to after logging in; anything else leads home (no open redirect)."""
    parts = urlsplit(target)
    if parts.scheme or parts.netloc or not target.startswith("/") or target.startswith(("//", "/\\")) or "\\" in target:
        return "/"
    return target if target.isprintable() else "/"


async def _end_login(view: View, refresh_token: str | None) -> None:
    if refresh_token is None:
        return
    try:
        await view.services.registry.send("POST", "/auth/logout", {"refresh_token": refresh_token})
    except (Refused, TokenRefused, NotFound, Unavailable):
        return  # the session here is over; the registry's ends by itself


def _set_cookie(view: View, response: Response, secret: str, seconds: int) -> None:
    secure = urlsplit(view.settings.public_url).scheme == "https"
    response.set_cookie(COOKIE, secret, max_age=seconds, path="/", httponly=True, samesite="lax", secure=secure)


def _login_page(view: View, code: str, target: str, message: str | None = None, status: int = 200) -> Response:
    response = view.render("sessions/login.html", status, code=code, target=own_path(target), message=message)
    response.headers["cache-control"] = "no-store"
    return response
