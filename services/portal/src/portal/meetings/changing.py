"""Pages on which planners change, publish and cancel a meeting, each with a look at what it does first."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter
from shared.contracts.events import Visibility
from shared.errors import Unavailable
from starlette.responses import Response

from portal.invitations.lists import lists_of
from portal.invitations.wording import describe
from portal.meetings import queries
from portal.meetings.clashes import look_for_clashes
from portal.meetings.forms import MeetingForm
from portal.meetings.planning import planned_network, show_form
from portal.meetings.restricted import ask
from portal.meetings.series_changes import change_dates
from portal.networks.queries import NetworkPage
from portal.read_model.model import Meeting
from portal.web.forms import Form
from portal.web.messages import PENDING, with_message
from portal.web.services import Refused, problem_of
from portal.web.view import StaffView, View
from portal.web.visibility import is_visible, newer, sequence_of

router = APIRouter(prefix="/n/{network}/treffen/{meeting_id}")


@router.get("/bearbeiten")
async def show_edit(view: StaffView, network: str, meeting_id: UUID) -> Response:
    """The form with what the meeting is now."""
    page = await planned_network(view, network)
    meeting = await ask(view, network, meeting_id)
    return await show_form(view, page, MeetingForm.from_meeting(meeting), meeting)


@router.post("/bearbeiten")
async def change_meeting(view: StaffView, network: str, meeting_id: UUID) -> Response:
    """Save the change. If people are told of it, a page says so first."""
    page = await planned_network(view, network)
    meeting = await ask(view, network, meeting_id)
    form = MeetingForm.of(await view.request.form())
    if form.only_looks:
        return await show_form(view, page, form.with_more_rows(), meeting)
    if meeting["series_id"] and form.text("scope") in ("following", "all"):
        return await change_dates(view, page, form, meeting)
    before = await sequence_of(view, Meeting, Meeting.meeting_id == meeting_id)
    body = {**form.body(), "revision": form.revision, "tell": "tell" in form.values}
    try:
        if meeting["status"] == "published" and not form.sure:
            preview = await view.services.events.send(
                "POST", f"/meetings/{meeting_id}/change-preview", body, token=await view.token()
            )
            if preview["tells"]:
                return _confirm_change(view, page, meeting, form, preview)
        token = await view.token()
        changed = await view.services.events.send("PUT", f"/meetings/{meeting_id}", body, token=token, key=form.key)
    except (Refused, Unavailable) as error:
        form.show(problem_of(error, view.translate))
        return await show_form(view, page, form, meeting, status=422)
    return await _back(view, changed, before, "gespeichert")


@router.get("/veroeffentlichen")
async def show_publication(view: StaffView, network: str, meeting_id: UUID) -> Response:
    """What publishing does and whom it invites, with one button."""
    page = await planned_network(view, network)
    return await _publish_page(view, page, await ask(view, network, meeting_id))


@router.post("/veroeffentlichen")
async def publish_meeting(view: StaffView, network: str, meeting_id: UUID) -> Response:
    """Publish and invite."""
    page = await planned_network(view, network)
    try:
        published = await view.services.events.send(
            "POST", f"/meetings/{meeting_id}/publication", token=await view.token(), key=f"publish-{meeting_id}"
        )
    except (Refused, Unavailable) as error:
        meeting = await ask(view, network, meeting_id)
        return await _publish_page(view, page, meeting, problem_of(error, view.translate).detail)
    return await _back(view, published, -1, "veroeffentlicht")


@router.get("/absagen")
async def show_cancellation(view: StaffView, network: str, meeting_id: UUID) -> Response:
    """Why, and how many people are told."""
    page = await planned_network(view, network)
    return await _cancel_page(view, page, await ask(view, network, meeting_id), Form())


@router.post("/absagen")
async def cancel_meeting(view: StaffView, network: str, meeting_id: UUID) -> Response:
    """Cancel, and tell those concerned."""
    page = await planned_network(view, network)
    meeting = await ask(view, network, meeting_id)
    form = Form.sent(await view.request.form())
    before = await sequence_of(view, Meeting, Meeting.meeting_id == meeting_id)
    body = {"reason": form.text("reason"), "revision": form.number("revision")}
    try:
        cancelled = await view.services.events.send(
            "POST", f"/meetings/{meeting_id}/cancellation", body, token=await view.token(), key=form.key
        )
    except (Refused, Unavailable) as error:
        return await _cancel_page(view, page, meeting, form.take(problem_of(error, view.translate)), 422)
    return await _back(view, cancelled, before, "abgesagt")


async def _back(view: View, meeting: dict[str, Any], before: int, message: str) -> Response:
    """To the meeting's page, which waits a little until everybody sees the same."""
    address = f"/n/{meeting['network']}/treffen/{meeting['id']}"
    if meeting["status"] == "draft":
        return view.redirect(with_message(address, "entwurf"))
    public = meeting["visibility"] == Visibility.PUBLIC or before >= 0  # or was, and the pages must forget it
    this_one = Meeting.meeting_id == UUID(meeting["id"])
    shown = not public or await is_visible(view, newer(Meeting, this_one, than=before))
    return view.redirect(with_message(address, message if shown else PENDING))


def _confirm_change(
    view: View, page: NetworkPage, meeting: dict[str, Any], form: MeetingForm, preview: dict[str, Any]
) -> Response:
    return view.render("meetings/confirm_change.html", network=page, meeting=meeting, form=form, preview=preview)


async def _publish_page(view: View, page: NetworkPage, meeting: dict[str, Any], message: str | None = None) -> Response:
    async with view.reading() as session:
        audience = await queries.audience(session, page.slug)
    chosen = await view.services.events.get(f"/meetings/{meeting['id']}/audience", token=await view.token())
    lists = {one["id"]: one["name"] for one in await lists_of(view, page.slug)}
    status = 409 if message else 200
    return view.render(
        "meetings/publish.html",
        status,
        network=page,
        meeting=meeting,
        audience=audience,
        people=chosen["new"],
        groups=await describe(view, page, chosen, lists),
        leads=any(group["role"] == "leads" and group["area"] == "network" for group in chosen["groups"]),
        message=message,
        clashes=await look_for_clashes(view, page, MeetingForm.from_meeting(meeting)),
    )


async def _cancel_page(
    view: View, page: NetworkPage, meeting: dict[str, Any], form: Form, status: int = 200
) -> Response:
    token = await view.token()
    concerned = await view.services.events.get(f"/meetings/{meeting['id']}/concerned", token=token)
    return view.render(
        "meetings/cancel.html", status, network=page, meeting=meeting, form=form, people=concerned["people"]
    )
