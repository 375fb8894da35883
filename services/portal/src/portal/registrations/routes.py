"""Coming to a meeting: by account with one click, or with the form that everybody can fill in."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Depends
from shared.access.dependencies import public
from shared.errors import Unavailable
from starlette.responses import Response

from portal.meetings.page import render_meeting
from portal.meetings.queries import MeetingPage
from portal.meetings.restricted import find_meeting
from portal.networks.queries import NetworkPage, network_page
from portal.read_model.model import MeetingCount
from portal.registrations.forms import coming, questions_of
from portal.registrations.own import own_registration
from portal.web.forms import Form
from portal.web.messages import with_message
from portal.web.services import Refused, problem_of
from portal.web.view import PageView, PersonView, View
from portal.web.visibility import is_visible, newer, sequence_of

router = APIRouter(prefix="/n/{network}/treffen/{meeting_id}")
PUBLIC = [Depends(public)]
SAID = {"coming": "dabei", "waiting": "warteliste", "withdrawn": "doch-nicht"}


@router.post("/anmeldung")
async def register(view: PersonView, network: str, meeting_id: UUID) -> Response:
    """Register oneself; the meeting's page counts it."""
    return await _send(view, network, meeting_id, "registrations")


@router.post("/anmeldung/platz")
async def take_place(view: PersonView, network: str, meeting_id: UUID) -> Response:
    """Take the place that became free."""
    return await _send(view, network, meeting_id, "registrations/mine/confirmation")


@router.post("/anmeldung/absage")
async def withdraw(view: PersonView, network: str, meeting_id: UUID) -> Response:
    """Not come after all."""
    return await _send(view, network, meeting_id, "registrations/mine/withdrawal")


@router.get("/anmelden", dependencies=PUBLIC)
async def show_form(view: PageView, network: str, meeting_id: UUID) -> Response:
    """The form for everybody; whoever is logged in need not say who they are."""
    page = await view.read(network_page, network)
    meeting = await find_meeting(view, page, meeting_id)
    if await own_registration(view, meeting.card):
        return view.redirect(f"/n/{network}/treffen/{meeting_id}")
    return await _form(view, page, meeting, Form({"people": "1"}))


@router.post("/anmelden", dependencies=PUBLIC)
async def send_form(view: PageView, network: str, meeting_id: UUID) -> Response:
    """By account at once; a guest gets a link by mail and confirms it."""
    page = await view.read(network_page, network)
    meeting = await find_meeting(view, page, meeting_id)
    form = Form.sent(await view.request.form())
    asked = await _asked(view, meeting_id)
    body = coming(form, questions_of(asked))
    if view.may_register:
        return await _send(view, network, meeting_id, "registrations", body, form)
    body |= {"name": form.text("name"), "email": form.text("email")}
    try:
        await view.services.events.send("POST", f"/meetings/{meeting_id}/guest-registrations", body, key=form.key)
    except (Refused, Unavailable) as error:
        problem = problem_of(error, view.translate)
        return await _form(view, page, meeting, form.take(problem), problem.status)
    return view.render("registrations/sent.html", network=page, meeting=meeting, email=form.text("email"))


async def _send(
    view: View,
    network: str,
    meeting_id: UUID,
    path: str,
    body: dict[str, Any] | None = None,
    form: Form | None = None,
) -> Response:
    page = await view.read(network_page, network)
    meeting = await find_meeting(view, page, meeting_id)
    sent = form or Form.sent(await view.request.form())
    this_one = MeetingCount.meeting_id == meeting.card.list_id
    before = await sequence_of(view, MeetingCount, this_one)
    try:
        done = await view.services.events.send(
            "POST", f"/meetings/{meeting_id}/{path}", body, token=await view.token(), key=sent.key
        )
    except (Refused, Unavailable) as error:
        problem = problem_of(error, view.translate)
        if form is not None:
            return await _form(view, page, meeting, form.take(problem), problem.status)
        if problem.code == "answer_missing":
            return view.redirect(with_message(f"/n/{network}/treffen/{meeting_id}/anmelden", "fragen-offen"))
        return await render_meeting(view, page, meeting, problem.detail, problem.status)
    if meeting.card.public:  # nobody tells how many come to another
        await is_visible(view, newer(MeetingCount, this_one, than=before))
    return view.redirect(with_message(f"/n/{network}/treffen/{meeting_id}", SAID[done["state"]]))


async def _asked(view: View, meeting_id: UUID) -> dict[str, Any]:
    token = await view.token() if view.viewer else None
    answer: dict[str, Any] = await view.services.events.get(f"/meetings/{meeting_id}/registration-form", token=token)
    return answer


async def _form(view: View, page: NetworkPage, meeting: MeetingPage, form: Form, status: int = 200) -> Response:
    questions = questions_of(await _asked(view, meeting.card.id))
    return view.render("registrations/form.html", status, network=page, meeting=meeting, form=form, questions=questions)
