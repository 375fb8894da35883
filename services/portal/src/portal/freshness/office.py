"""/unbestaetigt: whose entry nobody has confirmed for a year, why, and whom to call.

Names and numbers are personal data: asked of the registry for each page, kept nowhere here.
"""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from shared.errors import Unavailable
from starlette.responses import Response

from portal.documents import MEDIA_TYPE
from portal.freshness.letter import write_letter
from portal.networks.queries import fields_of_activity
from portal.organisations.filters import address, places
from portal.organisations.queries import home_of
from portal.web.forms import Form
from portal.web.messages import with_message
from portal.web.services import Refused, problem_of
from portal.web.view import PRIVATE_HEADERS, StaffView, View

router = APIRouter(prefix="/unbestaetigt")

SHOWN = 30
STATES = {"stumm": "true", "frist": "false"}  # silent for a year, or still within it
FILTERS = {"art": "kind", "ort": "village_id", "gemeinde": "municipality_id", "netzwerk": "network", "grund": "reason"}
"""Our names of the filters, and the registry's."""


@router.get("")
async def show_unconfirmed(
    view: StaffView,
    kind: Annotated[str, Query(alias="art", max_length=40)] = "",
    village: Annotated[str, Query(alias="ort", max_length=40)] = "",
    municipality: Annotated[str, Query(alias="gemeinde", max_length=40)] = "",
    network: Annotated[str, Query(alias="netzwerk", max_length=100)] = "",
    reason: Annotated[str, Query(alias="grund", max_length=40)] = "",
    state: Annotated[str, Query(alias="stand", max_length=10)] = "",
    after: Annotated[str, Query(alias="ab", max_length=2_000)] = "",
) -> Response:
    """The list by name, with filters."""
    chosen = {"art": kind, "ort": village, "gemeinde": municipality, "netzwerk": network, "grund": reason}
    return await _page(view, {**chosen, "stand": state}, after)


@router.post("/{organisation_id}/bestaetigen")
async def confirm(view: StaffView, organisation_id: UUID) -> Response:
    """Somebody of the organisation has said on the telephone that the entry holds."""
    return await _do(view, f"/organisations/{organisation_id}/confirmation", "eintrag-bestaetigt")


@router.post("/{organisation_id}/nachfragen")
async def ask(view: StaffView, organisation_id: UUID) -> Response:
    """Mail the link now."""
    return await _do(view, f"/organisations/{organisation_id}/confirmation-requests", "eintrag-gefragt")


@router.get("/{organisation_id}/brief.pdf")
async def print_letter(view: StaffView, organisation_id: UUID) -> Response:
    """The question as a letter, for those who have no mailbox."""
    entry = await view.services.registry.get(f"/organisations/{organisation_id}", token=await view.token())
    async with view.reading() as session:
        home = await home_of(session, UUID(entry["village_id"]))
    fields = await view.read(fields_of_activity)
    letter = await write_letter(entry, home, fields, view.translate, view.settings.district_name)
    headers = {**PRIVATE_HEADERS, "content-disposition": f'inline; filename="Brief-{entry["slug"]}.pdf"'}
    return Response(letter, media_type=MEDIA_TYPE, headers=headers)


async def _do(view: View, path: str, message: str) -> Response:
    form = Form.sent(await view.request.form())
    try:
        await view.services.registry.send("POST", path, token=await view.token(), key=form.key)
    except (Refused, Unavailable) as error:
        return await _page(view, {}, "", form.take(problem_of(error, view.translate)), status=422)
    return view.redirect(with_message("/unbestaetigt", message))


async def _page(
    view: View, chosen: dict[str, str], after: str, form: Form | None = None, status: int = 200
) -> Response:
    filters = {FILTERS[name]: value for name, value in chosen.items() if value and name in FILTERS}
    if chosen.get("stand") in STATES:
        filters["stale"] = STATES[chosen["stand"]]
    page = {"limit": SHOWN, **({"after": after} if after else {})}
    try:
        found: dict[str, Any] = await view.services.registry.get(
            "/unconfirmed-organisations", token=await view.token(), **filters, **page
        )
    except Refused:  # an address that somebody has changed by hand
        found = {"items": [], "next": None}
    return view.render(
        "freshness/unconfirmed.html",
        status,
        items=found["items"],
        chosen=chosen,
        after=after,
        places=await view.read(places),
        form=form or Form(),
        more=address("/unbestaetigt", chosen, ab=found["next"]) if found["next"] else None,
        first=address("/unbestaetigt", chosen),
    )
