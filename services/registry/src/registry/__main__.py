"""`python -m registry app|worker|migrate`, and what only an operator may do."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Annotated, NoReturn
from urllib.parse import urlencode

import typer
from pydantic import TypeAdapter, ValidationError
from shared.access.tenancy import EVERYTHING
from shared.access.tokens import create_signing_key
from shared.audit import command as audit
from shared.command import create_command, load_settings
from shared.database import create_engine, create_sessions, transaction
from shared.inputs import Email
from shared.retention import command as retention
from shared.settings import MissingSetting
from sqlalchemy.ext.asyncio import AsyncSession

from registry.app import create_app
from registry.logins.handlers import create_login_code
from registry.logins.identities import forget_identities
from registry.people import handlers as people
from registry.people import queries
from registry.people.schemas import PersonInput
from registry.retention import RULES
from registry.search import index
from registry.settings import RegistrySettings
from registry.signing_keys import Step, rotate, write_keys
from registry.volunteers.telling import tell_all_again
from registry.worker import create_worker

command = create_command("registry", RegistrySettings, create_app, create_worker)
audit.add_commands(command, RegistrySettings)
retention.add_commands(command, RegistrySettings, RULES)


@command.command("create-signing-key")
def create_key() -> None:
    """Print a new private key for DORFNETZ_REGISTRY_SIGNING_KEY."""
    typer.echo(json.dumps(create_signing_key().as_dict(private=True)))


@command.command()
def rotate_signing_key(step: Annotated[Step, typer.Argument(help="announce, then use, then retire")]) -> None:
    """Print DORFNETZ_REGISTRY_SIGNING_KEY as it is after the next step of a rotation; docs/operations.md says when."""
    try:
        keys = load_settings(RegistrySettings).signing_keys()
    except MissingSetting as missing:
        _fail(str(missing))
    typer.echo(write_keys(rotate(keys, step)))


@command.command()
def create_officer(
    name: Annotated[str, typer.Option(help="First and last name")], email: Annotated[str, typer.Option()]
) -> None:
    """Enter a district officer: the first one, who then enters everybody else."""
    try:
        officer = PersonInput(name=name, email=email)
    except ValidationError as error:
        _fail(f"--{error.errors()[0]['loc'][0]} is not valid")

    async def work(session: AsyncSession) -> None:
        person = await people.ensure_district_officer(session, officer)
        typer.echo(person.id)

    _run(work)


@command.command()
def login_link(email: Annotated[str, typer.Option()]) -> None:
    """Print a link that logs in once, within 15 minutes; one for each person with this address."""
    try:
        address = TypeAdapter(Email).validate_python(email)
    except ValidationError:
        _fail("--email is not valid")
    front_door = load_settings(RegistrySettings).public_url.rstrip("/")

    async def work(session: AsyncSession) -> None:
        persons = await queries.persons_by_email(session, address)
        if not persons:
            _fail("nobody has this email address")
        for person in persons:
            query = urlencode({"code": await create_login_code(session, person.id)})
            whose = f"{person.name}: " if len(persons) > 1 else ""
            typer.echo(f"{whose}{front_door}/anmelden?{query}")

    _run(work)


@command.command()
def forget_identity(email: Annotated[str, typer.Option()]) -> None:
    """Let people with this address log in with another account of the login provider than before."""

    async def work(session: AsyncSession) -> None:
        for person in await queries.persons_by_email(session, email):
            typer.echo(f"{person.name}: {await forget_identities(session, person.id)}")

    _run(work)


@command.command()
def rebuild_search() -> None:
    """Make the index of the search again, in case it is damaged; the worker fills it within minutes."""
    _run(index.rebuild)


@command.command()
def tell_volunteers() -> None:
    """Tell the service of meetings again of all volunteers who may be asked; docs/operations.md says when."""

    async def work(session: AsyncSession) -> None:
        typer.echo(await tell_all_again(session))

    _run(work)


def _run(work: Callable[[AsyncSession], Awaitable[None]]) -> None:
    settings = load_settings(RegistrySettings)

    async def run() -> None:
        engine = create_engine(settings, scopes=EVERYTHING)
        try:
            async with transaction(create_sessions(engine)) as session:
                await work(session)
        finally:
            await engine.dispose()

    asyncio.run(run())


def _fail(message: str) -> NoReturn:
    typer.echo(f"registry: {message}", err=True)
    raise SystemExit(2)


if __name__ == "__main__":
    command()
