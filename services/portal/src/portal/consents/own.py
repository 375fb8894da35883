"""/konto/einwilligungen: what one agreed to. Withdrawing takes as many clicks as giving: one."""

from typing import Annotated, Any

from fastapi import APIRouter, Path
from starlette.responses import Response

from portal.consents.words import CHANNELS, PURPOSES
from portal.web.forms import Form
from portal.web.messages import with_message
from portal.web.services import Refused
from portal.web.view import OwnView

router = APIRouter(prefix="/konto/einwilligungen")

ADDRESS = "/konto/einwilligungen"
Purpose = Annotated[str, Path(pattern="^(contact|publication|newsletter|sharing|photos)$")]


@router.get("")
async def show_own_consents(view: OwnView) -> Response:
    """Each purpose with its words, whether it is given and since when, and one button."""
    consents = await view.services.registry.get("/me/consents", token=await view.token())
    return view.render("consents/own.html", consents=consents, purposes=PURPOSES, channels=CHANNELS)


@router.post("/{purpose}/geben")
async def give_consent(view: OwnView, purpose: Purpose) -> Response:
    """Agree to the words that were shown."""
    form = Form.sent(await view.request.form())
    body: dict[str, Any] = {"given": True, "text_version": form.text("text_version")}
    try:
        await view.services.registry.send("POST", f"/me/consents/{purpose}", body, token=await view.token())
    except Refused as error:
        if error.problem.code != "outdated_consent":
            raise
        return view.redirect(with_message(ADDRESS, "neuer-text"))
    return view.redirect(f"{with_message(ADDRESS, 'eingewilligt')}#{purpose}")


@router.post("/{purpose}/widerrufen")
async def withdraw_consent(view: OwnView, purpose: Purpose) -> Response:
    """Withdraw at once, without a question."""
    await view.services.registry.send("POST", f"/me/consents/{purpose}/withdrawal", token=await view.token())
    return view.redirect(f"{with_message(ADDRESS, 'widerrufen')}#{purpose}")
