"""/n/<network>/protokolle: minutes without names, for everybody; the network also sees how far the others are."""

from uuid import UUID

from fastapi import APIRouter, Depends
from shared.access.dependencies import public
from shared.errors import Unavailable
from starlette.responses import Response

from portal.minutes import queries
from portal.minutes.access import may_read
from portal.minutes.documents import public_pdf, public_who
from portal.networks.queries import NetworkPage, network_page
from portal.web.services import Refused
from portal.web.view import PageView, View

router = APIRouter(prefix="/n/{network}/protokolle", dependencies=[Depends(public)])


@router.get("")
async def show_all(view: PageView, network: str) -> Response:
    """The minutes that everybody can read, and for the network all of its own."""
    page = await view.read(network_page, network)
    return view.render(
        "minutes/all.html",
        network=page,
        published=await view.read(queries.published_minutes, network),
        internal=await _internal(view, page),
    )


@router.get("/{meeting_id}")
async def show_minutes(view: PageView, network: str, meeting_id: UUID) -> Response:
    """The minutes of one meeting."""
    page = await view.read(network_page, network)
    minutes = await view.read(queries.minutes_of, network, meeting_id)
    names = await view.read(queries.organisation_names, minutes)
    return view.render(
        "minutes/public.html",
        network=page,
        minutes=minutes,
        names=names,
        who=lambda task: public_who(view, task, names),
        internal=may_read(view, page),
    )


@router.get("/{meeting_id}/protokoll.pdf")
async def download_minutes(view: PageView, network: str, meeting_id: UUID) -> Response:
    """The same as a document."""
    page = await view.read(network_page, network)
    minutes = await view.read(queries.minutes_of, network, meeting_id)
    return await public_pdf(view, page, minutes, await view.read(queries.organisation_names, minutes))


async def _internal(view: View, page: NetworkPage) -> list[dict[str, str]] | None:
    """None for those who do not belong to the network, and while the service does not tell."""
    if not may_read(view, page):
        return None
    try:
        answer = await view.services.events.get("/minutes", token=await view.token(), network=page.slug)
    except (Refused, Unavailable):
        return None
    found: list[dict[str, str]] = answer["items"]
    return found
