"""/anmelden/dienstkonto and /anmelden/rueckkehr: logging in at the office's provider."""

from contextlib import nullcontext
from typing import Annotated

import structlog
from fastapi import APIRouter, Depends, Query
from shared.access.dependencies import public
from shared.database import transaction
from shared.errors import NotFound, Unavailable
from shared.i18n import N_
from shared.web.client_address import client_address
from shared.web.rate_limits import RateLimits
from starlette.responses import Response

from portal.sessions import cookies, departures
from portal.sessions.limits import DEPARTURES_OF_CLIENT
from portal.sessions.openid import ProviderRefused, ServiceAccounts
from portal.sessions.opening import login_page, open_by_id_token, own_path
from portal.web.services import Refused, TokenRefused
from portal.web.view import PageView, View

router = APIRouter(dependencies=[Depends(public)])
log = structlog.get_logger()

STRAY = N_("This login took too long or was begun in another window. Please log in again.")
BROKEN_OFF = N_("The login with your service account was broken off.")

Text = Annotated[str, Query(max_length=2_000)]


@router.get("/anmelden/dienstkonto")
async def depart(view: PageView, weiter: Annotated[str, Query(max_length=500)] = "") -> Response:
    """To the provider. A link and not a form: our pages' policy would follow a form through every redirect there."""
    target = own_path(weiter)
    try:
        departure = await _provider(view).depart()
    except Unavailable as error:
        return login_page(view, target, message=view.translate.gettext(error.message), status=503)
    async with transaction(view.request.app.state.sessions) as session:
        # In the same transaction: an office behind one address does not wait for connections, and only rows count.
        limits = RateLimits(lambda: nullcontext(session))
        await limits.count(DEPARTURES_OF_CLIENT, client_address(view.request))
        secret = await departures.keep(session, departure, target)
    response = view.redirect(departure.url)
    response.headers["cache-control"] = "no-store"
    seconds = int(departures.LIFETIME.total_seconds())
    cookies.set_cookie(view.settings, response, cookies.LOGIN, secret, seconds)
    return response


@router.get("/anmelden/rueckkehr")
async def arrive(view: PageView, code: Text = "", state: Text = "", error: Text = "", iss: Text = "") -> Response:
    """Back from the provider. It counts once, and only in the browser that left."""
    provider, secret = _provider(view), cookies.read_cookie(view.request, cookies.LOGIN)
    async with transaction(view.request.app.state.sessions) as session:
        pending = await departures.take(session, secret, state)
    if pending is None:
        return _again(view, "", STRAY)
    if error or not code:
        log.info("provider_sent_back", error=error[:100])
        return _again(view, pending.target, BROKEN_OFF)
    try:
        id_token = await provider.arrive(code, pending.nonce, pending.verifier, iss)
        response = await open_by_id_token(view, id_token, pending.target)
    except ProviderRefused as refused:
        log.warning("id_token_refused", reason=type(refused.__cause__).__name__)
        return _again(view, pending.target, refused.message)
    except TokenRefused:
        return _again(view, pending.target, ProviderRefused.message)
    except Refused as refused:  # the registry says why in German: the person is not entered, or tried too often
        return _again(view, pending.target, refused.problem.detail, refused.problem.status)
    except Unavailable as away:
        return _again(view, pending.target, away.message, away.status)
    cookies.forget_cookie(view.settings, response, cookies.LOGIN)
    return response


def _provider(view: View) -> ServiceAccounts:
    """Raises `NotFound` where no provider is configured."""
    provider: ServiceAccounts | None = view.request.app.state.service_accounts
    if provider is None:
        raise NotFound
    return provider


def _again(view: View, target: str, message: str, status: int = 422) -> Response:
    response = login_page(view, target, message=view.translate.gettext(message), status=status)
    cookies.forget_cookie(view.settings, response, cookies.LOGIN)
    return response
