"""Pages on which planners make a meeting come again, and keep its series."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from shared.dates import day_of
from shared.errors import NotFound, Unavailable
from starlette.responses import Response

from portal.meetings.planning import planned_network
from portal.meetings.restricted import ask
from portal.meetings.rhythm import Pattern, RhythmForm, possible
from portal.networks.queries import NetworkPage
from portal.web.forms import Form
from portal.web.messages import with_message
from portal.web.services import Refused, problem_of
from portal.web.view import StaffView, View

router = APIRouter(prefix="/n/{network}")


@router.get("/treffen/{meeting_id}/reihe")
async def show_repeating(view: StaffView, network: str, meeting_id: UUID) -> Response:
    """How often it comes again; of a date of a series, that series."""
    page = await planned_network(view, network)
    meeting = await ask(view, network, meeting_id)
    if meeting["series_id"]:
        return view.redirect(f"/n/{network}/reihen/{meeting['series_id']}")
    return await _repeat_page(view, page, meeting, RhythmForm.empty(_first(meeting)))


@router.post("/treffen/{meeting_id}/reihe")
async def repeat_meeting(view: StaffView, network: str, meeting_id: UUID) -> Response:
    """Look at the dates, or begin the series."""
    page = await planned_network(view, network)
    meeting = await ask(view, network, meeting_id)
    form = RhythmForm.of(await view.request.form())
    body = {**form.body(_first(meeting)), "meeting_id": str(meeting_id)}
    course = "one_registration" in form.values
    begin = {**body, "weeks_ahead": form.number("weeks_ahead"), "one_registration": course}
    token = await view.token()
    try:
        if "_begin" in form.values:
            series = await view.services.events.send("POST", "/series", begin, token=token, key=form.key)
            return view.redirect(with_message(f"/n/{network}/reihen/{series['id']}", "reihe-angelegt"))
        proposed = await view.services.events.send("POST", "/series/dates-preview", body, token=token)
    except (Refused, Unavailable) as error:
        form.take(problem_of(error, view.translate), {"rule": "pattern"})
        return await _repeat_page(view, page, meeting, form, status=422)
    return await _repeat_page(view, page, meeting, form, proposed)


@router.post("/treffen/{meeting_id}/reihe/aufnahme")
async def join_series(view: StaffView, network: str, meeting_id: UUID) -> Response:
    """Make the meeting one more date of a series that is there."""
    page = await planned_network(view, network)
    meeting = await ask(view, network, meeting_id)
    form = Form.sent(await view.request.form())
    try:
        series_id = UUID(form.text("series_id"))
        path, body = f"/series/{series_id}/meetings", {"meeting_id": str(meeting_id)}
        await view.services.events.send("POST", path, body, token=await view.token(), key=form.key)
    except ValueError as error:
        raise NotFound from error
    except (Refused, Unavailable) as error:
        rhythm = RhythmForm.empty(_first(meeting))
        rhythm.take(problem_of(error, view.translate))
        return await _repeat_page(view, page, meeting, rhythm, status=409)
    return view.redirect(with_message(f"/n/{network}/reihen/{series_id}", "gespeichert-intern"))


@router.get("/reihen/{series_id}")
async def show_series(view: StaffView, network: str, series_id: UUID) -> Response:
    """All dates, and what can be done with them."""
    page = await planned_network(view, network)
    return _series_page(view, page, await _ask_series(view, network, series_id), Form())


@router.post("/reihen/{series_id}/veroeffentlichen")
async def publish_series(view: StaffView, network: str, series_id: UUID) -> Response:
    """Publish what is due; the other dates follow by themselves."""
    page = await planned_network(view, network)
    series = await _ask_series(view, network, series_id)
    try:
        path, key = f"/series/{series_id}/publication", f"publish-{series_id}"
        await view.services.events.send("POST", path, token=await view.token(), key=key)
    except (Refused, Unavailable) as error:
        return _series_page(view, page, series, Form().take(problem_of(error, view.translate)), 409)
    return view.redirect(with_message(f"/n/{network}/reihen/{series_id}", "reihe-veroeffentlicht"))


@router.get("/reihen/{series_id}/rhythmus")
async def show_rhythm(view: StaffView, network: str, series_id: UUID) -> Response:
    """The rhythm, its end, the days left out and those on top."""
    page = await planned_network(view, network)
    series = await _ask_series(view, network, series_id)
    return _rhythm_page(view, page, series, RhythmForm.from_series(series))


@router.post("/reihen/{series_id}/rhythmus")
async def change_rhythm(view: StaffView, network: str, series_id: UUID) -> Response:
    """What the change does is shown first; then it is done."""
    page = await planned_network(view, network)
    series = await _ask_series(view, network, series_id)
    form = RhythmForm.of(await view.request.form())
    body = {
        "rhythm": form.body(date.fromisoformat(series["starts_on"])),
        "reason": form.text("reason"),
        "revision": form.number("revision"),
        "overwrite": "overwrite" in form.values,
    }
    path, token = f"/series/{series_id}", await view.token()
    try:
        if "_sure" not in form.values:
            outcome = await view.services.events.send("POST", f"{path}/change-preview", body, token=token)
            return _rhythm_page(view, page, series, form, outcome)
        await view.services.events.send("PUT", path, body, token=token, key=form.key)
    except (Refused, Unavailable) as error:
        form.take(problem_of(error, view.translate), {"rhythm": "pattern"})
        return _rhythm_page(view, page, series, form, status=422)
    return view.redirect(with_message(f"/n/{network}/reihen/{series_id}", "gespeichert-intern"))


async def _ask_series(view: View, network: str, series_id: UUID) -> dict[str, Any]:
    try:
        series: dict[str, Any] = await view.services.events.get(f"/series/{series_id}", token=await view.token())
    except Refused as error:
        raise NotFound from error
    if series["network"] != network:
        raise NotFound
    return series


def _first(meeting: dict[str, Any]) -> date:
    return day_of(datetime.fromisoformat(meeting["starts_at"]))


async def _repeat_page(
    view: View,
    page: NetworkPage,
    meeting: dict[str, Any],
    form: RhythmForm,
    proposed: dict[str, Any] | None = None,
    status: int = 200,
) -> Response:
    listed = await view.services.events.get("/series", token=await view.token(), network=page.slug)
    patterns = possible(_first(meeting))
    context = {"network": page, "meeting": meeting, "form": form, "patterns": patterns, "proposed": proposed}
    return view.render("meetings/repeat.html", status, **context, others=listed["items"])


def _series_page(view: View, page: NetworkPage, series: dict[str, Any], form: Form, status: int = 200) -> Response:
    pattern = Pattern.read(series)
    return view.render("meetings/series.html", status, network=page, series=series, form=form, pattern=pattern)


def _rhythm_page(
    view: View,
    page: NetworkPage,
    series: dict[str, Any],
    form: RhythmForm,
    outcome: dict[str, Any] | None = None,
    status: int = 200,
) -> Response:
    now, patterns = Pattern.read(series), possible(date.fromisoformat(series["starts_on"]))
    if now.name not in (one.name for one in patterns):
        patterns = [now, *patterns]
    context = {"network": page, "series": series, "form": form, "patterns": patterns, "outcome": outcome}
    return view.render("meetings/rhythm.html", status, **context)
