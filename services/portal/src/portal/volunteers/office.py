"""/freiwillige: who wants to help in one's scope, and the sign-ups that wait for the staff."""

import re
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.responses import Response

from portal.consents.words import PURPOSES
from portal.networks.queries import fields_of_activity
from portal.people.places import place_names
from portal.volunteers.details import WORDS, all_places, area_ids
from portal.web.forms import Form
from portal.web.messages import with_message
from portal.web.view import StaffView, View

router = APIRouter(prefix="/freiwillige")

SHOWN = 50
FILTERS = {
    "feld": "field",
    "gebiet": "area_id",
    "tag": "weekday",
    "zeit": "daytime",
    "kann": "skill",
    "stand": "standing",
    "einwilligung": "consent",
}
"""The list's filters: their name in the address, and the registry's."""

OFFERED = {
    "feld": re.compile(r"[a-z0-9]+(-[a-z0-9]+)*"),
    "gebiet": re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
    "tag": re.compile(r"[1-7]"),
    "zeit": re.compile("|".join(WORDS["daytimes"])),
    "kann": re.compile("|".join(WORDS["skills"])),
    "stand": re.compile("active|paused"),
    "einwilligung": re.compile("|".join(PURPOSES)),
}
"""What each of them may be."""


@router.get("")
async def show_volunteers(view: StaffView, after: Annotated[str, Query(alias="ab", max_length=500)] = "") -> Response:
    """The volunteers by name, and above them what has to be done."""
    token, chosen = await view.token(), _chosen(view)
    asked = {FILTERS[name]: value for name, value in chosen.items()} | ({"after": after} if after else {})
    volunteers = await view.services.registry.get("/volunteers", token=token, limit=SHOWN, **asked)
    open_ones = await view.services.registry.get("/sign-ups", token=token)
    ids = area_ids([*volunteers["items"], *open_ones["items"]])
    async with view.reading() as session:
        names, fields = await place_names(session, ids), await fields_of_activity(session)
        places = await all_places(session)
    return view.render(
        "volunteers/office.html",
        volunteers=volunteers["items"],
        following=volunteers["next"],
        open_ones=open_ones["items"],
        places=names,
        choices=places,
        fields=fields,
        chosen=chosen,
        address=f"/freiwillige?{urlencode(chosen)}",
        after=after,
        purposes=PURPOSES,
        words=WORDS,
    )


def _chosen(view: View) -> dict[str, str]:
    """The filters that are set to something that the page offers; anything else in an address filters nothing."""
    asked = view.request.query_params
    return {name: asked[name] for name, offered in OFFERED.items() if offered.fullmatch(asked.get(name, ""))}


@router.post("/anmeldungen/{sign_up_id}/bestaetigen")
async def confirm_sign_up(view: StaffView, sign_up_id: UUID) -> Response:
    """After a call, a visit, or with a guardian's signature."""
    form = Form.sent(await view.request.form())
    body: dict[str, Any] = {"channel": form.text("channel") or "telephone"}
    await view.services.registry.send("POST", f"/sign-ups/{sign_up_id}/confirmation", body, token=await view.token())
    return view.redirect(with_message("/freiwillige", "anmeldung-bestaetigt"))


@router.post("/anmeldungen/{sign_up_id}/loeschen")
async def discard_sign_up(view: StaffView, sign_up_id: UUID) -> Response:
    """Somebody does not want to help after all, or cannot be reached."""
    await view.services.registry.send("DELETE", f"/sign-ups/{sign_up_id}", token=await view.token())
    return view.redirect(with_message("/freiwillige", "geloescht"))
