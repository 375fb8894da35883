"""/programme: other programs that read here, each with an access of its own. A secret is shown once."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter
from shared.access.grants import Role, ScopeKind
from shared.errors import NotFound, Unavailable
from shared.i18n import N_
from starlette.responses import Response

from portal.people.places import place_names, places_to_give
from portal.web.forms import Form
from portal.web.messages import with_message
from portal.web.services import Refused, problem_of
from portal.web.view import StaffView, View

router = APIRouter(prefix="/programme")

WHOLE_DISTRICT = ScopeKind.DISTRICT.value
# A program may see a part of what somebody keeps who has this role there.
KEEPERS = {
    ScopeKind.NETWORK: Role.NETWORK_COORDINATOR,
    ScopeKind.MUNICIPALITY: Role.MUNICIPALITY_OFFICER,
    ScopeKind.ASSOCIATION: Role.ASSOCIATION_CONTACT,
}


@router.get("")
async def show_programs(view: StaffView) -> Response:
    """The programs that read in one's scope."""
    programs = await _programs(view)
    async with view.reading() as session:
        places = await place_names(session, [program["scope_id"] for program in programs])
    return view.render("programs/programs.html", programs=programs, places=places)


@router.get("/neu")
async def show_new_program(view: StaffView) -> Response:
    """The form to let a program in."""
    return await _form_page(view, Form())


@router.post("/neu")
async def let_in(view: StaffView) -> Response:
    """Let a program in, and show its secret: this once."""
    form = Form.sent(await view.request.form())
    kind, _, place = form.text("scope").partition(":")
    if not kind:
        form.refuse("scope", view.translate.gettext(N_("Please choose where.")))
        return await _form_page(view, form, status=422)
    body = {"name": form.text("name"), "scope": kind, "scope_id": place or None, "ends_on": form.optional("ends_on")}
    try:
        made = await view.services.registry.send("POST", "/api-clients", body, token=await view.token())
    except (Refused, Unavailable) as error:
        form.take(problem_of(error, view.translate), {"scope_id": "scope"})
        return await _form_page(view, form, status=422)
    return view.render("programs/secret.html", program=made, renewed=False)


@router.get("/{program_id}/geheimnis")
async def show_renewal(view: StaffView, program_id: UUID) -> Response:
    """Ask before the old secret stops working."""
    return view.render("programs/renew.html", program=await _program(view, program_id))


@router.post("/{program_id}/geheimnis")
async def renew_secret(view: StaffView, program_id: UUID) -> Response:
    """Make a new secret, and show it: this once."""
    path = f"/api-clients/{program_id}/secret"
    made = await view.services.registry.send("POST", path, token=await view.token())
    return view.render("programs/secret.html", program=made, renewed=True)


@router.get("/{program_id}/beenden")
async def show_end(view: StaffView, program_id: UUID) -> Response:
    """Ask before a program is locked out."""
    return view.render("programs/end.html", program=await _program(view, program_id))


@router.post("/{program_id}/beenden")
async def lock_out(view: StaffView, program_id: UUID) -> Response:
    """Lock a program out; a second time changes nothing."""
    await view.services.registry.send("DELETE", f"/api-clients/{program_id}", token=await view.token())
    return view.redirect(with_message("/programme", "programm-beendet"))


async def _programs(view: View) -> list[dict[str, Any]]:
    answer = await view.services.registry.get("/api-clients", token=await view.token())
    programs: list[dict[str, Any]] = answer["items"]
    return programs


async def _program(view: View, program_id: UUID) -> dict[str, Any]:
    found = next((one for one in await _programs(view) if one["id"] == str(program_id)), None)
    if found is None:
        raise NotFound
    return found


async def _form_page(view: View, form: Form, status: int = 200) -> Response:
    places = []
    async with view.reading() as session:
        for kind, role in KEEPERS.items():
            found = await places_to_give(session, view.holder, role)
            places += [(f"{kind.value}:{key}", label) for key, label in found]
    if view.holder.holds(Role.DISTRICT_OFFICER):
        places.insert(0, (WHOLE_DISTRICT, view.settings.district_name))
    return view.render("programs/form.html", status, form=form, places=places)
