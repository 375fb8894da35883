"""/n/<network>/treffen/<meeting>/anmeldungen: who comes, who waits, and whom the planners register themselves."""

from collections.abc import AsyncIterator
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from shared.errors import Forbidden, Unavailable
from shared.sheets.files import Format, answer
from starlette.responses import Response

from portal.meetings.planning import planned_network
from portal.meetings.restricted import find_meeting
from portal.minutes.access import PlannerView
from portal.networks.queries import NetworkPage
from portal.oversight.log import names_of
from portal.registrations.exporting import STATE_NAMES, sheet_of_registrations
from portal.registrations.forms import coming, questions_form, questions_of, questions_sent
from portal.web.forms import Form
from portal.web.messages import with_message
from portal.web.services import Refused, problem_of
from portal.web.view import View

router = APIRouter(prefix="/n/{network}/treffen/{meeting_id}/anmeldungen")

SHOWN = 100
STATES = {
    "kommen": "coming",
    "warten": "waiting",
    "angeboten": "offered",
    "abgesagt": "withdrawn",
    "verfallen": "lapsed",
}
Stand = Annotated[str, Query(max_length=20, description="Shows one state alone")]
WAYS = {"confirm": "confirmation", "withdraw": "withdrawal"}


@router.get("")
async def show_list(
    view: PlannerView,
    network: str,
    meeting_id: UUID,
    stand: Stand = "",
    ab: Annotated[int, Query(ge=0, le=2**31 - 1)] = 0,
) -> Response:
    """In order of arrival; `ab` is where the page begins."""
    return await _list(view, await planned_network(view, network), meeting_id, stand, ab)


@router.get("/liste/{form}")
async def download_list(view: PlannerView, network: str, meeting_id: UUID, form: Format, stand: Stand = "") -> Response:
    """The whole list, or one state of it, for Excel."""
    await planned_network(view, network)
    questions = {one["id"]: one["title"] for one in (await _asked(view, meeting_id))["questions"]}
    sheet = sheet_of_registrations(_all(view, meeting_id, stand), questions, view.translate.gettext)
    return await answer(sheet, form)


@router.get("/neu")
async def show_somebody(view: PlannerView, network: str, meeting_id: UUID) -> Response:
    """The form for somebody on the telephone."""
    return await _somebody(view, await planned_network(view, network), meeting_id, Form({"people": "1"}))


@router.post("/neu")
async def register_somebody(view: PlannerView, network: str, meeting_id: UUID) -> Response:
    """A place, or the waiting list."""
    page = await planned_network(view, network)
    form = Form.sent(await view.request.form())
    questions = questions_of(await _asked(view, meeting_id))
    body = coming(form, questions) | {
        "name": form.text("name"),
        "email": form.optional("email"),
        "phone": form.text("phone"),
    }
    path = f"/meetings/{meeting_id}/registrations/for-somebody"
    try:
        entered = await view.services.events.send("POST", path, body, token=await view.token(), key=form.key)
    except (Refused, Unavailable) as error:
        problem = problem_of(error, view.translate)
        return await _somebody(view, page, meeting_id, form.take(problem), problem.status)
    said = "eingetragen-wartet" if entered["state"] == "waiting" else "eingetragen-kommt"
    return view.redirect(with_message(_address(network, meeting_id), said))


@router.get("/fragen")
async def show_questions(view: PlannerView, network: str, meeting_id: UUID) -> Response:
    """What those who register are asked."""
    page = await planned_network(view, network)
    return await _questions(view, page, meeting_id, questions_form(await _asked(view, meeting_id)))


@router.post("/fragen")
async def save_questions(view: PlannerView, network: str, meeting_id: UUID) -> Response:
    """Save the questions; answers that were given stay."""
    page = await planned_network(view, network)
    form, body = questions_sent(await view.request.form())
    path = f"/meetings/{meeting_id}/registration-form"
    try:
        await view.services.events.send("PUT", path, body, token=await view.token(), key=form.key)
    except (Refused, Unavailable) as error:
        problem = problem_of(error, view.translate)
        return await _questions(view, page, meeting_id, form.take(problem), problem.status)
    return view.redirect(with_message(_address(network, meeting_id), "gespeichert-intern"))


