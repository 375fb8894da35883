"""/freiwillige/neu and /freiwillige/<id>: entering somebody on their behalf, changing, pausing, and that they stop."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter
from shared.errors import Unavailable
from starlette.responses import Response

from portal.consents.words import CHANNELS, PURPOSES, STAFF_CHANNELS
from portal.duplicates.asking import ask_whether_new_person
from portal.networks.queries import fields_of_activity
from portal.people.places import place_names
from portal.volunteers.details import NAMES, RADII, WORDS, all_places, area_ids, areas_of, details_of, form_of
from portal.web.dates import today
from portal.web.forms import Form
from portal.web.messages import with_message
from portal.web.services import Refused, problem_of
from portal.web.view import StaffView, View

router = APIRouter(prefix="/freiwillige")


@router.get("/neu")
async def show_entering(view: StaffView) -> Response:
    """The form for somebody who filled in a paper, called or came by."""
    return await _entering(view, Form(values={"given_on": today().isoformat(), "channel": "paper"}))


@router.post("/neu")
async def enter(view: StaffView) -> Response:
    """Enter them with what they agreed to, and the day on the paper."""
    form = Form.sent(await view.request.form())
    if "more" in form.values:
        return await _entering(view, form)
    agreed = [text.partition(":") for text in form.texts("consents")]
    body = {
        **details_of(form),
        **{name: form.optional(name) for name in ("email", "phone", "given_on", "birth_date", "guardian")},
        "name": form.text("name"),
        "channel": form.text("channel"),
        "fields": form.texts("fields"),
        "areas": areas_of(form),
        "consents": [{"purpose": purpose, "text_version": version} for purpose, _, version in agreed],
    }
    villages = [area["id"] for area in body["areas"] if area["kind"] == "village"]
    try:
        await ask_whether_new_person(view, form, villages)
        entered = await view.services.registry.send("POST", "/volunteers", body, token=await view.token(), key=form.key)
    except (Refused, Unavailable) as error:
        return await _entering(view, form.take(problem_of(error, view.translate), NAMES), status=422)
    return view.redirect(with_message(_address(entered["id"]), "anmeldung-bestaetigt"))


@router.get("/{volunteer_id}")
async def show_volunteer(view: StaffView, volunteer_id: UUID) -> Response:
    """All that somebody said, and what the office can do for them."""
    return await _page(view, volunteer_id)


@router.get("/{volunteer_id}/bearbeiten")
async def show_change(view: StaffView, volunteer_id: UUID) -> Response:
    """The form with what is known."""
    volunteer = await _volunteer(view, volunteer_id)
    return await _changing(view, volunteer, form_of(volunteer))


@router.post("/{volunteer_id}/bearbeiten")
async def change(view: StaffView, volunteer_id: UUID) -> Response:
    """Save what they said."""
    form = Form.sent(await view.request.form())
    if "more" in form.values:
        return await _changing(view, await _volunteer(view, volunteer_id), form)
    body = {**details_of(form), "fields": form.texts("fields"), "areas": areas_of(form)}
    headers = {"if-match": f'"{form.text("_version")}"'}
    try:
        path = f"/volunteers/{volunteer_id}"
        await view.services.registry.send("PATCH", path, body, token=await view.token(), headers=headers)
    except (Refused, Unavailable) as error:
        form.take(problem_of(error, view.translate), NAMES)
        return await _changing(view, await _volunteer(view, volunteer_id), form, status=422)
    return view.redirect(with_message(_address(volunteer_id), "gespeichert-intern"))


@router.post("/{volunteer_id}/pause")
async def pause(view: StaffView, volunteer_id: UUID) -> Response:
    """Nobody asks them for a while."""
    form = Form.sent(await view.request.form())
    return await _act(view, volunteer_id, "pause", {"until": form.optional("until")}, form, "pause")


@router.post("/{volunteer_id}/zurueck")
async def resume(view: StaffView, volunteer_id: UUID) -> Response:
    """Back from a pause."""
    return await _act(view, volunteer_id, "resumption", None, Form(), "zurueck")


@router.post("/{volunteer_id}/ausscheiden")
async def leave(view: StaffView, volunteer_id: UUID) -> Response:
    """They told the office that they stop."""
    form = Form.sent(await view.request.form())
    body = {"channel": form.text("channel") or "telephone", "reason": form.optional("reason")}
    return await _act(view, volunteer_id, "departure", body, form, "ausgeschieden")


async def _act(view: View, volunteer_id: UUID, action: str, body: Any, form: Form, said: str) -> Response:
    try:
        path = f"/volunteers/{volunteer_id}/{action}"
        await view.services.registry.send("POST", path, body, token=await view.token())
    except (Refused, Unavailable) as error:
        return await _page(view, volunteer_id, form.take(problem_of(error, view.translate)), status=422)
    return view.redirect(with_message("/freiwillige" if action == "departure" else _address(volunteer_id), said))


async def _volunteer(view: View, volunteer_id: UUID) -> dict[str, Any]:
    found: dict[str, Any] = await view.services.registry.get(f"/volunteers/{volunteer_id}", token=await view.token())
    return found


async def _page(view: View, volunteer_id: UUID, form: Form | None = None, status: int = 200) -> Response:
    volunteer = await _volunteer(view, volunteer_id)
    async with view.reading() as session:
        places, fields = await place_names(session, area_ids([volunteer])), await fields_of_activity(session)
    return view.render(
        "volunteers/volunteer.html",
        status,
        volunteer=volunteer,
        places=places,
        fields=fields,
        purposes=PURPOSES,
        channels=[(channel, view.translate.gettext(CHANNELS[channel])) for channel in STAFF_CHANNELS],
        words=WORDS,
        form=form or Form(),
    )


async def _entering(view: View, form: Form, status: int = 200) -> Response:
    texts = await view.request.app.state.consent_texts.get(view.services.registry)
    channels = [(channel, view.translate.gettext(CHANNELS[channel])) for channel in STAFF_CHANNELS]
    return await _form(view, "volunteers/enter.html", form, status, texts=texts, purposes=PURPOSES, channels=channels)


async def _changing(view: View, volunteer: dict[str, Any], form: Form, status: int = 200) -> Response:
    return await _form(view, "volunteers/change.html", form, status, volunteer=volunteer)


async def _form(view: View, template: str, form: Form, status: int, **context: Any) -> Response:
    async with view.reading() as session:
        choices, fields = await all_places(session), await fields_of_activity(session)
    return view.render(template, status, form=form, choices=choices, fields=fields, words=WORDS, radii=RADII, **context)


def _address(volunteer_id: UUID | str) -> str:
    return f"/freiwillige/{volunteer_id}"
