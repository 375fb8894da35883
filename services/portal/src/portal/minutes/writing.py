"""…/treffen/<meeting>/protokoll: writing minutes at the meeting, on a tablet or phone, with others at the same time.

Every form works without JavaScript. With it, what is typed is saved by itself, and what others write appears.
"""

from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from shared.dates import in_berlin
from shared.errors import Unavailable
from starlette.responses import Response

from portal.minutes.access import PlannerView, ReaderView, may_finish, planned_network
from portal.minutes.choices import options, responsible
from portal.minutes.queries import open_needs
from portal.minutes.reading import Minutes, mark_of, read_minutes
from portal.web.forms import Form
from portal.web.messages import with_message
from portal.web.services import Refused, problem_of
from portal.web.view import View

router = APIRouter(prefix="/n/{network}/treffen/{meeting_id}/protokoll")

Mark = Annotated[str, Query(max_length=20)]
VOTES = ("votes_for", "votes_against", "votes_abstained")


@router.get("")
async def show_minutes(view: ReaderView, network: str, meeting_id: UUID) -> Response:
    """The whole minutes, with the next step."""
    return show(view, await read_minutes(view, network, meeting_id))


@router.get("/punkte")
async def follow_items(
    view: ReaderView, network: str, meeting_id: UUID, stand: Mark = "", ohne: UUID | None = None
) -> Response:
    """What is written now, for htmx; nothing (204) while it is what the page shows. `ohne` is left out."""
    content = await view.services.events.get(f"/meetings/{meeting_id}/notes", token=await view.token())
    if mark_of(content) == stand or not view.wants_fragment:
        return Response(status_code=204, headers={"cache-control": "no-store"})
    read = await read_minutes(view, network, meeting_id, content)
    if ohne is None:
        return view.fragment("minutes/minutes.html", "items", read=read, writable=True)
    return view.fragment("minutes/write.html", "items", read=read, others=_others(read, ohne), item={"id": str(ohne)})


@router.get("/punkte/{item_id}")
async def show_item(view: ReaderView, network: str, meeting_id: UUID, item_id: UUID) -> Response:
    """One item: notes, decisions, tasks."""
    return await _item_page(view, await read_minutes(view, network, meeting_id), item_id)


@router.post("/punkte/{item_id}")
async def write_note(view: ReaderView, network: str, meeting_id: UUID, item_id: UUID) -> Response:
    """Save the note. After a conflict the writer has said what shall stand there: mine, theirs, or both."""
    content = await view.services.events.get(f"/meetings/{meeting_id}/notes", token=await view.token())
    read, form = await read_minutes(view, network, meeting_id, content), Form.sent(await view.request.form())
    text, version = _wanted(form)
    if version is None:  # theirs stays
        return view.redirect(f"{read.address}/punkte/{item_id}")
    body = {"text": read.people.linked(text), "version": version}
    try:
        saved = await view.services.events.send("PUT", f"/agenda-items/{item_id}/note", body, token=await view.token())
    except (Refused, Unavailable) as error:
        return await _not_saved(view, network, meeting_id, item_id, form, error)
    if view.wants_fragment:
        now = f"{in_berlin(datetime.now(UTC)):%H:%M}"
        return view.fragment("minutes/write.html", "state", version=saved["version"], saved_at=now, conflict=None)
    return view.redirect(with_message(f"{read.address}/punkte/{item_id}", "gespeichert-intern"))


def _wanted(form: Form) -> tuple[str, int | str | None]:
    """The text that shall stand there, and the version that the writer has seen; None: nothing is to be saved."""
    choice = form.text("choice")
    if choice == "theirs":
        return "", None
    if choice == "both":
        return f"{form.text('theirs')}\n\n{form.text('text')}", form.number("theirs_version") or 0
    return form.text("text"), form.number("theirs_version" if choice == "mine" else "version") or 0


async def _not_saved(
    view: View, network: str, meeting_id: UUID, item_id: UUID, form: Form, error: Refused | Unavailable
) -> Response:
    """Both texts side by side after a conflict; what was typed is never lost."""
    problem = problem_of(error, view.translate)
    read = await read_minutes(view, network, meeting_id)
    item = read.item(item_id)
    conflict = item if problem.code == "note_changed" else None
    if view.wants_fragment:
        context = {"version": form.text("version"), "saved_at": None, "conflict": conflict, "problem": problem.detail}
        return view.fragment("minutes/write.html", "state", people=read.people, mine=form.text("text"), **context)
    return await _item_page(view, read, item_id, note=form.take(problem), conflict=conflict, status=409)


