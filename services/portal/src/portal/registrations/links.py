"""/anmeldung/<token>: confirm a registration, take a place or give it back without logging in.

The address is the secret: no referrer, no cache, no search engine. Reading changes nothing.
"""

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path
from shared.access.dependencies import public
from shared.errors import NotFound
from starlette.responses import Response

from portal.answers.routes import HEADERS
from portal.networks.queries import network_page
from portal.web.forms import Form
from portal.web.services import Refused
from portal.web.view import PageView, View

router = APIRouter(prefix="/anmeldung", dependencies=[Depends(public)])

Token = Annotated[str, Path(min_length=1, max_length=100, pattern=r"^[A-Za-z0-9_-]+$")]
WAYS = {"confirm": "confirmation", "withdraw": "withdrawal"}


@router.get("/{token}")
async def show_registration(view: PageView, token: Token) -> Response:
    """What the registration is, and what can be done with it."""
    try:
        return await _page(view, await _read(view, token))
    except (Refused, NotFound):
        return await _page(view, None, status=404)


@router.post("/{token}")
async def change_registration(view: PageView, token: Token) -> Response:
    """Confirm it, or take it back: one click."""
    form = Form.sent(await view.request.form())
    way = WAYS.get(form.text("way"), WAYS["confirm"])
    try:
        await view.services.events.send("POST", f"/registrations/{way}", {"token": token})
    except NotFound:
        return await _page(view, None, status=404)
    except Refused as refused:
        return await _page(view, await _read(view, token), message=refused.problem.detail, status=409)
    response = view.redirect(f"/anmeldung/{token}?danke=1")
    response.headers.update(HEADERS)
    return response


async def _read(view: View, token: str) -> dict[str, Any]:
    headers = {"registration-token": token}
    answer: dict[str, Any] = await view.services.events.send("GET", "/registrations/by-token", headers=headers)
    return answer


def _is_past(date: dict[str, Any]) -> bool:
    return date["status"] == "cancelled" or datetime.fromisoformat(date["ends_at"]) <= datetime.now(UTC)


async def _page(
    view: View, registration: dict[str, Any] | None, message: str | None = None, status: int = 200
) -> Response:
    network = None
    if registration is not None:
        try:
            network = await view.read(network_page, registration["meeting"]["network"])
        except NotFound:
            network = None
    response = view.render(
        "registrations/link.html",
        status,
        registration=registration,
        ahead=[one for one in registration["course"] if not _is_past(one)] if registration else [],
        network=network,
        message=message,
        thanks="danke" in view.request.query_params,
    )
    response.headers.update(HEADERS)
    return response
