"""/bescheinigung: is a certificate of participation genuine? Whoever holds its code learns it, and tries the name."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query
from shared.access.dependencies import public
from shared.errors import NotFound, Unavailable
from starlette.responses import Response

from portal.attendance.documents import course_of, hours, network_name, spelled
from portal.web.forms import Form
from portal.web.services import Refused, problem_of
from portal.web.view import PageView, View

router = APIRouter(prefix="/bescheinigung", dependencies=[Depends(public)])

Code = Annotated[str, Path(min_length=1, max_length=60, pattern=r"^[A-Za-z0-9 -]+$")]
HEADERS = {"referrer-policy": "no-referrer", "cache-control": "no-store", "x-robots-tag": "noindex"}


@router.get("")
async def enter_code(view: PageView, code: Annotated[str, Query(max_length=60)] = "") -> Response:
    """A field for the code on the paper."""
    if code.strip():
        return await _certificate(view, code)
    return view.render("attendance/code.html", code="", unknown=False)


@router.get("/{code}")
async def show_certificate(view: PageView, code: Code) -> Response:
    """What the certificate says, beside the name."""
    return await _certificate(view, code)


@router.post("/{code}")
async def try_name(view: PageView, code: Code) -> Response:
    """Whether it was issued for this name."""
    form = Form.sent(await view.request.form())
    try:
        body = {"code": code, "name": form.text("name")}
        matches = (await view.services.events.send("POST", "/certificates/verification", body))["matches"]
    except NotFound:
        return await _certificate(view, code)
    except (Refused, Unavailable) as error:
        problem = problem_of(error, view.translate)
        return await _certificate(view, code, form.take(problem), status=problem.status)
    return await _certificate(view, code, form, matches=matches)


async def _certificate(
    view: View, code: str, form: Form | None = None, *, matches: bool | None = None, status: int = 200
) -> Response:
    found: dict[str, Any]
    try:
        headers = {"certificate-code": _header(code)}
        found = await view.services.events.send("GET", "/certificates/by-code", headers=headers)
    except (NotFound, Refused):
        return _quiet(view.render("attendance/code.html", 404, code=code, unknown=True))
    return _quiet(view.render(
        "attendance/certificate.html",
        status,
        found=found,
        network=await network_name(view, found["network"]),
        hours=hours(view, found),
        course=course_of(view, found),
        code=spelled("".join(code.split()).replace("-", "").upper()),
        form=form or Form(),
        matches=matches,
    ))  # fmt: skip


def _header(code: str) -> str:
    """A code that cannot stand in a header is none of ours."""
    if not (code.isascii() and code.isprintable()):
        raise NotFound
    return code


def _quiet(response: Response) -> Response:
    response.headers.update(HEADERS)
    return response
