"""/newsletter/abbestellen/<token>: the link of a mail. A button for people, one POST for mail programs (RFC 8058).

The address is the secret: no referrer, no cache, no search engine. Reading changes nothing.
"""

from typing import Annotated

from fastapi import APIRouter, Depends, Path
from shared.access.dependencies import public
from starlette.responses import Response

from portal.answers.routes import HEADERS
from portal.web.view import PageView

router = APIRouter(prefix="/newsletter/abbestellen", dependencies=[Depends(public)])

DONE = "fertig"  # in place of a token: the page that is shown afterwards
Token = Annotated[str, Path(min_length=1, max_length=100)]


@router.get("/{token}")
async def show_unsubscribing(view: PageView, token: Token) -> Response:
    """One button; mail programs that look at links unsubscribe nobody."""
    response = view.render("consents/unsubscribe.html", done=token == DONE)
    response.headers.update(HEADERS)
    return response


@router.post("/{token}")
async def unsubscribe(view: PageView, token: Token) -> Response:
    """Withdraw; the answer is the same for every token, so that nobody learns whose it is."""
    await view.services.registry.send("POST", "/unsubscriptions", {"token": token})
    response = view.redirect(f"/newsletter/abbestellen/{DONE}")
    response.headers.update(HEADERS)
    return response
