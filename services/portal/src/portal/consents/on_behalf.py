"""/personen/<id>/einwilligungen: what somebody agreed to, and what they tell the staff about it."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter
from shared.errors import Unavailable
from starlette.responses import Response

from portal.consents.own import Purpose
from portal.consents.words import CHANNELS, PURPOSES, STAFF_CHANNELS
from portal.web.dates import today
from portal.web.forms import Form
from portal.web.messages import with_message
from portal.web.services import Refused, problem_of
from portal.web.view import StaffView, View

router = APIRouter(prefix="/personen/{person_id}/einwilligungen")


@router.get("")
async def show_consents(view: StaffView, person_id: UUID) -> Response:
    """Every purpose, and what was given and withdrawn when and how."""
    return await _page(view, person_id)


@router.get("/{purpose}/eintragen")
async def show_recording(view: StaffView, person_id: UUID, purpose: Purpose) -> Response:
    """The form for a consent that was given on paper, by telephone or in person, with the words to read out."""
    return await _form_page(view, person_id, purpose, Form(values={"given_on": today().isoformat()}))


@router.post("/{purpose}/eintragen")
async def record_consent(view: StaffView, person_id: UUID, purpose: Purpose) -> Response:
    """Record it; the registry notes by whom."""
    form = Form.sent(await view.request.form())
    body = {"purpose": purpose} | {
        name: form.optional(name) for name in ("text_version", "channel", "given_on", "guardian")
    }
    try:
        await view.services.registry.send(
            "POST", f"/persons/{person_id}/consents", body, token=await view.token(), key=form.key
        )
    except (Refused, Unavailable) as error:
        form.take(problem_of(error, view.translate))
        return await _form_page(view, person_id, purpose, form, status=422)
    return view.redirect(with_message(_address(person_id), "einwilligung-eingetragen"))


@router.post("/{purpose}/widerrufen")
async def record_withdrawal(view: StaffView, person_id: UUID, purpose: Purpose) -> Response:
    """Withdraw for somebody who said so; one click, as for themselves."""
    form = Form.sent(await view.request.form())
    body = {"channel": form.text("channel") or "telephone"}
    path = f"/persons/{person_id}/consents/{purpose}/withdrawal"
    await view.services.registry.send("POST", path, body, token=await view.token())
    return view.redirect(with_message(_address(person_id), "widerruf-eingetragen"))


async def _consents(view: View, person_id: UUID) -> dict[str, Any]:
    path = f"/persons/{person_id}/consents"
    answer: dict[str, Any] = await view.services.registry.get(path, token=await view.token())
    return answer


def _address(person_id: UUID) -> str:
    return f"/personen/{person_id}/einwilligungen"


async def _page(view: View, person_id: UUID) -> Response:
    return view.render(
        "consents/person.html",
        consents=await _consents(view, person_id),
        purposes=PURPOSES,
        channels=CHANNELS,
        staff_channels=STAFF_CHANNELS,
    )


async def _form_page(view: View, person_id: UUID, purpose: str, form: Form, status: int = 200) -> Response:
    consents = await _consents(view, person_id)
    return view.render(
        "consents/record.html",
        status,
        consents=consents,
        state=next(one for one in consents["items"] if one["purpose"] == purpose),
        title=PURPOSES[purpose][0],
        channels=[(channel, view.translate.gettext(CHANNELS[channel])) for channel in STAFF_CHANNELS],
        form=form,
    )
