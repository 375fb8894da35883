"""Changing all dates of a series, or one and those that follow, from the form of one of them."""

from dataclasses import replace
from typing import Any

from shared.errors import Unavailable
from starlette.responses import Response

from portal.meetings.forms import MeetingForm
from portal.meetings.planning import show_form
from portal.networks.queries import NetworkPage
from portal.web.messages import with_message
from portal.web.services import Refused, problem_of
from portal.web.view import View


async def change_dates(view: View, page: NetworkPage, form: MeetingForm, meeting: dict[str, Any]) -> Response:
    """What the change does is shown first; it is done when the same choice is sent again."""
    body = {
        "scope": form.text("scope"),
        "meeting_id": meeting["id"],
        "meeting": {**form.body(), "revision": form.revision},
        "overwrite": "overwrite" in form.values,
        "tell": "tell" in form.values,
    }
    path, token = f"/series/{meeting['series_id']}", await view.token()
    try:
        if form.text("seen") != form.text("scope") + form.text("overwrite"):
            outcome = await view.services.events.send("POST", f"{path}/change-preview", body, token=token)
            return await show_form(view, page, form, meeting, outcome=outcome)
        series = await view.services.events.send("PUT", path, body, token=token, key=form.key)
    except (Refused, Unavailable) as error:
        problem = problem_of(error, view.translate)
        errors = [(name.removeprefix("meeting."), message) for name, message in problem.errors]
        form.show(replace(problem, errors=errors))
        return await show_form(view, page, form, meeting, status=422)
    return view.redirect(with_message(f"/n/{page.slug}/reihen/{series['id']}", "gespeichert-intern"))
