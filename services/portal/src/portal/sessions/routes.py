"""/anmelden and /abmelden."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from shared.access.dependencies import public
from shared.database import transaction
from shared.errors import NotFound, Unavailable
from starlette.responses import Response

from portal.sessions import cookies, handlers
from portal.sessions.handlers import Kept
from portal.sessions.opening import login_page, open_by_code, own_path
from portal.web.forms import Form
from portal.web.services import Refused, TokenRefused, problem_of
from portal.web.view import PageView, View

router = APIRouter(dependencies=[Depends(public)])

Target = Annotated[str, Query(alias="weiter", max_length=500)]


@router.get("/anmelden")
async def show_login(view: PageView, code: Annotated[str, Query(max_length=200)] = "", target: Target = "") -> Response:
    """With a code: one button. Reading the page uses nothing up, so that mail programs may look at links."""
    return login_page(view, target, code=code)


@router.post("/anmelden")
async def log_in(view: PageView) -> Response:
    """Exchange the code and open a session."""
    form = Form.sent(await view.request.form())
    return await open_by_code(view, form.text("code"), form.text("weiter"))


@router.post("/anmelden/link")
async def ask_for_link(view: PageView) -> Response:
    """Let the registry send a link. The answer never says whether the address is known."""
    form = Form.sent(await view.request.form())
    target = own_path(form.text("weiter"))
    body = {"email": form.text("email"), "next": target}
    try:
        await view.services.registry.send("POST", "/auth/login-links", body)
    except (Refused, Unavailable) as error:
        problem = problem_of(error, view.translate)
        response = login_page(view, target, form=form.take(problem), status=problem.status)
        response.headers.update(problem.headers)
        return response
    response = view.render("sessions/link_sent.html", email=form.text("email"), target=target)
    response.headers["cache-control"] = "no-store"
    return response


@router.post("/abmelden")
async def log_out(view: PageView) -> Response:
    """End the session here and the login at the registry. At the provider they log out themselves, if they like."""
    if view.viewer is None:
        return _leave(view, view.redirect("/?abgemeldet=1"))
    async with transaction(view.request.app.state.sessions) as session:
        kept = await handlers.close_session(session, view.viewer.secret)
    await _end_login(view, kept)
    elsewhere = await _logout_url(view, kept)
    if elsewhere is None:
        return _leave(view, view.redirect("/?abgemeldet=1"))
    return _leave(view, View(view.request).render("sessions/logged_out.html", elsewhere=elsewhere))


async def _end_login(view: View, kept: Kept | None) -> None:
    if kept is None:
        return
    try:
        await view.services.registry.send("POST", "/auth/logout", {"refresh_token": kept.refresh_token})
    except (Refused, TokenRefused, NotFound, Unavailable):
        return  # the session here is over; the registry's ends by itself


async def _logout_url(view: View, kept: Kept | None) -> str | None:
    provider = view.request.app.state.service_accounts
    if provider is None or kept is None or not kept.id_token:
        return None
    back = f"{view.settings.public_url.rstrip('/')}/?abgemeldet=1"
    url: str | None = await provider.logout_url(kept.id_token, back)
    return url


def _leave(view: View, response: Response) -> Response:
    response.headers["cache-control"] = "no-store"
    cookies.forget_cookie(view.settings, response, cookies.SESSION)
    return response
