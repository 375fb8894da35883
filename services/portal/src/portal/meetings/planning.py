"""What the pages of planners share."""

from typing import Any

from shared.errors import Forbidden
from starlette.responses import Response

from portal.meetings.clashes import look_for_clashes
from portal.meetings.forms import MeetingForm
from portal.networks.queries import NetworkPage, network_page
from portal.web.view import View


async def planned_network(view: View, network: str) -> NetworkPage:
    """A network whose meetings the reader plans. Raises `NotFound`, `Forbidden`."""
    page = await view.read(network_page, network)
    if not view.may_plan(network):
        raise Forbidden
    return page


async def show_form(
    view: View,
    page: NetworkPage,
    form: MeetingForm,
    meeting: dict[str, Any] | None = None,
    status: int = 200,
    outcome: dict[str, Any] | None = None,
) -> Response:
    """The form of a new meeting, or of one that is there, with what else is on its days.

    `outcome` is what a change of several dates does.
    """
    organisations = [
        (str(one.id), one.name if village.name in one.name else f"{one.name} ({village.name})")
        for village in page.villages
        for one in village.organisations
    ]
    return view.render(
        "meetings/form.html",
        status,
        network=page,
        form=form,
        meeting=meeting,
        organisations=organisations,
        clashes=await look_for_clashes(view, page, form),
        outcome=outcome,
    )
