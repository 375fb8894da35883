"""Logging in as an example person, without mail or password. This door exists in the demo alone."""

from typing import Annotated

from fastapi import APIRouter, FastAPI, Form, Query
from portal.sessions.opening import open_by_code, own_path
from portal.web.view import PageView
from registry.logins.handlers import create_login_code
from registry.people.queries import persons_by_email
from shared.access.tenancy import beyond_scopes
from shared.database import transaction
from shared.errors import NotFound
from starlette.responses import Response

from standalone.demo.example_people import ExamplePerson, example_people

router = APIRouter()


@router.get("/demo/anmelden")
async def choose_person(view: PageView, weiter: Annotated[str, Query(max_length=500)] = "") -> Response:
    """Whom to be."""
    return view.render("demo/login_as.html", people=example_people(), target=own_path(weiter))


@router.post("/demo/anmelden")
async def log_in_as(
    view: PageView,
    key: Annotated[str, Form(alias="person", max_length=100)] = "",
    weiter: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    """Open a session of that person, as their own login link would."""
    person = next((person for person in example_people() if person.key == key), None)
    if person is None:
        raise NotFound
    code = await _login_code(view.request.app.state.registry, person)
    return await open_by_code(view, code, weiter)


async def _login_code(registry: FastAPI, person: ExamplePerson) -> str:
    # This door is the proof; it exists in this deployment alone.
    async with transaction(registry.state.sessions) as session, beyond_scopes(session):
        persons = await persons_by_email(session, person.email)
        if not persons:
            raise NotFound
        return await create_login_code(session, persons[0].id)
