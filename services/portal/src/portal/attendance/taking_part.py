"""For oneself: say that one is there, and get a certificate; by account, or by the link of a mail."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path
from shared.access.dependencies import public
from shared.errors import NotFound, Unavailable
from shared.i18n import N_
from starlette.responses import Response

from portal.answers.routes import HEADERS
from portal.attendance import documents
from portal.attendance.door import scanned
from portal.meetings.page import render_meeting
from portal.meetings.restricted import find_meeting
from portal.networks.queries import network_page
from portal.registrations.links import show_link
from portal.web.forms import Form
from portal.web.messages import with_message
from portal.web.services import Refused, problem_of
from portal.web.view import PageView, PersonView

router = APIRouter()

Token = Annotated[str, Path(min_length=1, max_length=100, pattern=r"^[A-Za-z0-9_-]+$")]


@router.post("/n/{network}/treffen/{meeting_id}/bescheinigung")
async def own_certificate(view: PersonView, network: str, meeting_id: UUID) -> Response:
    """A certificate as PDF; each has a code of its own: that is why it is no link."""
    page = await view.read(network_page, network)
    meeting = await find_meeting(view, page, meeting_id)
    try:
        path = f"/meetings/{meeting_id}/certificates/mine"
        issued = await view.services.events.send("POST", path, token=await view.token())
    except (Refused, Unavailable) as error:
        problem = problem_of(error, view.translate)
        return await render_meeting(view, page, meeting, problem.detail, problem.status)
    return await documents.certificates(view, page.name, [issued])


@router.post("/anmeldung/{token}/bescheinigung", dependencies=[Depends(public)])
async def linked_certificate(view: PageView, token: Token) -> Response:
    """The same by the link of a mail."""
    try:
        issued = await view.services.events.send("POST", "/certificates/by-token", {"token": token})
    except NotFound:
        return await show_link(view, token)
    except (Refused, Unavailable) as error:
        problem = problem_of(error, view.translate)
        return await show_link(view, token, problem.detail, problem.status)
    response = await documents.certificates(view, await documents.network_name(view, issued["network"]), [issued])
    response.headers["referrer-policy"] = HEADERS["referrer-policy"]
    return response


@router.post("/anmeldung/{token}/da", dependencies=[Depends(public)])
async def check_in(view: PageView, token: Token) -> Response:
    """I am here: for whoever scanned the code at the door before."""
    form, code = Form.sent(await view.request.form()), scanned(view.request)
    try:
        if code is None:
            raise NotFound
        body = {"door_code": code, "registration_token": token}
        await view.services.events.send("POST", "/door/check-in", body, key=form.key)
    except NotFound:  # the code was renewed, or hangs at another door
        return await show_link(view, token, view.translate.gettext(N_("Please scan the code at the door first.")), 409)
    except (Refused, Unavailable) as error:
        problem = problem_of(error, view.translate)
        return await show_link(view, token, problem.detail, problem.status)
    response = view.redirect(with_message(f"/anmeldung/{token}", "bin-da"))
    response.headers.update(HEADERS)
    return response
