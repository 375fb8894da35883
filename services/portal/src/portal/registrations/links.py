"""/anmeldung/<token>: confirm a registration, take a place or give it back without logging in.

The address is the secret: no referrer, no cache, no search engine. Reading changes nothing.
"""

from contextlib import suppress
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path
from shared.access.dependencies import public
from shared.errors import NotFound
from starlette.responses import Response

from portal.answers.routes import HEADERS
from portal.attendance.door import scanned
from portal.attendance.own import linked_attendance, pass_picture
from portal.networks.queries import NetworkPage, network_page
from portal.web.forms import Form
from portal.web.services import Refused
from portal.web.view import PageView, View

router = APIRouter(prefix="/anmeldung", dependencies=[Depends(public)])

Token = Annotated[str, Path(min_length=1, max_length=100, pattern=r"^[A-Za-z0-9_-]+$")]
WAYS = {"confirm": "confirmation", "withdraw": "withdrawal"}


@router.get("/{token}")
async def show_registration(view: PageView, token: Token) -> Response:
    """What the registration is, and what can be done with it."""
    return await show_link(view, token)


@router.post("/{token}")
async def change_registration(view: PageView, token: Token) -> Response:
    """Confirm it, or take it back: one click."""
    form = Form.sent(await view.request.form())
    way = WAYS.get(form.text("way"), WAYS["confirm"])
    try:
        await view.services.events.send("POST", f"/registrations/{way}", {"token": token})
    except NotFound:
        return await show_link(view, token)
    except Refused as refused:
        return await show_link(view, token, refused.problem.detail, 409)
    response = view.redirect(f"/anmeldung/{token}?danke=1")
    response.headers.update(HEADERS)
    return response


async def show_link(view: View, token: str, message: str | None = None, status: int = 200) -> Response:
    """The page of a link; `message` says why something was refused. 404 for a link that nobody knows."""
    headers = {"registration-token": token}
    registration: dict[str, Any] | None = None
    with suppress(Refused, NotFound):
        registration = await view.services.events.send("GET", "/registrations/by-token", headers=headers)
    own = await linked_attendance(view, token) if registration else None
    response = view.render(
        "registrations/link.html",
        status if registration else 404,
        registration=registration,
        network=await _network(view, registration),
        own=own,
        picture=pass_picture(view, own),
        at_door=scanned(view.request) is not None,
        token=token,
        message=message,
        thanks="danke" in view.request.query_params,
    )
    response.headers.update(HEADERS)
    return response


async def _network(view: View, registration: dict[str, Any] | None) -> NetworkPage | None:
    if registration is None:
        return None
    try:
        return await view.read(network_page, registration["meeting"]["network"])
    except NotFound:
        return None
