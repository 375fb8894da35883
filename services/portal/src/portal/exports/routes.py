"""/listen: lists for Excel."""

from collections.abc import Mapping

from fastapi import APIRouter
from shared.errors import NotFound
from starlette.responses import Response, StreamingResponse

from portal.exports.lists import FORMATS, LISTS, ExportedList
from portal.web.view import StaffView

router = APIRouter(prefix="/listen")

SECONDS = 120.0  # a list of a whole district takes its time
KEPT = ("content-type", "content-disposition")


@router.get("")
async def show_lists(view: StaffView) -> Response:
    """All lists that can be downloaded."""
    return view.render("exports/lists.html", lists=LISTS)


@router.get("/{name}/{form}")
async def download_list(view: StaffView, name: str, form: str) -> Response:
    """One list as a file, with the filters that its page has in its address."""
    wanted = LISTS.get(name)
    if wanted is None or form not in FORMATS or (form == "serienbrief" and not wanted.letters):
        raise NotFound
    headers, content = await view.services.registry.stream(
        f"/exports/{wanted.name}",
        token=await view.token(),
        seconds=SECONDS,
        **_filters(view.request.query_params, wanted),
        format=FORMATS[form],
    )
    kept = {key: headers[key] for key in KEPT if key in headers}
    return StreamingResponse(content, headers={**kept, "cache-control": "private, no-store"})


def _filters(asked: Mapping[str, str], wanted: ExportedList) -> dict[str, str]:
    chosen = {ours: asked.get(name, "").strip() for name, ours in wanted.filters.items()}
    return {**wanted.always, **{name: value for name, value in chosen.items() if value}}
