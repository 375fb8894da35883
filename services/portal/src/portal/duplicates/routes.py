"""/dubletten: what is likely entered twice."""

import re
from typing import Annotated, Any

from fastapi import APIRouter, Query
from shared.errors import NotFound
from starlette.responses import Response

from portal.duplicates.wording import KINDS, REASONS, SCORES, SURE
from portal.organisations.filters import address
from portal.volunteers.details import all_places
from portal.web.forms import Form
from portal.web.messages import with_message
from portal.web.view import StaffView, View

router = APIRouter(prefix="/dubletten")

SHOWN = 20  # pairs on a page
FILTERS = {"gebiet": "place_id", "grund": "reason"}
"""Our names of the filters, and the registry's."""
OFFERED = {
    "zeige": re.compile("verschieden"),
    "gebiet": re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
    "grund": re.compile("|".join(REASONS)),
    "wie": re.compile("|".join(SCORES)),
}
"""What each of them may be."""


@router.get("")
async def begin(view: StaffView) -> Response:
    """The list of organisations."""
    return view.redirect("/dubletten/organisationen")


@router.get("/{kind}")
async def show_pairs(
    view: StaffView, kind: str, after: Annotated[str, Query(alias="ab", max_length=200)] = ""
) -> Response:
    """Pairs that wait for somebody to look at them, or (`zeige=verschieden`) those that were told apart."""
    if kind not in KINDS:
        raise NotFound
    token, chosen = await view.token(), _chosen(view)
    asked = {**_asked(chosen), "limit": SHOWN, **({"after": after} if after else {})}
    found = await view.services.registry.get(f"/duplicates/{KINDS[kind]}", token=token, **asked)
    counts = await view.services.registry.get("/duplicates/counts", token=token)
    async with view.reading() as session:
        offered = (await all_places(session)).wide
    here, different = f"/dubletten/{kind}", "zeige" in chosen
    return view.render(
        "duplicates/pairs.html",
        kind=kind,
        kinds=KINDS,
        counts=counts,
        pairs=found["items"],
        different=different,
        chosen={name: value for name, value in chosen.items() if name != "zeige"},
        places=[(key.partition(":")[2], name) for key, name in offered],
        first=address(here, chosen) if after else None,
        more=address(here, chosen, ab=found["next"]) if found["next"] else None,
        reasons=REASONS,
        sure=SURE,
    )


@router.post("/{kind}/verschieden")
async def tell_apart(view: StaffView, kind: str) -> Response:
    """These are two: do not ask again."""
    return await _tell(view, kind, "differences", "keine-dublette")


@router.post("/{kind}/doch")
async def take_back(view: StaffView, kind: str) -> Response:
    """They may be the same after all."""
    return await _tell(view, kind, "differences/withdrawal", "wieder-dublette")


def _chosen(view: View) -> dict[str, str]:
    """What of the filters in the address is offered here; anything else filters nothing."""
    asked = view.request.query_params
    return {name: asked[name] for name, offered in OFFERED.items() if offered.fullmatch(asked.get(name, ""))}


def _asked(chosen: dict[str, str]) -> dict[str, Any]:
    """The same for the registry."""
    asked: dict[str, Any] = {"different": str("zeige" in chosen).lower()}
    asked |= {theirs: chosen[name] for name, theirs in FILTERS.items() if name in chosen}
    if "wie" in chosen:
        asked[SCORES[chosen["wie"]]] = SURE
    return asked


async def _tell(view: StaffView, kind: str, path: str, message: str) -> Response:
    if kind not in KINDS:
        raise NotFound
    form = Form.sent(await view.request.form())
    body = {"left_id": form.text("left_id"), "right_id": form.text("right_id")}
    await view.services.registry.send("POST", f"/duplicates/{KINDS[kind]}/{path}", body, token=await view.token())
    return view.redirect(with_message(address(f"/dubletten/{kind}", _chosen(view)), message))
