"""/n/<network>/aufgaben: what meetings have given to somebody, until it is done."""

import re
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from shared.errors import Forbidden, Unavailable
from starlette.responses import Response

from portal.minutes.access import PlannerView, ReaderView, may_finish, planned_network, read_network
from portal.minutes.choices import chosen, options, responsible
from portal.minutes.people import persons_in, read_people
from portal.networks.queries import NetworkPage
from portal.web.dates import today
from portal.web.forms import Form
from portal.web.messages import with_message
from portal.web.services import Refused, problem_of
from portal.web.view import View

router = APIRouter(prefix="/n/{network}/aufgaben")

SHOWN = 50
_PLACE = re.compile(r"[0-9a-f-]{36}/protokoll/punkte/[0-9a-f-]{36}")
STATES = {"offen": "open", "erledigt": "done", "entfallen": "dropped", "alle": None}
Word = Annotated[str, Query(max_length=100)]


@router.get("")
async def show_tasks(
    view: ReaderView, network: str, stand: Word = "offen", verein: Word = "", faellig: Word = "", ab: Word = ""
) -> Response:
    """The tasks of a network by day; open ones first of all. `ab` is where the page begins."""
    page = await read_network(view, network)
    wanted = {"state": STATES.get(stand, "open"), "organisation_id": verein, "cursor": ab}
    filters: dict[str, Any] = {name: value for name, value in wanted.items() if value}
    if faellig:
        filters["overdue"] = True
    answer = await view.services.events.get(
        "/action-items", token=await view.token(), network=network, limit=SHOWN, **filters
    )
    tasks = answer["items"]
    people = await read_people(view, page, persons_in(task["who"] for task in tasks))
    return view.render(
        "minutes/tasks.html",
        network=page,
        tasks=tasks,
        people=people,
        today=today().isoformat(),
        chosen={"stand": stand if stand in STATES else "offen", "verein": verein, "faellig": faellig},
        next=answer["next"],
        first=not ab,
        may_finish=lambda task: may_finish(view, network, task["organisation_id"]),
    )


@router.post("/{task_id}/stand")
async def move_task(view: ReaderView, network: str, task_id: UUID) -> Response:
    """Done, dropped or open again; back to where it was said."""
    await read_task(view, network, task_id)
    form = Form.sent(await view.request.form())
    try:
        await view.services.events.send(
            "POST",
            f"/action-items/{task_id}/state",
            {"state": form.text("state")},
            token=await view.token(),
            key=form.key,
        )
    except Refused as refused:
        if refused.problem.status == 403:
            raise Forbidden from refused
        return view.render("minutes/refused.html", 409, problem=refused.problem, back=f"/n/{network}/aufgaben")
    said = {"done": "aufgabe-erledigt", "dropped": "aufgabe-entfallen"}.get(form.text("state"), "gespeichert-intern")
    place = _PLACE.fullmatch(form.text("back"))  # an item of minutes that are being written
    return view.redirect(with_message(f"/n/{network}/{f'treffen/{place[0]}' if place else 'aufgaben'}", said))


@router.get("/{task_id}/bearbeiten")
async def show_task(view: PlannerView, network: str, task_id: UUID) -> Response:
    """The form of a task."""
    page, task = await planned_network(view, network), await read_task(view, network, task_id)
    values = {"title": task["title"], "due_on": task["due_on"], "responsible": chosen(task["responsible"])}
    people = await read_people(view, page)
    values["title"] = people.shown(task["title"])
    return await _form(view, page, task, Form(values={**values, "version": str(task["version"])}))


@router.post("/{task_id}/bearbeiten")
async def change_task(view: PlannerView, network: str, task_id: UUID) -> Response:
    """Somebody else, another day, other words."""
    page, task = await planned_network(view, network), await read_task(view, network, task_id)
    form, people = Form.sent(await view.request.form()), await read_people(view, page)
    body = {
        "title": people.linked(form.text("title")),
        "due_on": form.text("due_on"),
        "responsible": responsible(form),
        "version": form.number("version"),
    }
    try:
        await view.services.events.send("PUT", f"/action-items/{task_id}", body, token=await view.token(), key=form.key)
    except (Refused, Unavailable) as error:
        return await _form(view, page, task, form.take(problem_of(error, view.translate)), status=422)
    return view.redirect(with_message(f"/n/{network}/aufgaben", "gespeichert-intern"))


async def read_task(view: View, network: str, task_id: UUID) -> dict[str, Any]:
    """One task of the network. Raises `NotFound`."""
    task: dict[str, Any] = await view.services.events.get(f"/action-items/{task_id}", token=await view.token())
    if task["network"] != network:
        raise Forbidden
    return task


async def _form(view: View, page: NetworkPage, task: dict[str, Any], form: Form, status: int = 200) -> Response:
    people = await read_people(view, page)
    return view.render(
        "minutes/task_form.html", status, network=page, task=task, form=form, options=options(view, people)
    )
