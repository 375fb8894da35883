"""From a proven login to an open session: the same for an email link, a service account and the demo's door."""

from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from shared.database import transaction
from shared.errors import NotFound, Unavailable
from shared.i18n import N_
from starlette.responses import Response

from portal.sessions import cookies, handlers
from portal.sessions.devices import device_of
from portal.sessions.handlers import Kept, Tokens
from portal.web.forms import Form
from portal.web.services import Refused, TokenRefused
from portal.web.view import View

CODE_REFUSED = N_("This link was already used or is too old. Please ask for a new one.")
LONGEST = 500  # characters of an address to go on to
ID_TOKEN = "urn:ietf:params:oauth:token-type:id_token"  # noqa: S105 - a kind, not a secret (RFC 8693, section 3)
TOKEN_EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"  # noqa: S105


async def open_by_code(view: View, code: str, target: str) -> Response:
    """Exchange a login code and open a session. A refused code shows the login page again."""
    try:
        return await _open(view, {"grant_type": "login_code", "code": code}, target)
    except Refused as error:
        if error.problem.status == HTTPStatus.TOO_MANY_REQUESTS:
            response = login_page(view, target, code=code, message=error.problem.detail, status=error.problem.status)
            response.headers.update(error.problem.headers)
            return response
        return login_page(view, target, message=view.translate.gettext(CODE_REFUSED), status=422)
    except (TokenRefused, NotFound):
        return login_page(view, target, message=view.translate.gettext(CODE_REFUSED), status=422)
    except Unavailable as error:
        return login_page(view, target, code=code, message=view.translate.gettext(error.message), status=503)


async def open_by_id_token(view: View, id_token: str, target: str) -> Response:
    """Exchange a verified ID token (RFC 8693) and open a session.

    Raises `Refused` or `TokenRefused` for somebody whom the registry does not let in, and `Unavailable`.
    """
    asked = {"grant_type": TOKEN_EXCHANGE, "subject_token": id_token, "subject_token_type": ID_TOKEN}
    return await _open(view, asked, target, id_token)


def own_path(target: str) -> str:
    """A path of this site to go to after logging in; anything else leads home (no open redirect)."""
    parts = urlsplit(target)
    if parts.scheme or parts.netloc or not target.startswith("/") or target.startswith(("//", "/\\")) or "\\" in target:
        return "/"
    return target if target.isprintable() and len(target) <= LONGEST else "/"


def login_page(
    view: View, target: str, *, code: str = "", message: str | None = None, form: Form | None = None, status: int = 200
) -> Response:
    """The page to log in on. With a code it has one button; reading it uses nothing up."""
    response = view.render(
        "sessions/login.html",
        status,
        code=code,
        target=own_path(target),
        message=message,
        form=form or Form(),
        with_service_account=view.request.app.state.service_accounts is not None,
    )
    response.headers["cache-control"] = "no-store"
    return response


async def _open(view: View, asked: dict[str, Any], target: str, id_token: str = "") -> Response:
    """An older session of the same browser ends. Leads to `target` if that is a path of this site."""
    tokens = Tokens.model_validate(await view.services.registry.send("POST", "/auth/token", asked))
    me = await view.services.registry.get("/me", token=tokens.access_token)
    state = view.request.app.state
    principal = await state.verifier.verify(tokens.access_token)
    kept = Kept(**tokens.model_dump(), name=str(me["name"]), id_token=id_token)
    device = device_of(view.request.headers.get("user-agent", ""))
    async with transaction(state.sessions) as session:
        if view.viewer is not None:
            await handlers.close_session(session, view.viewer.secret)
        secret, lifetime = await handlers.open_session(session, view.settings, kept, principal, device)
    response = view.redirect(own_path(target))
    cookies.set_cookie(view.settings, response, cookies.SESSION, secret, int(lifetime.total_seconds()))
    return response
