"""Pages of meetings: for everybody to read, for staff to plan and publish."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Depends
from shared.access.dependencies import public
from shared.calendar import Method, create_calendar, create_event
from shared.errors import Forbidden, NotFound, Unavailable
from starlette.responses import Response

from portal.meetings import queries
from portal.meetings.forms import MeetingForm
from portal.meetings.page import render_meeting
from portal.networks.queries import NetworkPage, network_page
from portal.read_model.model import Meeting
from portal.web.messages import PENDING, with_message
from portal.web.services import Refused, problem_of
from portal.web.view import PageView, StaffView, View
from portal.web.visibility import is_visible, newer, sequence_of

router = APIRouter(prefix="/n/{network}/treffen")
PUBLIC = [Depends(public)]
DRAFTS = 100


@router.get("", dependencies=PUBLIC)
async def show_meetings(view: PageView, network: str) -> Response:
    """Coming and past meetings; staff also see their drafts."""
    page = await view.read(network_page, network)
    past = await view.read(queries.past_meetings, network)
    drafts = await _drafts(view, page) if view.may_plan(network) else []
    return view.render("meetings/meetings.html", network=page, past=past, drafts=drafts)


@router.get("/neu")
async def show_new_meeting(view: StaffView, network: str) -> Response:
    """The form for a new meeting."""
    page = await _planned_network(view, network)
    return view.render("meetings/form.html", network=page, form=MeetingForm.empty(), meeting=None)


@router.post("/neu")
async def plan_meeting(view: StaffView, network: str) -> Response:
    """Save a draft."""
    page = await _planned_network(view, network)
    form = MeetingForm.of(await view.request.form())
    if form.wants_more_rows:
        return view.render("meetings/form.html", network=page, form=form.with_more_rows(), meeting=None)
    body = {**form.body(), "network": network}
    try:
        draft = await view.services.events.send("POST", "/meetings", body, token=await view.token(), key=form.key)
    except (Refused, Unavailable) as error:
        form.show(problem_of(error, view.translate))
        return view.render("meetings/form.html", 422, network=page, form=form, meeting=None)
    return view.redirect(with_message(f"/n/{network}/treffen/{draft['id']}", "entwurf"))


@router.get("/{meeting_id}", dependencies=PUBLIC)
async def show_meeting(view: PageView, network: str, meeting_id: UUID) -> Response:
    """A published meeting; staff also see a draft."""
    page = await view.read(network_page, network)
    try:
        meeting = await view.read(queries.meeting_page, network, meeting_id)
    except NotFound:
        if not view.may_plan(network):
            raise
        return await _show_draft(view, page, meeting_id)
    return await render_meeting(view, page, meeting)


@router.get("/{meeting_id}/kalender.ics", dependencies=PUBLIC)
async def download_calendar(view: PageView, network: str, meeting_id: UUID) -> Response:
    """A published meeting for a calendar program."""
    meeting = await view.read(queries.meeting_page, network, meeting_id)
    url = f"{view.settings.public_url.rstrip('/')}/n/{network}/treffen/{meeting_id}"
    event = create_event(meeting.facts(), stamp=datetime.now(UTC), url=url, village=meeting.card.village)
    headers = {"content-disposition": f'attachment; filename="treffen-{meeting_id}.ics"', "cache-control": "no-cache"}
    calendar = create_calendar(Method.PUBLISH, event).to_ical()
    return Response(calendar, media_type="text/calendar; charset=utf-8", headers=headers)


@router.get("/{meeting_id}/bearbeiten")
async def show_edit(view: StaffView, network: str, meeting_id: UUID) -> Response:
    """The form with what the meeting is now."""
    page = await _planned_network(view, network)
    meeting = await _meeting(view, network, meeting_id)
    return view.render("meetings/form.html", network=page, form=MeetingForm.from_meeting(meeting), meeting=meeting)


@router.post("/{meeting_id}/bearbeiten")
async def change_meeting(view: StaffView, network: str, meeting_id: UUID) -> Response:
    """Save the change; the pages of a published meeting show it. Who was invited is not written to again."""
    page = await _planned_network(view, network)
    meeting = await _meeting(view, network, meeting_id)
    form = MeetingForm.of(await view.request.form())
    if form.wants_more_rows:
        return view.render("meetings/form.html", network=page, form=form.with_more_rows(), meeting=meeting)
    before = await sequence_of(view, Meeting, Meeting.meeting_id == meeting_id)
    body = {**form.body(), "revision": form.revision}
    address = f"/n/{network}/treffen/{meeting_id}"
    try:
        await view.services.events.send("PUT", f"/meetings/{meeting_id}", body, token=await view.token(), key=form.key)
    except (Refused, Unavailable) as error:
        form.show(problem_of(error, view.translate))
        return view.render("meetings/form.html", 422, network=page, form=form, meeting=meeting)
    if meeting["status"] == "draft":
        return view.redirect(with_message(address, "entwurf"))
    shown = await is_visible(view, newer(Meeting, Meeting.meeting_id == meeting_id, than=before))
    return view.redirect(with_message(address, "gespeichert" if shown else PENDING))


@router.get("/{meeting_id}/veroeffentlichen")
async def show_publication(view: StaffView, network: str, meeting_id: UUID) -> Response:
    """What publishing does and whom it invites, with one button."""
    page = await _planned_network(view, network)
    return await _confirm_page(view, page, await _meeting(view, network, meeting_id))


@router.post("/{meeting_id}/veroeffentlichen")
async def publish_meeting(view: StaffView, network: str, meeting_id: UUID) -> Response:
    """Publish and invite."""
    page = await _planned_network(view, network)
    address = f"/n/{network}/treffen/{meeting_id}"
    try:
        await view.services.events.send(
            "POST", f"/meetings/{meeting_id}/publication", token=await view.token(), key=f"publish-{meeting_id}"
        )
    except (Refused, Unavailable) as error:
        meeting = await _meeting(view, network, meeting_id)
        return await _confirm_page(view, page, meeting, problem_of(error, view.translate).detail)
    shown = await is_visible(view, newer(Meeting, Meeting.meeting_id == meeting_id))
    return view.redirect(with_message(address, "veroeffentlicht" if shown else PENDING))


async def _planned_network(view: View, network: str) -> NetworkPage:
    page = await view.read(network_page, network)
    if not view.may_plan(network):
        raise Forbidden
    return page


async def _meeting(view: View, network: str, meeting_id: UUID) -> dict[str, Any]:
    meeting: dict[str, Any] = await view.services.events.get(f"/meetings/{meeting_id}", token=await view.token())
    if meeting["network"] != network:
        raise NotFound
    return meeting


async def _drafts(view: View, page: NetworkPage) -> list[dict[str, Any]]:
    answer = await view.services.events.get("/meetings", token=await view.token(), network=page.slug, limit=DRAFTS)
    return [meeting for meeting in answer["items"] if meeting["status"] == "draft"]


async def _show_draft(view: View, page: NetworkPage, meeting_id: UUID) -> Response:
    meeting = await _meeting(view, page.slug, meeting_id)
    village = page.village_of(UUID(meeting["village_id"])) if meeting["village_id"] else None
    return view.render("meetings/draft.html", network=page, meeting=meeting, village=village)


async def _confirm_page(view: View, page: NetworkPage, meeting: dict[str, Any], message: str | None = None) -> Response:
    async with view.reading() as session:
        audience = await queries.audience(session, page.slug)
    status = 409 if message else 200
    return view.render(
        "meetings/publish.html", status, network=page, meeting=meeting, audience=audience, message=message
    )
