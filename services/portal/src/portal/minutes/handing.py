"""…/treffen/<meeting>/protokoll/…: attendance, submission, approval, correction, publication, PDF."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter
from shared.errors import NotFound, Unavailable
from starlette.responses import Response

from portal.minutes.access import PlannerView, ReaderView, planned_network
from portal.minutes.documents import internal_pdf
from portal.minutes.people import persons_in, read_people
from portal.minutes.reading import Minutes, read_minutes, texts_in
from portal.minutes.writing import VOTES, refuse, show
from portal.web.forms import Form
from portal.web.messages import with_message
from portal.web.services import Refused, problem_of
from portal.web.view import View

router = APIRouter(prefix="/n/{network}/treffen/{meeting_id}")


@router.get("/protokoll.pdf")
async def download_minutes(view: ReaderView, network: str, meeting_id: UUID) -> Response:
    """The minutes for the network, as a document."""
    read = await read_minutes(view, network, meeting_id)
    return await internal_pdf(view, read)


@router.get("/protokoll/anwesenheit")
async def show_attendance(view: PlannerView, network: str, meeting_id: UUID) -> Response:
    """Who was there: at first what the organisations answered to the invitation."""
    read = await _planned(view, network, meeting_id)
    content = read.minutes["content"]
    noted = content["people"] is not None or content["present"] or content["excused"]
    values = {
        "people": str(content["people"]) if content["people"] is not None else "",
        "present": content["present"] if noted else read.minutes["expected_present"],
        "excused": content["excused"] if noted else read.minutes["expected_excused"],
    }
    return view.render("minutes/attendance.html", read=read, form=Form(values=values))


@router.post("/protokoll/anwesenheit")
async def change_attendance(view: PlannerView, network: str, meeting_id: UUID) -> Response:
    """Save who was there."""
    read, form = await _planned(view, network, meeting_id), Form.sent(await view.request.form())
    body = {
        "people": form.number("people"),
        "present": form.texts("present"),
        "excused": form.texts("excused"),
    }
    try:
        await view.services.events.send(
            "PUT", f"/meetings/{meeting_id}/minutes/attendance", body, token=await view.token(), key=form.key
        )
    except (Refused, Unavailable) as error:
        form = form.take(problem_of(error, view.translate))
        return view.render("minutes/attendance.html", 422, read=read, form=form)
    return view.redirect(with_message(read.address, "gespeichert-intern"))


@router.post("/protokoll/einreichen")
async def submit_minutes(view: PlannerView, network: str, meeting_id: UUID) -> Response:
    """Ready for approval. Each item that nobody talked about goes to the next meeting, unless it was said otherwise."""
    read, form = await _planned(view, network, meeting_id), Form.sent(await view.request.form())
    body = {"carry": form.texts("carry")}
    return await _step(view, read, form, "submission", body, "protokoll-eingereicht")


@router.post("/protokoll/zuruecknehmen")
async def reopen_minutes(view: PlannerView, network: str, meeting_id: UUID) -> Response:
    """Go on writing."""
    read, form = await _planned(view, network, meeting_id), Form.sent(await view.request.form())
    return await _step(view, read, form, "reopening", None, "gespeichert-intern")


@router.post("/protokoll/genehmigen")
async def approve_minutes(view: PlannerView, network: str, meeting_id: UUID) -> Response:
    """The next meeting agrees."""
    read, form = await _planned(view, network, meeting_id), Form.sent(await view.request.form())
    body = {name: form.number(name) for name in VOTES}
    return await _step(view, read, form, "approval", body, "protokoll-genehmigt")


@router.get("/protokoll/berichtigen")
async def show_correction(view: PlannerView, network: str, meeting_id: UUID) -> Response:
    """The texts of approved minutes, to be corrected."""
    read = await _planned(view, network, meeting_id)
    return view.render("minutes/correct.html", read=read, form=_words(read, read.people.shown))


@router.post("/protokoll/berichtigen")
async def correct_minutes(view: PlannerView, network: str, meeting_id: UUID) -> Response:
    """Keep what was approved, and put other words."""
    read, form = await _planned(view, network, meeting_id), Form.sent(await view.request.form())
    link = read.people.linked
    body = {
        "reason": form.text("reason"),
        "notes": [
            {"agenda_item_id": item["id"], "text": link(form.text(f"text-{item['id']}"))}
            for item in read.items
            if f"text-{item['id']}" in form.values
        ],
        "decisions": [
            {"decision_id": decision["id"], "text": link(form.text(f"decision-{decision['id']}"))}
            for item in read.items
            for decision in item["decisions"]
            if f"decision-{decision['id']}" in form.values
        ],
    }
    try:
        await view.services.events.send(
            "POST", f"/meetings/{meeting_id}/minutes/corrections", body, token=await view.token(), key=form.key
        )
    except (Refused, Unavailable) as error:
        form = form.take(problem_of(error, view.translate))
        return view.render("minutes/correct.html", 422, read=read, form=form)
    return view.redirect(with_message(read.address, "protokoll-berichtigt"))


@router.get("/protokoll/fassungen/{number}")
async def show_version(view: ReaderView, network: str, meeting_id: UUID, number: int) -> Response:
    """A version that is kept."""
    read = await read_minutes(view, network, meeting_id)
    path = f"/meetings/{meeting_id}/minutes/versions/{number}"
    kept = await view.services.events.get(path, token=await view.token())
    people = await read_people(view, read.network, persons_in(texts_in(kept["content"])))
    old = Minutes(read.network, read.meeting, {**read.minutes, "content": kept["content"]}, people)
    return view.render("minutes/version.html", read=old, version=kept)


@router.get("/protokoll/veroeffentlichen")
async def show_publication(view: PlannerView, network: str, meeting_id: UUID) -> Response:
    """The proposal of a version without names, beside the words of the minutes, to be looked through."""
    read = await _planned(view, network, meeting_id)
    if not read.minutes["versions"]:
        raise NotFound
    return view.render("minutes/publish.html", read=read, form=_words(read, read.people.public))


@router.post("/protokoll/veroeffentlichen")
async def publish_minutes(view: PlannerView, network: str, meeting_id: UUID) -> Response:
    """Publish what was looked through."""
    read, form = await _planned(view, network, meeting_id), Form.sent(await view.request.form())
    body = {
        "checked": bool(form.text("checked")),
        "items": [_public_item(form, item) for item in read.items if not form.text(f"omit-{item['id']}")],
    }
    path = f"/meetings/{meeting_id}/minutes/publication"
    try:
        await view.services.events.send("POST", path, body, token=await view.token(), key=form.key)
    except (Refused, Unavailable) as error:
        form = form.take(problem_of(error, view.translate))
        return view.render("minutes/publish.html", 422, read=read, form=form)
    return view.redirect(with_message(read.address, "protokoll-veroeffentlicht"))


def _public_item(form: Form, item: dict[str, Any]) -> dict[str, Any]:
    """What is left empty of decisions and tasks is not published."""
    decisions = {each["id"]: form.text(f"decision-{each['id']}") for each in item["decisions"]}
    tasks = {each["id"]: form.text(f"task-{each['id']}") for each in item["action_items"]}
    return {
        "agenda_item_id": item["id"],
        "text": form.text(f"text-{item['id']}"),
        "decisions": [{"decision_id": one, "text": text} for one, text in decisions.items() if text],
        "action_items": [{"action_item_id": one, "title": text} for one, text in tasks.items() if text],
    }


def _words(read: Minutes, show_text: Any) -> Form:
    """The form with every text of the minutes, as `show_text` makes it."""
    values: dict[str, Any] = {}
    for item in read.items:
        values[f"text-{item['id']}"] = show_text(item["text"])
        values |= {f"decision-{each['id']}": show_text(each["text"]) for each in item["decisions"]}
        values |= {f"task-{each['id']}": show_text(each["title"]) for each in item["action_items"]}
    return Form(values=values)


async def _planned(view: View, network: str, meeting_id: UUID) -> Minutes:
    await planned_network(view, network)
    return await read_minutes(view, network, meeting_id)


async def _step(view: View, read: Minutes, form: Form, step: str, body: dict[str, Any] | None, said: str) -> Response:
    path = f"/meetings/{read.meeting['id']}/minutes/{step}"
    try:
        await view.services.events.send("POST", path, body, token=await view.token(), key=form.key)
    except (Refused, Unavailable) as error:
        problem = problem_of(error, view.translate)
        if isinstance(error, Refused) and not problem.errors and step != "approval":
            return refuse(view, read, error)
        return show(view, read, form.take(problem), status=409)
    return view.redirect(with_message(read.address, said))