@router.post("/punkte/{item_id}/beschluss")
async def take_decision(view: PlannerView, network: str, meeting_id: UUID, item_id: UUID) -> Response:
    """Something was decided."""
    read, form = await _planned(view, network, meeting_id), Form.sent(await view.request.form())
    body = {"text": read.people.linked(form.text("text")), **{name: form.number(name) for name in VOTES}}
    return await _add(view, read, item_id, form, "decisions", body)


@router.post("/punkte/{item_id}/beschluss/{decision_id}/streichen")
async def drop_decision(
    view: PlannerView, network: str, meeting_id: UUID, item_id: UUID, decision_id: UUID
) -> Response:
    """It was not decided after all."""
    read = await _planned(view, network, meeting_id)
    try:
        await view.services.events.send("DELETE", f"/decisions/{decision_id}", token=await view.token())
    except Refused as refused:
        return refuse(view, read, refused)
    return view.redirect(with_message(f"{read.address}/punkte/{item_id}", "gespeichert-intern"))


@router.post("/punkte/{item_id}/aufgabe")
async def give_task(view: PlannerView, network: str, meeting_id: UUID, item_id: UUID) -> Response:
    """Somebody takes a task on."""
    read, form = await _planned(view, network, meeting_id), Form.sent(await view.request.form())
    body = {
        "title": read.people.linked(form.text("title")),
        "due_on": form.text("due_on"),
        "responsible": responsible(form),
        "need_id": form.optional("need_id"),
    }
    return await _add(view, read, item_id, form, "action-items", body)


@router.post("/punkte/{item_id}/stand")
async def move_item(view: PlannerView, network: str, meeting_id: UUID, item_id: UUID) -> Response:
    """Talked about, carried over to the next meeting, or dropped."""
    read, form = await _planned(view, network, meeting_id), Form.sent(await view.request.form())
    body = {"status": form.text("status")}
    try:
        await view.services.events.send("POST", f"/agenda-items/{item_id}/status", body, token=await view.token())
    except Refused as refused:
        return refuse(view, read, refused)
    return view.redirect(with_message(f"{read.address}/punkte/{item_id}", "gespeichert-intern"))


async def _add(view: View, read: Minutes, item_id: UUID, form: Form, what: str, body: dict[str, Any]) -> Response:
    try:
        await view.services.events.send(
            "POST", f"/agenda-items/{item_id}/{what}", body, token=await view.token(), key=form.key
        )
    except (Refused, Unavailable) as error:
        taken = form.take(problem_of(error, view.translate))
        if what == "decisions":
            return await _item_page(view, read, item_id, decision=taken, status=422)
        return await _item_page(view, read, item_id, task=taken, status=422)
    return view.redirect(with_message(f"{read.address}/punkte/{item_id}", "gespeichert-intern"))


async def _planned(view: View, network: str, meeting_id: UUID) -> Minutes:
    await planned_network(view, network)
    return await read_minutes(view, network, meeting_id)


def refuse(view: View, read: Minutes, refused: Refused) -> Response:
    """A page that says why not, and leads back."""
    return view.render("minutes/refused.html", 409, problem=refused.problem, back=read.address)


def show(view: View, read: Minutes, form: Form | None = None, status: int = 200) -> Response:
    """The page of the whole minutes."""
    return view.render(
        "minutes/minutes.html",
        status,
        read=read,
        form=form or Form(),
        may_plan=view.may_plan(read.network.slug),
        writable=read.minutes["status"] == "draft",
        undecided=[item for item in read.items if item["status"] == "planned" and item["purpose"] == "topic"],
    )


async def _item_page(
    view: View,
    read: Minutes,
    item_id: UUID,
    *,
    note: Form | None = None,
    decision: Form | None = None,
    task: Form | None = None,
    conflict: dict[str, Any] | None = None,
    status: int = 200,
) -> Response:
    item = read.item(item_id)
    place = read.items.index(item)
    may_plan = view.may_plan(read.network.slug)
    values = {"text": read.people.shown(item["text"]), "version": str(item["version"])}
    return view.render(
        "minutes/write.html",
        status,
        read=read,
        item=item,
        before=read.items[place - 1] if place else None,
        after=read.items[place + 1] if place + 1 < len(read.items) else None,
        others=_others(read, item_id),
        form=note or Form(values=values),
        version=note.text("version") if note else str(item["version"]),
        saved_at=None,
        conflict=conflict,
        problem=note.message if note else None,
        people=read.people,
        mine=note.text("text") if note else "",
        decision=decision or Form(),
        task=task or Form(),
        options=options(view, read.people),
        needs=await view.read(open_needs, read.network.slug) if may_plan else [],
        may_plan=may_plan,
        may_finish=lambda each: may_finish(view, read.network.slug, each["organisation_id"]),
        writable=read.minutes.get("status", "draft") == "draft",
    )


def _others(read: Minutes, item_id: UUID | None) -> list[dict[str, Any]]:
    return [item for item in read.items if item["id"] != str(item_id)]
