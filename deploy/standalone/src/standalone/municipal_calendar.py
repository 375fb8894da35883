"""The calendar of the demo's municipality, as its own web site would offer it."""

from importlib.resources import files

from fastapi import APIRouter
from starlette.responses import Response

PATH = "/demo/gemeinde.ics"
router = APIRouter()


@router.get(PATH)
async def serve_calendar() -> Response:
    """Its dates come again each year, so that some of them are always to come."""
    body = files("standalone.demo").joinpath("data/gemeinde.ics").read_bytes()
    return Response(body, media_type="text/calendar; charset=utf-8")
