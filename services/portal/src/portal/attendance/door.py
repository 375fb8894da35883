"""Phones at the door: /tuer/<code> is scanned by people who come, /einlass/<code> by the staff from their phones.

Reading changes nothing. Whoever scanned the code at the door carries it in a cookie for some hours: then one tap on the
page of the link in their mail is enough, too.
"""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request
from shared.access.dependencies import public
from shared.errors import NotFound, Unavailable
from starlette.responses import Response

from portal.attendance.people import people_on
from portal.networks.queries import network_page
from portal.sessions.cookies import DOOR, read_cookie, set_cookie
from portal.web.forms import Form
from portal.web.services import Refused, problem_of
from portal.web.view import PageView, View

router = APIRouter(dependencies=[Depends(public)])

Code = Annotated[str, Path(min_length=1, max_length=100, pattern=r"^[A-Za-z0-9_-]+$")]
HEADERS = {"cache-control": "no-store", "x-robots-tag": "noindex"}
REMEMBERED = 4 * 3600  # seconds


@router.get("/tuer/{code}")
async def show_door(view: PageView, code: Code) -> Response:
    """I am here: by account with one tap, with the link of a mail, or as a guest by name."""
    return await _door(view, code)


@router.post("/tuer/{code}")
async def check_in(view: PageView, code: Code) -> Response:
    """By account, or as a guest where a name is typed."""
    form = Form.sent(await view.request.form())
    guest = form.text("way") == "guest"
    body = {"door_code": code} | ({name: form.text(name) for name in ("name", "organisation")} if guest else {})
    path = "/door/guests" if guest else "/door/check-in"
    token = await view.token() if view.viewer is not None and not guest else None
    try:
        await view.services.events.send("POST", path, body, token=token, key=form.key)
    except NotFound:
        return await _door(view, code)
    except (Refused, Unavailable) as error:
        problem = problem_of(error, view.translate)
        return await _door(view, code, form.take(problem), problem.status)
    return _quiet(view.redirect(f"/tuer/{code}?danke=1"))


@router.get("/einlass/{code}")
async def show_pass(view: PageView, code: Code) -> Response:
    """Somebody's own code: staff of the meeting see who it is and note it; everybody else sees only that it holds."""
    token = await view.token() if view.viewer is not None else None
    try:
        headers = {"check-in-code": code}
        found = await view.services.events.send("GET", "/check-in", token=token, headers=headers)
    except NotFound:
        return _quiet(view.render("attendance/pass.html", 404, found=None, person=None, code=code))
    person = None
    if found["entry"]:
        page = await view.read(network_page, found["meeting"]["network"])
        (person,) = await people_on(view, page, [found["entry"]])
    return _quiet(view.render("attendance/pass.html", found=found, person=person, code=code))


def scanned(request: Request) -> str | None:
    """The code that this phone scanned at a door."""
    return read_cookie(request, DOOR)


async def _door(view: View, code: str, form: Form | None = None, status: int = 200) -> Response:
    token = await view.token() if view.viewer is not None else None
    found: dict[str, Any] | None
    try:
        found = await view.services.events.send("GET", "/door", token=token, headers={"door-code": code})
    except NotFound:
        found, status = None, 404
    thanks = "danke" in view.request.query_params
    response = view.render("attendance/door.html", status, found=found, form=form or Form(), code=code, thanks=thanks)
    if found and found["open"]:
        set_cookie(view.settings, response, DOOR, code, REMEMBERED)
    return _quiet(response)


def _quiet(response: Response) -> Response:
    response.headers.update(HEADERS)
    return response
