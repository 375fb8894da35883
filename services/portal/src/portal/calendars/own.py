"""/konto/kalender: the own calendar. Its address is a secret that is shown once, when it is made."""

from fastapi import APIRouter
from starlette.responses import Response

from portal.answers.routes import HEADERS
from portal.calendars import addresses
from portal.web.messages import with_message
from portal.web.qr import picture
from portal.web.view import OwnView

router = APIRouter(prefix="/konto/kalender")


@router.get("")
async def show_own_calendar(view: OwnView) -> Response:
    """What the calendar is, and whether there is an address."""
    calendar = await view.services.events.get("/me/calendar", token=await view.token())
    return view.render("calendars/own.html", calendar=calendar)


@router.post("")
async def make_address(view: OwnView) -> Response:
    """Make an address or renew it, and show it: this once."""
    made = await view.services.events.send("POST", "/me/calendar/address", token=await view.token())
    path = f"/kalender/persoenlich/{made['token']}.ics"
    webcal = addresses.webcal(view.settings, path)
    response = view.render(
        "calendars/own_address.html",
        address=addresses.https(view.settings, path),
        webcal=webcal,
        picture=picture(webcal),
    )
    response.headers.update(HEADERS)
    return response


@router.get("/erneuern")
async def show_renewal(view: OwnView) -> Response:
    """Ask before the old address stops working."""
    return view.render("calendars/own_renew.html")


@router.post("/schliessen")
async def close(view: OwnView) -> Response:
    """Nobody reads the calendar any more; a second time changes nothing."""
    await view.services.events.send("DELETE", "/me/calendar/address", token=await view.token())
    return view.redirect(with_message("/konto/kalender", "kalender-geschlossen"))
