"""Loads the demo's network through the services' own interfaces, as a district officer would enter it."""

import asyncio
from datetime import date, datetime
from zoneinfo import ZoneInfo

import httpx2
from fastapi import FastAPI
from registry.logins.handlers import create_login_code
from registry.people.handlers import ensure_district_officer
from registry.people.schemas import PersonInput
from shared.access.grants import Role
from shared.access.tenancy import beyond_scopes
from shared.database import transaction
from shared.i18n import N_

from standalone.data_directory import DataDirectory
from standalone.demo.api import Api, Refused
from standalone.demo.calendars import take_over_calendar
from standalone.demo.entries import Entries, count_entries
from standalone.demo.example_people import example_people
from standalone.demo.imports import upload_example
from standalone.demo.progress import Progress
from standalone.errors import CannotStart

_NETWORK = "heidedoerfer"
_SHOWN_WITHIN = 60.0  # seconds until the pages show what was entered


async def load_demo(own_url: str, registry: FastAPI, data: DataDirectory, progress: Progress) -> None:
    """Enter the demo's data unless it is there; goes on where an interrupted start stopped. Raises `CannotStart`."""
    if data.loaded.exists():
        return
    async with httpx2.AsyncClient(base_url=own_url, timeout=60) as client:
        try:
            if data.began.exists() or not await _has_network(client):
                await _enter(client, registry, data, progress)
            await _wait_until_shown(client)
        except (Refused, httpx2.HTTPError, TimeoutError) as error:
            raise CannotStart(N_("The example data cannot be loaded; the reason is in {log}"), log=data.log) from error
    data.loaded.touch()


async def _enter(client: httpx2.AsyncClient, registry: FastAPI, data: DataDirectory, progress: Progress) -> None:
    if not data.began.exists():
        data.began.write_text(datetime.now(ZoneInfo("Europe/Berlin")).date().isoformat())
    began_on = date.fromisoformat(data.began.read_text())
    with progress.of(count_entries()) as counted:
        token = await _officers_token(client, registry)
        await Entries(Api(client, token, counted), began_on).enter()
    await upload_example(client, token)
    await take_over_calendar(client, token)


async def _officers_token(client: httpx2.AsyncClient, registry: FastAPI) -> str:
    """A token of the district officer, who is entered first: as an operator would do it on the command line."""
    officer = next(person for person in example_people() if person.role is Role.DISTRICT_OFFICER)
    async with transaction(registry.state.sessions) as session, beyond_scopes(session):  # who starts it is the operator
        person = await ensure_district_officer(session, PersonInput(name=officer.name, email=officer.email))
        code = await create_login_code(session, person.id)
    answer = await client.post("/api/registry/auth/token", json={"grant_type": "login_code", "code": code})
    answer.raise_for_status()
    return str(answer.json()["access_token"])


async def _has_network(client: httpx2.AsyncClient) -> bool:
    """Whether a configured database already holds the network: of another folder's demo, or a real one."""
    answer = await client.get("/api/registry/networks", params={"slug": _NETWORK})
    answer.raise_for_status()
    return bool(answer.json()["items"])


async def _wait_until_shown(client: httpx2.AsyncClient) -> None:
    async with asyncio.timeout(_SHOWN_WITHIN):
        while (await client.get(f"/n/{_NETWORK}")).status_code != 200:  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0.2)
