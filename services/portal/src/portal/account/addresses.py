"""/konto/adresse/<token>: taking a new email address over, by the link that was mailed to it."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path
from shared.access.dependencies import public
from shared.errors import NotFound
from starlette.responses import Response

from portal.answers.routes import HEADERS
from portal.web.services import Refused
from portal.web.view import PageView

router = APIRouter(dependencies=[Depends(public)])

Token = Annotated[str, Path(min_length=1, max_length=100)]
DONE = "fertig"  # the page after the button; no secret is as short


@router.get("/konto/adresse/{token}")
async def show_new_address(view: PageView, token: Token) -> Response:
    """The new address and one button. Reading the page changes nothing, so that mail programs may look at links."""
    if token == DONE:
        return _secret(view.render("account/address_taken.html"))
    headers = {"confirmation-token": token if token.isascii() and token.isprintable() else "-"}
    try:
        found = await view.services.registry.send("GET", "/address-changes/by-token", headers=headers)
    except (Refused, NotFound):
        return _secret(view.render("account/address.html", 404, change=None))
    return _secret(view.render("account/address.html", change=found))


@router.post("/konto/adresse/{token}")
async def take_address(view: PageView, token: Token) -> Response:
    """Take it over; a link works once."""
    try:
        await view.services.registry.send("POST", "/address-changes/confirmation", {"token": token})
    except NotFound:
        return _secret(view.render("account/address.html", 404, change=None))
    return _secret(view.redirect(f"/konto/adresse/{DONE}"))


def _secret(response: Response) -> Response:
    response.headers.update(HEADERS)
    return response