@router.post("/{registration_id}")
async def change_for_somebody(view: PlannerView, network: str, meeting_id: UUID, registration_id: UUID) -> Response:
    """Somebody says on the telephone that they take the place, or that they do not come."""
    page = await planned_network(view, network)
    form = Form.sent(await view.request.form())
    path = f"/registrations/{registration_id}/{WAYS.get(form.text('way'), WAYS['confirm'])}"
    try:
        await view.services.events.send("POST", path, token=await view.token(), key=form.key)
    except (Refused, Unavailable) as error:
        problem = problem_of(error, view.translate)
        return await _list(view, page, meeting_id, message=problem.detail, status=problem.status)
    return view.redirect(with_message(_address(network, meeting_id), "gespeichert-intern"))


async def _list(
    view: View, page: NetworkPage, meeting_id: UUID, stand: str = "", ab: int = 0, message: str = "", status: int = 200
) -> Response:
    meeting = await find_meeting(view, page, meeting_id)
    found = await _page(view, meeting_id, stand, ab)
    return view.render(
        "registrations/list.html",
        status,
        network=page,
        meeting=meeting,
        entries=found["items"],
        next=found["next"],
        people=found["people"],
        names=await _names(view, found["items"]),
        questions={one["id"]: one["title"] for one in (await _asked(view, meeting_id))["questions"]},
        stand=stand if stand in STATES else "",
        states=STATES,
        words=STATE_NAMES,
        message=message,
    )


async def _page(view: View, meeting_id: UUID, stand: str, after: int) -> dict[str, Any]:
    wanted: dict[str, Any] = {"after": after, "limit": SHOWN}
    if stand in STATES:
        wanted["state"] = STATES[stand]
    path = f"/meetings/{meeting_id}/registrations"
    try:
        found: dict[str, Any] = await view.services.events.get(path, token=await view.token(), **wanted)
    except Refused as refused:
        raise Forbidden from refused
    return found


async def _all(view: View, meeting_id: UUID, stand: str) -> AsyncIterator[dict[str, Any]]:
    after: int | None = 0
    while after is not None:
        found = await _page(view, meeting_id, stand, after)
        names = await _names(view, found["items"])
        for one in found["items"]:
            yield one | {"name": one["name"] or names.get(one["person_id"])}
        after = found["next"]


async def _names(view: View, entries: list[dict[str, Any]]) -> dict[str, str]:
    """Of persons with an account, as far as the reader may know them and the registry answers."""
    try:
        return await names_of(view, [one["person_id"] for one in entries if one["person_id"]])
    except (Refused, Unavailable):
        return {}


async def _asked(view: View, meeting_id: UUID) -> dict[str, Any]:
    path = f"/meetings/{meeting_id}/registration-form"
    answer: dict[str, Any] = await view.services.events.get(path, token=await view.token())
    return answer


async def _somebody(view: View, page: NetworkPage, meeting_id: UUID, form: Form, status: int = 200) -> Response:
    meeting = await find_meeting(view, page, meeting_id)
    questions = questions_of(await _asked(view, meeting_id))
    return view.render(
        "registrations/somebody.html", status, network=page, meeting=meeting, form=form, questions=questions
    )


async def _questions(view: View, page: NetworkPage, meeting_id: UUID, form: Form, status: int = 200) -> Response:
    meeting = await find_meeting(view, page, meeting_id)
    rows = int(form.text("rows")) if form.text("rows").isdecimal() else 0
    return view.render(
        "registrations/questions.html", status, network=page, meeting=meeting, form=form, rows=range(min(rows, 20))
    )


def _address(network: str, meeting_id: UUID) -> str:
    return f"/n/{network}/treffen/{meeting_id}/anmeldungen"
