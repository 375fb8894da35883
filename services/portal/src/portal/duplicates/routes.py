"""/dubletten: what is likely entered twice."""

from typing import Annotated

from fastapi import APIRouter, Query
from shared.errors import NotFound
from starlette.responses import Response

from portal.duplicates.wording import KINDS, REASONS, SURE
from portal.web.forms import Form
from portal.web.messages import with_message
from portal.web.view import StaffView

router = APIRouter(prefix="/dubletten")

SHOWN = 20  # pairs on a page


@router.get("")
async def begin(view: StaffView) -> Response:
    """The list of organisations."""
    return view.redirect("/dubletten/organisationen")


@router.get("/{kind}")
async def show_pairs(
    view: StaffView,
    kind: str,
    shown: Annotated[str, Query(alias="zeige", max_length=20)] = "",
    after: Annotated[str, Query(alias="ab", max_length=200)] = "",
) -> Response:
    """Pairs that wait for somebody to look at them, or (`zeige=verschieden`) those that were told apart."""
    if kind not in KINDS:
        raise NotFound
    token, different = await view.token(), shown == "verschieden"
    page = {"different": str(different).lower(), "limit": SHOWN, **({"after": after} if after else {})}
    found = await view.services.registry.get(f"/duplicates/{KINDS[kind]}", token=token, **page)
    counts = await view.services.registry.get("/duplicates/counts", token=token)
    return view.render(
        "duplicates/pairs.html",
        kind=kind,
        kinds=KINDS,
        counts=counts,
        pairs=found["items"],
        following=found["next"],
        after=after,
        different=different,
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


async def _tell(view: StaffView, kind: str, path: str, message: str) -> Response:
    if kind not in KINDS:
        raise NotFound
    form = Form.sent(await view.request.form())
    body = {"left_id": form.text("left_id"), "right_id": form.text("right_id")}
    await view.services.registry.send("POST", f"/duplicates/{KINDS[kind]}/{path}", body, token=await view.token())
    return view.redirect(with_message(f"/dubletten/{kind}", message))
