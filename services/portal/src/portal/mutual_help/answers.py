"""/antwort/hilfe/<token>: say yes or no to a request for help without logging in.

The address is the secret: no referrer, no cache, no search engine. Reading changes nothing.
"""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path
from shared.access.dependencies import public
from shared.errors import NotFound
from starlette.responses import Response

from portal.answers.routes import HEADERS
from portal.web.forms import Form
from portal.web.services import Refused
from portal.web.view import PageView, View

router = APIRouter(dependencies=[Depends(public)])

Token = Annotated[str, Path(min_length=1, max_length=100, pattern=r"^[A-Za-z0-9_-]+$")]

ANSWERS = ("ja", "nein")


@router.get("/antwort/hilfe/{token}")
async def show_request(view: PageView, token: Token) -> Response:
    """What is needed, by whom, and two buttons; after the answer, thanks."""
    answered = view.request.query_params.get("danke")
    if answered in ANSWERS:
        return _page(view, None, answered=answered)
    try:
        headers = {"reply-token": token}
        asked = await view.services.registry.send("GET", "/help-requests/by-token", headers=headers)
    except (Refused, NotFound):
        return _page(view, None, status=404)
    return _page(view, asked)


@router.post("/antwort/hilfe/{token}")
async def answer_request(view: PageView, token: Token) -> Response:
    """Say yes or no, once."""
    accept = Form.sent(await view.request.form()).text("answer") == "yes"
    try:
        await view.services.registry.send("POST", "/help-requests/answer", {"token": token, "accept": accept})
    except (Refused, NotFound):
        return _page(view, None, status=404)
    response = view.redirect(f"/antwort/hilfe/{token}?danke={ANSWERS[0] if accept else ANSWERS[1]}")
    response.headers.update(HEADERS)
    return response


def _page(view: View, asked: dict[str, Any] | None, answered: str | None = None, status: int = 200) -> Response:
    response = view.render("mutual_help/answer.html", status, asked=asked, answered=answered)
    response.headers.update(HEADERS)
    return response
