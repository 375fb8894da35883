"""/eintrag/<token>: confirm or change the entry of one's organisation without logging in.

The address is the secret: no referrer, no cache, no search engine. Reading changes nothing.
"""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Path
from shared.access.dependencies import public
from shared.errors import NotFound, Unavailable
from starlette.responses import Response

from portal.answers.routes import HEADERS
from portal.networks.queries import fields_of_activity
from portal.organisations.editing import offered
from portal.organisations.forms import ADDRESSES, ASKED, NAMES, body_of, form_of, kind_of
from portal.organisations.queries import federations_of
from portal.web.forms import Form
from portal.web.services import Refused, problem_of
from portal.web.view import PageView, View

router = APIRouter(prefix="/eintrag", dependencies=[Depends(public)])

Token = Annotated[str, Path(min_length=1, max_length=100, pattern=r"^[A-Za-z0-9_-]+$")]
DONE = ("bestaetigt", "geaendert")


@router.get("/{token}")
async def show_entry(view: PageView, token: Token) -> Response:
    """The entry as everybody sees it, and two ways on; after the answer, thanks."""
    done = view.request.query_params.get("danke")
    if done in DONE:
        return await _page(view, None, done=done)
    try:
        return await _page(view, await _asked(view, token))
    except (Refused, NotFound):
        return await _page(view, None, status=404)


@router.post("/{token}")
async def confirm_entry(view: PageView, token: Token) -> Response:
    """Yes, it still holds; once."""
    try:
        await view.services.registry.send("POST", "/entry-confirmations", {"token": token})
    except (Refused, NotFound):
        return await _page(view, None, status=404)
    return _thanks(view, token, DONE[0])


@router.get("/{token}/aendern")
async def show_change(view: PageView, token: Token) -> Response:
    """The form with the present entry."""
    try:
        asked = await _asked(view, token)
    except (Refused, NotFound):
        return await _page(view, None, status=404)
    return await _form_page(view, token, asked, form_of(asked["organisation"], ""))


@router.post("/{token}/aendern")
async def change_entry(view: PageView, token: Token) -> Response:
    """Save the change, which confirms the entry as well."""
    form = Form.sent(await view.request.form())
    try:
        asked = await _asked(view, token)
        form.values["kind"] = asked["organisation"]["kind"]
        await view.services.registry.send(
            "PATCH",
            "/entry-confirmations/by-token",
            body_of(form, by_staff=False),
            key=form.key,
            headers={"confirmation-token": token},
        )
    except NotFound:
        return await _page(view, None, status=404)
    except (Refused, Unavailable) as error:
        return await _form_page(view, token, asked, form.take(problem_of(error, view.translate), NAMES), status=422)
    return _thanks(view, token, DONE[1])


async def _asked(view: View, token: str) -> dict[str, Any]:
    headers = {"confirmation-token": token}
    asked: dict[str, Any] = await view.services.registry.send("GET", "/entry-confirmations/by-token", headers=headers)
    return asked


def _thanks(view: View, token: str, done: str) -> Response:
    response = view.redirect(f"/eintrag/{token}?danke={done}")
    response.headers.update(HEADERS)
    return response


async def _page(view: View, asked: dict[str, Any] | None, done: str | None = None, status: int = 200) -> Response:
    fields, federations = await view.read(fields_of_activity), []
    if asked is not None:
        async with view.reading() as session:
            federations = await federations_of(session, [UUID(one) for one in asked["organisation"]["federations"]])
    response = view.render(
        "freshness/entry.html", status, asked=asked, done=done, fields=fields, federations=federations
    )
    response.headers.update(HEADERS)
    return response


async def _form_page(view: View, token: str, asked: dict[str, Any], form: Form, status: int = 200) -> Response:
    response = view.render(
        "organisations/form.html",
        status,
        network=None,
        form=form,
        kind=kind_of(form),
        asked=ASKED[kind_of(form)],
        kinds=ADDRESSES,
        village=None,
        organisation=asked["organisation"],
        by_staff=False,
        choices=await offered(view),
        back=f"/eintrag/{token}",
    )
    response.headers.update(HEADERS)
    return response
