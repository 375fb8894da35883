"""/antwort/<token>: accept or decline an invitation without logging in.

The address is the secret: no referrer, no cache, no search engine. Reading changes nothing.
"""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Path
from shared.access.dependencies import public
from shared.contracts.events import Answer, Visibility
from shared.errors import NotFound
from starlette.responses import Response

from portal.networks.queries import network_page
from portal.read_model.model import MeetingCount
from portal.web.forms import Form
from portal.web.services import Refused, TokenRefused
from portal.web.view import PageView, View
from portal.web.visibility import is_visible, newer, sequence_of

router = APIRouter(dependencies=[Depends(public)])

Token = Annotated[str, Path(min_length=1, max_length=100)]
HEADERS = {"referrer-policy": "no-referrer", "cache-control": "no-store", "x-robots-tag": "noindex"}


@router.get("/antwort/probe")
async def show_trial(view: PageView) -> Response:
    """Where the link in the trial of an invitation leads: nothing can be answered here."""
    response = view.render("answers/trial.html")
    response.headers.update(HEADERS)
    return response


@router.get("/antwort/{token}")
async def show_invitation(view: PageView, token: Token) -> Response:
    """The meeting and two buttons; after an answer, what was answered."""
    try:
        headers = {"reply-token": _header(token)}
        invitation = await view.services.events.send("GET", "/invitations/by-token", headers=headers)
    except (Refused, NotFound):
        return await _page(view, None, status=404)
    return await _page(view, invitation)


@router.post("/antwort/{token}")
async def answer_invitation(view: PageView, token: Token) -> Response:
    """Accept or decline; the other answer may be given later, too."""
    form = Form.sent(await view.request.form())
    headers = {"reply-token": _header(token)}
    try:
        invitation = await view.services.events.send("GET", "/invitations/by-token", headers=headers)
        meeting_id = UUID(invitation["meeting"]["id"])
        before = await sequence_of(view, MeetingCount, MeetingCount.meeting_id == meeting_id)
        body = {"reply_token": token, "answer": form.text("answer")}
        answered = await view.services.events.send("POST", "/invitations/answer", body)
    except NotFound:
        return await _page(view, None, status=404)
    except (Refused, TokenRefused) as error:
        detail = error.problem.detail if isinstance(error, Refused) else None
        return await _page(view, invitation, message=detail, status=409)
    if answered["answer"] != invitation["answer"] and invitation["meeting"]["visibility"] == Visibility.PUBLIC:
        await is_visible(view, newer(MeetingCount, MeetingCount.meeting_id == meeting_id, than=before))
    response = view.redirect(f"/antwort/{token}?danke=1")
    response.headers.update(HEADERS)
    return response


async def _page(
    view: View, invitation: dict[str, Any] | None, message: str | None = None, status: int = 200
) -> Response:
    network = None
    if invitation is not None:
        try:
            network = await view.read(network_page, invitation["meeting"]["network"])
        except NotFound:
            network = None
    response = view.render(
        "answers/answer.html",
        status,
        invitation=invitation,
        network=network,
        message=message,
        thanks="danke" in view.request.query_params,
        Answer=Answer,
    )
    response.headers.update(HEADERS)
    return response


def _header(token: str) -> str:
    """A token that cannot stand in a header is none of ours."""
    if not (token.isascii() and token.isprintable()):
        raise NotFound
    return token
