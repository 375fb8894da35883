"""/kalender: the feeds under addresses that one can read out. /n/<network>/kalender: how to subscribe to one."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path
from shared.access.dependencies import public
from shared.errors import NotFound
from starlette.responses import Response

from portal.answers.routes import HEADERS
from portal.calendars import addresses
from portal.networks.queries import network_page
from portal.web.qr import picture
from portal.web.view import PageView, View

router = APIRouter(dependencies=[Depends(public)])

ASKED = ("if-none-match", "if-modified-since")
ANSWERED = ("content-type", "content-disposition", "etag", "last-modified", "cache-control")


@router.get("/n/{network}/kalender")
async def show_calendar(view: PageView, network: str, ort: str = "", feld: str = "") -> Response:
    """How to subscribe to the meetings of a network, of one village (`ort`), or of one field (`feld`)."""
    page = await view.read(network_page, network)
    path, about = f"/kalender/{network}.ics", page.name
    if ort:
        village = page.village(ort)
        path, about = f"/kalender/{network}/orte/{ort}.ics", village.name
    elif feld:
        if feld not in page.fields:
            raise NotFound
        path, about = f"/kalender/{network}/felder/{feld}.ics", page.fields[feld]
    here = addresses.https(view.settings, view.request.url.path)
    query = view.request.url.query
    return view.render(
        "calendars/subscribe.html",
        network=page,
        about=about,
        ort=ort,
        feld="" if ort else feld,
        address=addresses.https(view.settings, path),
        webcal=addresses.webcal(view.settings, path),
        picture=picture(f"{here}?{query}" if query else here),
    )


@router.get("/kalender/{network}.ics")
async def serve_network(view: PageView, network: str) -> Response:
    """The calendar of a network."""
    return await _hand_on(view, f"/feeds/networks/{(await view.read(network_page, network)).slug}.ics")


@router.get("/kalender/{network}/orte/{village}.ics")
async def serve_village(view: PageView, network: str, village: str) -> Response:
    """The calendar of a village."""
    page = await view.read(network_page, network)
    return await _hand_on(view, f"/feeds/villages/{page.village(village).id}.ics")


@router.get("/kalender/{network}/felder/{field}.ics")
async def serve_field(
    view: PageView, network: str, field: Annotated[str, Path(pattern="^[a-z0-9-]{1,100}$")]
) -> Response:
    """The calendar of a field of activity in a network; the address of a merged one goes on."""
    page = await view.read(network_page, network)
    return await _hand_on(view, f"/feeds/fields/{field}.ics?network={page.slug}")


@router.get("/kalender/persoenlich/{token}.ics")
async def serve_own(view: PageView, token: Annotated[str, Path(pattern="^[A-Za-z0-9_-]{1,100}$")]) -> Response:
    """Somebody's own calendar; the address is the secret."""
    answer = await _hand_on(view, f"/feeds/personal/{token}.ics")
    answer.headers.update({name: HEADERS[name] for name in ("referrer-policy", "x-robots-tag")})
    return answer


async def _hand_on(view: View, path: str) -> Response:
    """What the service of meetings answers, also that the program's copy is the newest (304)."""
    asked = {name: view.request.headers[name] for name in ASKED if name in view.request.headers}
    answer = await view.services.events.fetch(path, headers=asked)
    headers = {name: answer.headers[name] for name in ANSWERED if name in answer.headers}
    return Response(answer.content, answer.status_code, headers=headers)
