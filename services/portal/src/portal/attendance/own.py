"""One's own place on the list of a meeting: the code for the door, and the certificate afterwards."""

from typing import Any

from markupsafe import Markup
from shared.errors import NotFound, Unavailable

from portal.attendance.documents import address_of
from portal.meetings.queries import MeetingCard
from portal.web.qr import picture
from portal.web.services import Refused
from portal.web.view import View


async def own_attendance(view: View, meeting: MeetingCard) -> dict[str, Any] | None:
    """By account; None for whoever is on no list, or while the service does not answer."""
    if not view.may_register or meeting.cancelled or meeting.draft or meeting.taken_over_from:
        return None
    try:
        found: dict[str, Any] = await view.services.events.get(
            f"/meetings/{meeting.id}/attendance/mine", token=await view.token()
        )
    except (NotFound, Refused, Unavailable):
        return None
    return found


async def linked_attendance(view: View, token: str) -> dict[str, Any] | None:
    """By the link of a mail."""
    headers = {"registration-token": token}
    try:
        found: dict[str, Any] = await view.services.events.send("GET", "/attendance/by-token", headers=headers)
    except (NotFound, Refused, Unavailable):
        return None
    return found


def pass_picture(view: View, own: dict[str, Any] | None) -> Markup | None:
    """The code that is shown at the door."""
    code = own["check_in_code"] if own else None
    return picture(address_of(view, f"/einlass/{code}")) if code else None
