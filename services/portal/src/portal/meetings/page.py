"""The page of one meeting."""

from markupsafe import Markup
from starlette.responses import Response

from portal.attendance.own import own_attendance, pass_picture
from portal.meetings.queries import MeetingPage
from portal.minutes.access import may_read
from portal.minutes.queries import has_published_minutes
from portal.networks import structured
from portal.networks.queries import NetworkPage
from portal.registrations.own import own_registration
from portal.web.view import View


async def render_meeting(
    view: View, page: NetworkPage, meeting: MeetingPage, message: str | None = None, status: int = 200
) -> Response:
    """The meeting; whoever is logged in also sees whether they come. `message` says why registering was refused."""
    own = await own_attendance(view, meeting.card)
    return view.render(
        "meetings/meeting.html",
        status,
        network=page,
        meeting=meeting,
        data=structured.meeting(page, meeting, view.settings) if meeting.card.public else Markup(),
        registered=await own_registration(view, meeting.card),
        own=own,
        picture=None if meeting.card.over else pass_picture(view, own),
        message=message,
        reads_minutes=may_read(view, page),
        minutes_published=await view.read(has_published_minutes, meeting.card.id),
    )
