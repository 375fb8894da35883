"""/gemeinden: a municipality with its villages, for everybody. Former addresses lead to what stands there now."""

from fastapi import APIRouter, Depends
from shared.access.dependencies import public
from starlette.responses import RedirectResponse, Response

from portal.territory import queries
from portal.web.view import PageView

router = APIRouter(dependencies=[Depends(public)])


@router.get("/gemeinden")
async def show_municipalities(view: PageView) -> Response:
    """The municipalities of the district."""
    return view.render("territory/public_list.html", municipalities=await view.read(queries.municipality_cards))


@router.get("/gemeinden/{municipality}")
async def show_municipality(view: PageView, municipality: str) -> Response:
    """One municipality; 301 for a former address, and for one that was merged into another."""
    card = await view.read(queries.municipality_card, municipality)
    if card.slug != municipality:
        return RedirectResponse(f"/gemeinden/{card.slug}", 301)
    return view.render("territory/public.html", municipality=card)
