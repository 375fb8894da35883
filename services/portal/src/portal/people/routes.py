"""/personen: who is entered in one's scope. Personal data: asked of the registry for each page, kept nowhere here."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from shared.errors import Unavailable
from starlette.responses import Response

from portal.account import cards
from portal.duplicates.asking import ask_whether_new_person
from portal.people.places import place_names
from portal.web.forms import Form
from portal.web.messages import with_message
from portal.web.services import Refused, problem_of
from portal.web.view import StaffView, View

router = APIRouter(prefix="/personen")

SHOWN = 50  # people on a page
ALL = 200  # the most that the registry gives at once: of one person there are fewer


@router.get("")
async def show_people(
    view: StaffView,
    name: Annotated[str, Query(max_length=120)] = "",
    after: Annotated[str, Query(alias="ab", max_length=500)] = "",
) -> Response:
    """The people in one's scope by name."""
    asked = {"limit": SHOWN, **({"name": name} if name.strip() else {}), **({"after": after} if after else {})}
    answer = await view.services.registry.get("/persons", token=await view.token(), **asked)
    return view.render("people/people.html", people=answer["items"], following=answer["next"], name=name, after=after)


@router.get("/neu")
async def show_new_person(view: StaffView) -> Response:
    """The form to enter somebody."""
    return _form_page(view, Form())


@router.post("/neu")
async def enter_person(view: StaffView) -> Response:
    """Enter somebody, for example to give them a role afterwards."""
    form = Form.sent(await view.request.form())
    try:
        await ask_whether_new_person(view, form)
        person = await view.services.registry.send(
            "POST", "/persons", _body(form), token=await view.token(), key=form.key
        )
    except (Refused, Unavailable) as error:
        return _form_page(view, form.take(problem_of(error, view.translate)), status=422)
    return view.redirect(with_message(f"/personen/{person['id']}", "person-eingetragen"))


@router.get("/{person_id}")
async def show_person(view: StaffView, person_id: UUID) -> Response:
    """Somebody's data, roles and functions; the address of an entry that was merged leads to the one that stays."""
    try:
        person = await _registry(view, f"/persons/{person_id}")
    except Refused as error:
        if (into := error.problem.into_id) is None:
            raise
        return view.redirect(f"/personen/{into}")
    grants = (await _registry(view, "/grants", person_id=str(person_id)))["items"]
    contacts = (await _registry(view, "/contacts", person_id=str(person_id), limit=ALL))["items"]
    places = [one["scope_id"] for one in grants] + [one["organisation_id"] for one in contacts]
    async with view.reading() as session:
        names = await place_names(session, places)
    doors = cards.shown(cards.PERSON, view.holder)
    return view.render("people/person.html", person=person, grants=grants, contacts=contacts, places=names, cards=doors)


@router.get("/{person_id}/bearbeiten")
async def show_person_form(view: StaffView, person_id: UUID) -> Response:
    """The form to change how somebody is called or reached."""
    person, version = await view.services.registry.get_version(f"/persons/{person_id}", token=await view.token())
    values = {name: person[name] or "" for name in ("name", "email", "phone")}
    return _form_page(view, Form(values={**values, "_version": version}), person)


@router.post("/{person_id}/bearbeiten")
async def change_person(view: StaffView, person_id: UUID) -> Response:
    """Change it, unless somebody else has meanwhile."""
    form = Form.sent(await view.request.form())
    person = await _registry(view, f"/persons/{person_id}")
    headers = {"if-match": form.text("_version")} if form.text("_version") else {}
    try:
        await view.services.registry.send(
            "PATCH", f"/persons/{person_id}", _body(form), token=await view.token(), key=form.key, headers=headers
        )
    except (Refused, Unavailable) as error:
        return _form_page(view, form.take(problem_of(error, view.translate)), person, status=422)
    return view.redirect(with_message(f"/personen/{person_id}", "person-geaendert"))


async def _registry(view: View, path: str, **params: Any) -> dict[str, Any]:
    answer: dict[str, Any] = await view.services.registry.get(path, token=await view.token(), **params)
    return answer


def _body(form: Form) -> dict[str, Any]:
    return {"name": form.text("name"), "email": form.optional("email"), "phone": form.optional("phone")}


def _form_page(view: View, form: Form, person: dict[str, Any] | None = None, status: int = 200) -> Response:
    return view.render("people/form.html", status, form=form, person=person)
