"""`python -m standalone.demo`: enter the demo's network into a deployment, once, as its operator would.

It needs the registry's database, for a login code of the district officer, and the front door, for everything else.
`deploy/compose/docker-compose.demo.yml` runs it.
"""

import asyncio
import sys
from datetime import date, datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import httpx2
import typer
from registry.logins.handlers import create_login_code
from registry.people.handlers import ensure_district_officer
from registry.people.schemas import PersonInput
from registry.settings import RegistrySettings
from shared.access.grants import Role
from shared.access.tenancy import EVERYTHING
from shared.command import load_settings
from shared.database import create_engine, create_sessions, transaction
from sqlalchemy.exc import SQLAlchemyError

from standalone.demo.api import Api, Refused
from standalone.demo.entries import Entries, count_entries
from standalone.demo.example_people import ExamplePerson, example_people
from standalone.demo.progress import Progress


def main(
    front_door: Annotated[str, typer.Argument(help="Address of the front door, such as http://front-door:8080")],
    state: Annotated[Path, typer.Option(help="Folder that remembers the first start")] = Path("/var/lib/dorfnetz"),
) -> None:
    """Enter the demo's network unless it was done before; goes on where an interrupted run stopped."""
    began, loaded = state / "demo-began", state / "demo-loaded"
    if loaded.exists():
        print("The example data is there already.")
        return
    if not began.exists():
        began.write_text(datetime.now(ZoneInfo("Europe/Berlin")).date().isoformat())
    officer = next(person for person in example_people() if person.role is Role.DISTRICT_OFFICER)
    try:
        asyncio.run(_enter(front_door, officer, date.fromisoformat(began.read_text())))
    except (Refused, httpx2.HTTPError, SQLAlchemyError, OSError) as error:
        print(f"The example data cannot be loaded: {error or type(error).__name__}", file=sys.stderr)
        raise SystemExit(1) from None
    loaded.touch()
    print(f"The example data is there. Log in as {officer.name}: python -m registry login-link --email {officer.email}")


async def _enter(front_door: str, officer: ExamplePerson, began_on: date) -> None:
    code = await _login_code(officer)
    async with httpx2.AsyncClient(base_url=front_door, timeout=60) as client:
        answer = await client.post("/api/registry/auth/token", json={"grant_type": "login_code", "code": code})
        answer.raise_for_status()
        with Progress(lambda line: print(line, flush=True), "Example data").of(count_entries()) as counted:
            await Entries(Api(client, answer.json()["access_token"], counted), began_on).enter()


async def _login_code(officer: ExamplePerson) -> str:
    engine = create_engine(load_settings(RegistrySettings), scopes=EVERYTHING)
    try:
        async with transaction(create_sessions(engine)) as session:
            person = await ensure_district_officer(session, PersonInput(name=officer.name, email=officer.email))
            return await create_login_code(session, person.id)
    finally:
        await engine.dispose()


if __name__ == "__main__":
    typer.run(main)
