"""/personen/…/zusammenfuehren: two entries of the same person side by side, and making one of them."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from shared.errors import Unavailable
from shared.i18n import N_
from starlette.responses import Response

from portal.web.forms import Form
from portal.web.messages import with_message
from portal.web.services import Refused, problem_of
from portal.web.view import StaffView

router = APIRouter(prefix="/personen")

FIELDS = {
    "name": N_("Name"),
    "email": N_("Email address"),
    "phone": N_("Telephone number"),
    "birth_date": N_("Date of birth"),
}
COUNTED = {
    "contacts": N_("Functions in organisations"),
    "network_contacts": N_("Functions in networks"),
    "volunteers": N_("Profile as a volunteer"),
    "help_requests": N_("Requests for help"),
    "consents": N_("Consents, also former ones"),
    "certificates": N_("Certificates of conduct that were inspected"),
    "grants": N_("Roles"),
}
CONFIRM = N_("Please tick the box if you want this.")

Into = Annotated[UUID | None, Query(alias="mit")]


@router.get("/{person_id}/zusammenfuehren")
async def show_merge(
    view: StaffView, person_id: UUID, into: Into = None, name: Annotated[str, Query(max_length=120)] = ""
) -> Response:
    """Choose the other entry, then what of both stays. Reading this page changes nothing."""
    if into is None:
        return await _choose(view, person_id, name)
    return await _compare(view, person_id, into, Form())


@router.post("/{person_id}/zusammenfuehren")
async def merge(view: StaffView, person_id: UUID, into: Annotated[UUID, Query(alias="mit")]) -> Response:
    """Make one of the two; leads to the entry that stays."""
    form = Form.sent(await view.request.form())
    if form.text("confirmed") != "1":
        form.refuse("confirmed", view.translate.gettext(CONFIRM))
        return await _compare(view, person_id, into, form, 422)
    body: dict[str, Any] = {name: form.text(name) for name in (*FIELDS, "login") if form.text(name)}
    versions = {name: form.number(name) for name in ("version", "into_version")}
    try:
        await view.services.registry.send(
            "POST",
            f"/persons/{person_id}/merge",
            {"into": str(into), **versions, **body},
            token=await view.token(),
            key=form.key,
        )
    except (Refused, Unavailable) as error:
        return await _compare(view, person_id, into, form.take(problem_of(error, view.translate)), 422)
    return view.redirect(with_message(f"/personen/{into}", "person-zusammengefuehrt"))


async def _choose(view: StaffView, person_id: UUID, name: str) -> Response:
    token = await view.token()
    person = await view.services.registry.get(f"/persons/{person_id}", token=token)
    asked = name.strip() or person["name"].split()[-1]
    found = await view.services.registry.get("/persons", token=token, name=asked, limit=20)
    others = [one for one in found["items"] if one["id"] != person["id"]]
    return view.render("people/merge_choice.html", person=person, others=others, name=asked)


async def _compare(view: StaffView, person_id: UUID, into: UUID, form: Form, status: int = 200) -> Response:
    seen = await view.services.registry.get(f"/persons/{person_id}/merge", token=await view.token(), into=str(into))
    for name in FIELDS:  # what only one of the two has is not lost by leaving the form as it is
        form.values.setdefault(name, "into" if seen["into"][name] or not seen["former"][name] else "former")
    return view.render(
        "people/merge.html",
        status,
        form=form,
        former=seen["former"],
        into=seen["into"],
        obstacles=seen["obstacles"],
        fields=FIELDS,
        counted=COUNTED,
    )
