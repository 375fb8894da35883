"""/konto/mitmachen: one's own profile as a volunteer: change, pause, stop, come back."""

from typing import Any

from fastapi import APIRouter
from shared.errors import Unavailable
from starlette.responses import Response

from portal.networks.queries import fields_of_activity
from portal.people.places import place_names
from portal.volunteers.details import NAMES, RADII, WORDS, all_places, area_ids, areas_of, details_of, form_of
from portal.web.forms import Form
from portal.web.messages import with_message
from portal.web.services import Refused, problem_of
from portal.web.view import OwnView, View

router = APIRouter(prefix="/konto/mitmachen")

ADDRESS = "/konto/mitmachen"


@router.get("")
async def show_profile(view: OwnView) -> Response:
    """What one said as a volunteer; who is none is led to the networks."""
    return await _page(view)


@router.get("/aendern")
async def show_change(view: OwnView) -> Response:
    """The form with what is known."""
    return await _form(view, form_of(await _profile(view)))


@router.post("/aendern")
async def change(view: OwnView) -> Response:
    """Save it."""
    form = Form.sent(await view.request.form())
    if "more" in form.values:
        return await _form(view, form)
    body = {**details_of(form), "fields": form.texts("fields"), "areas": areas_of(form)}
    headers = {"if-match": f'"{form.text("_version")}"'}
    try:
        await view.services.registry.send("PATCH", "/me/volunteer", body, token=await view.token(), headers=headers)
    except (Refused, Unavailable) as error:
        return await _form(view, form.take(problem_of(error, view.translate), NAMES), status=422)
    return view.redirect(with_message(ADDRESS, "gespeichert-intern"))


@router.post("/pause")
async def pause(view: OwnView) -> Response:
    """Not be asked for a while."""
    form = Form.sent(await view.request.form())
    return await _act(view, "/me/volunteer/pause", {"until": form.optional("until")}, form, "pause")


@router.post("/zurueck")
async def resume(view: OwnView) -> Response:
    """End one's pause."""
    return await _act(view, "/me/volunteer/resumption", None, Form(), "zurueck")


@router.post("/aufhoeren")
async def leave(view: OwnView) -> Response:
    """Stop; it takes one button and no reason."""
    form = Form.sent(await view.request.form())
    return await _act(view, "/me/volunteer/departure", {"reason": form.optional("reason")}, form, "ausgeschieden")


@router.post("/wieder")
async def come_back(view: OwnView) -> Response:
    """Agree again to be asked, to the words that were shown."""
    form = Form.sent(await view.request.form())
    body = {"given": True, "text_version": form.text("text_version")}
    return await _act(view, "/me/consents/contact", body, form, "eingewilligt")


async def _act(view: View, path: str, body: Any, form: Form, said: str) -> Response:
    try:
        await view.services.registry.send("POST", path, body, token=await view.token())
    except (Refused, Unavailable) as error:
        return await _page(view, form.take(problem_of(error, view.translate)), status=422)
    return view.redirect(with_message(ADDRESS, said))


async def _profile(view: View) -> dict[str, Any]:
    found: dict[str, Any] = await view.services.registry.get("/me/volunteer", token=await view.token())
    return found


async def _page(view: View, form: Form | None = None, status: int = 200) -> Response:
    volunteer = await _profile(view)
    texts = await view.request.app.state.consent_texts.get(view.services.registry)
    async with view.reading() as session:
        places, fields = await place_names(session, area_ids([volunteer])), await fields_of_activity(session)
    return view.render(
        "volunteers/own.html",
        status,
        volunteer=volunteer,
        contact=texts["contact"],
        places=places,
        fields=fields,
        words=WORDS,
        form=form or Form(),
    )


async def _form(view: View, form: Form, status: int = 200) -> Response:
    async with view.reading() as session:
        choices, fields = await all_places(session), await fields_of_activity(session)
    return view.render(
        "volunteers/own_form.html", status, form=form, choices=choices, fields=fields, words=WORDS, radii=RADII
    )
