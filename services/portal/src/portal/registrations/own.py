"""The reader's own registration for a meeting, by account."""

from typing import Any, Literal

from shared.errors import NotFound, Unavailable

from portal.meetings.queries import MeetingCard
from portal.web.services import Refused
from portal.web.view import View


async def own_registration(view: View, meeting: MeetingCard) -> dict[str, Any] | Literal[False] | None:
    """False without one; None where there is nothing to register for or nobody who could, or no answer."""
    if not view.may_register or meeting.over or meeting.cancelled or meeting.draft or meeting.taken_over_from:
        return None
    try:
        answer: dict[str, Any] = await view.services.events.get(
            f"/meetings/{meeting.id}/registrations/mine", token=await view.token()
        )
    except NotFound:
        return False
    except (Refused, Unavailable):
        return None
    return answer
