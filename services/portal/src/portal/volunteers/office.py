"""/freiwillige: who wants to help in one's scope, and the sign-ups that wait for the staff."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.responses import Response

from portal.consents.words import PURPOSES
from portal.networks.queries import fields_of_activity
from portal.people.places import place_names
from portal.web.forms import Form
from portal.web.messages import with_message
from portal.web.view import StaffView

router = APIRouter(prefix="/freiwillige")

SHOWN = 50


@router.get("")
async def show_volunteers(
    view: StaffView,
    field: Annotated[str, Query(alias="feld", max_length=100)] = "",
    after: Annotated[str, Query(alias="ab", max_length=500)] = "",
) -> Response:
    """The volunteers by name, and above them what has to be done."""
    token = await view.token()
    asked = {"limit": SHOWN, **({"field": field} if field else {}), **({"after": after} if after else {})}
    volunteers = await view.services.registry.get("/volunteers", token=token, **asked)
    open_ones = await view.services.registry.get("/sign-ups", token=token)
    areas = [area for one in (*volunteers["items"], *open_ones["items"]) for area in one["areas"]]
    async with view.reading() as session:
        names, fields = await place_names(session, [area["id"] for area in areas]), await fields_of_activity(session)
    return view.render(
        "volunteers/office.html",
        volunteers=volunteers["items"],
        following=volunteers["next"],
        open_ones=open_ones["items"],
        places=names,
        fields=fields,
        field=field,
        after=after,
        purposes=PURPOSES,
    )


@router.post("/anmeldungen/{sign_up_id}/bestaetigen")
async def confirm_sign_up(view: StaffView, sign_up_id: UUID) -> Response:
    """After a call, a visit, or with a guardian's signature."""
    form = Form.sent(await view.request.form())
    body = {"channel": form.text("channel") or "telephone"}
    await view.services.registry.send("POST", f"/sign-ups/{sign_up_id}/confirmation", body, token=await view.token())
    return view.redirect(with_message("/freiwillige", "anmeldung-bestaetigt"))


@router.post("/anmeldungen/{sign_up_id}/loeschen")
async def discard_sign_up(view: StaffView, sign_up_id: UUID) -> Response:
    """Somebody does not want to help after all, or cannot be reached."""
    await view.services.registry.send("DELETE", f"/sign-ups/{sign_up_id}", token=await view.token())
    return view.redirect(with_message("/freiwillige", "geloescht"))
