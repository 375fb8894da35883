"""Giving somebody a role and taking it back. The registry sees to it that nobody gives more than they hold."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from shared.access.grants import Role
from shared.errors import Forbidden, NotFound, Unavailable
from shared.i18n import N_
from starlette.responses import Response

from portal.people.places import needs_place, place_names, places_to_give, roles_to_give
from portal.web.dates import is_day, today
from portal.web.forms import Form
from portal.web.messages import with_message
from portal.web.services import Refused, problem_of
from portal.web.view import StaffView, View

router = APIRouter(prefix="/personen/{person_id}/rollen")


@router.get("/neu")
async def show_role_form(view: StaffView, person_id: UUID, role: Annotated[str, Query(alias="rolle")] = "") -> Response:
    """First which role, then where and how long."""
    person = await _person(view, person_id)
    if not role:
        return view.render("people/choose_role.html", person=person, roles=roles_to_give(view.holder))
    return await _form_page(view, person, _role(view, role), Form(values={"starts_on": today().isoformat()}))


@router.post("/neu")
async def give_role(view: StaffView, person_id: UUID) -> Response:
    """Show what it means; give it when that was read and confirmed."""
    person = await _person(view, person_id)
    form = Form.sent(await view.request.form())
    role = _role(view, form.text("role"))
    if not form.text("confirmed"):
        return await _confirmation(view, person, role, form)
    try:
        body = {**_body(form, role), "person_id": str(person_id)}
        await view.services.registry.send("POST", "/grants", body, token=await view.token(), key=form.key)
    except (Refused, Unavailable) as error:
        return await _form_page(view, person, role, form.take(problem_of(error, view.translate)), status=422)
    return view.redirect(with_message(f"/personen/{person_id}", "rolle-gegeben"))


@router.get("/{grant_id}/zuruecknehmen")
async def show_taking_back(view: StaffView, person_id: UUID, grant_id: UUID) -> Response:
    """Ask before a role is taken back. Reading this page changes nothing."""
    person = await _person(view, person_id)
    answer = await view.services.registry.get("/grants", token=await view.token(), person_id=str(person_id))
    grant = next((one for one in answer["items"] if one["id"] == str(grant_id)), None)
    if grant is None:
        raise NotFound
    async with view.reading() as session:
        places = await place_names(session, [grant["scope_id"]])
    return view.render("people/take_back.html", person=person, grant=grant, places=places)


@router.post("/{grant_id}/zuruecknehmen")
async def take_back(view: StaffView, person_id: UUID, grant_id: UUID) -> Response:
    """Take the role back; a second time changes nothing."""
    await view.services.registry.send("DELETE", f"/grants/{grant_id}", token=await view.token())
    return view.redirect(with_message(f"/personen/{person_id}", "rolle-zurueckgenommen"))


async def _person(view: View, person_id: UUID) -> dict[str, Any]:
    person: dict[str, Any] = await view.services.registry.get(f"/persons/{person_id}", token=await view.token())
    return person


def _role(view: View, name: str) -> Role:
    """Raises `Forbidden` for a role that the reader cannot give."""
    role = next((one for one in roles_to_give(view.holder) if one.value == name), None)
    if role is None:
        raise Forbidden
    return role


def _body(form: Form, role: Role) -> dict[str, Any]:
    return {
        "role": role.value,
        "scope_id": form.optional("scope_id"),
        "starts_on": form.optional("starts_on"),
        "ends_on": form.optional("ends_on"),
    }


async def _confirmation(view: View, person: dict[str, Any], role: Role, form: Form) -> Response:
    """What the role means, before it is given; a form that cannot be right is shown again."""
    async with view.reading() as session:
        places = dict(await places_to_give(session, view.holder, role)) if needs_place(role) else {}
    place = places.get(form.text("scope_id"), "")
    if needs_place(role) and not place:
        form.refuse("scope_id", view.translate.gettext(N_("Please choose where.")))
    for name in ("starts_on", "ends_on"):
        if form.text(name) and not is_day(form.text(name)):
            form.refuse(name, view.translate.gettext(N_("This is not a day of the calendar.")))
    if form.errors:
        return await _form_page(view, person, role, form, status=422)
    return view.render("people/confirm_role.html", person=person, role=role.value, place=place, form=form)


async def _form_page(view: View, person: dict[str, Any], role: Role, form: Form, status: int = 200) -> Response:
    async with view.reading() as session:
        places = await places_to_give(session, view.holder, role) if needs_place(role) else []
    return view.render("people/role_form.html", status, person=person, role=role.value, form=form, places=places)
