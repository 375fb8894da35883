"""Coming to a meeting, for everybody with an account."""

from uuid import UUID

from fastapi import APIRouter
from shared.errors import Unavailable
from starlette.responses import Response

from portal.meetings.page import render_meeting
from portal.meetings.restricted import find_meeting
from portal.networks.queries import network_page
from portal.read_model.model import MeetingCount
from portal.web.forms import Form
from portal.web.messages import with_message
from portal.web.services import Refused, problem_of
from portal.web.view import PersonView
from portal.web.visibility import is_visible, newer, sequence_of

router = APIRouter(prefix="/n/{network}/treffen/{meeting_id}")


@router.post("/anmeldung")
async def register(view: PersonView, network: str, meeting_id: UUID) -> Response:
    """Register oneself; the meeting's page counts it."""
    page = await view.read(network_page, network)
    meeting = await find_meeting(view, page, meeting_id)
    form = Form.sent(await view.request.form())
    this_one = MeetingCount.meeting_id == meeting_id
    before = await sequence_of(view, MeetingCount, this_one)
    try:
        await view.services.events.send(
            "POST", f"/meetings/{meeting_id}/registrations", token=await view.token(), key=form.key
        )
    except (Refused, Unavailable) as error:
        problem = problem_of(error, view.translate)
        return await render_meeting(view, page, meeting, problem.detail, problem.status)
    if meeting.card.public:  # nobody tells how many come to another
        await is_visible(view, newer(MeetingCount, this_one, than=before))
    return view.redirect(with_message(f"/n/{network}/treffen/{meeting_id}", "dabei"))
