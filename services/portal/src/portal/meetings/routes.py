"""Pages of meetings: for everybody to read, for staff to plan."""

from datetime import UTC, datetime
from uuid import UUID

from fastapi import APIRouter, Depends
from shared.access.dependencies import public
from shared.calendar import Method, create_calendar, create_event
from shared.errors import Unavailable
from starlette.responses import Response

from portal.meetings.calendar import Wanted, list_meetings, month_of, month_picture
from portal.meetings.clashes import look_for_clashes
from portal.meetings.forms import MeetingForm
from portal.meetings.page import render_meeting
from portal.meetings.planning import planned_network, show_form
from portal.meetings.restricted import ask, dates_with, find_meeting, restricted_meetings
from portal.networks.queries import network_page
from portal.web.messages import with_message
from portal.web.services import Refused, problem_of
from portal.web.view import PageView, StaffView

router = APIRouter(prefix="/n/{network}/treffen")
PUBLIC = [Depends(public)]


@router.get("", dependencies=PUBLIC)
async def show_meetings(view: PageView, network: str) -> Response:
    """The list of meetings, or with `ansicht=monat` the picture of a month; filtered by kind and village."""
    page = await view.read(network_page, network)
    params = view.request.query_params
    wanted = Wanted.read(page, params)
    if params.get("ansicht") == "monat":
        month = await month_picture(view, page, month_of(params.get("monat", "")), wanted)
        return view.render("meetings/month.html", network=page, wanted=wanted, month=month)
    listed = await list_meetings(view, page, wanted)
    restricted = [] if wanted.past else await restricted_meetings(view, page)
    return view.render("meetings/meetings.html", network=page, wanted=wanted, listed=listed, restricted=restricted)


@router.get("/neu")
async def show_new_meeting(view: StaffView, network: str, vorlage: UUID | None = None) -> Response:
    """The form for a new meeting; `vorlage` is a meeting of which it has everything but the dates."""
    page = await planned_network(view, network)
    form = MeetingForm.copy_of(await ask(view, network, vorlage)) if vorlage else MeetingForm.empty()
    return await show_form(view, page, form)


@router.post("/neu")
async def plan_meeting(view: StaffView, network: str, vorlage: UUID | None = None) -> Response:
    """Save a draft. It invites the same people as the meeting `vorlage`, of which it is a copy."""
    page = await planned_network(view, network)
    form = MeetingForm.of(await view.request.form())
    if form.only_looks:
        return await show_form(view, page, form.with_more_rows())
    body = {**form.body(), "network": network, "audience_of": str(vorlage) if vorlage else None}
    try:
        draft = await view.services.events.send("POST", "/meetings", body, token=await view.token(), key=form.key)
    except (Refused, Unavailable) as error:
        form.show(problem_of(error, view.translate))
        return await show_form(view, page, form, status=422)
    if "_repeat" in form.values:
        return view.redirect(f"/n/{network}/treffen/{draft['id']}/reihe")
    return view.redirect(with_message(f"/n/{network}/treffen/{draft['id']}", "entwurf"))


@router.post("/terminpruefung")
async def check_dates(view: StaffView, network: str) -> Response:
    """The box of the form that shows what else is on the days; without JavaScript the form's button shows it."""
    page = await planned_network(view, network)
    clashes = await look_for_clashes(view, page, MeetingForm.of(await view.request.form()))
    return view.fragment("meetings/clashes.html", "box", clashes=clashes)


@router.get("/{meeting_id}", dependencies=PUBLIC)
async def show_meeting(view: PageView, network: str, meeting_id: UUID) -> Response:
    """A meeting that the reader may know of; planners also see drafts."""
    page = await view.read(network_page, network)
    return await render_meeting(view, page, await find_meeting(view, page, meeting_id))


@router.get("/{meeting_id}/kalender.ics", dependencies=PUBLIC)
async def download_calendar(view: PageView, network: str, meeting_id: UUID) -> Response:
    """A meeting for a calendar program; of a course all dates, as one registers for all."""
    page = await view.read(network_page, network)
    meeting = await find_meeting(view, page, meeting_id)
    stamp, root = datetime.now(UTC), f"{view.settings.public_url.rstrip('/')}/n/{network}/treffen"
    events = [
        create_event(
            one.facts(),
            stamp=stamp,
            url=f"{root}/{one.card.id}",
            village=one.card.village,
            online_link=one.online_link,
            cancelled=one.card.cancelled,
        )
        for one in await dates_with(view, page, meeting)
    ]
    headers = {
        "content-disposition": f'attachment; filename="treffen-{meeting.card.list_id}.ics"',
        "cache-control": "no-cache" if view.viewer is None else "private, no-store",
    }
    calendar = create_calendar(Method.PUBLISH, *events).to_ical()
    return Response(calendar, media_type="text/calendar; charset=utf-8", headers=headers)
