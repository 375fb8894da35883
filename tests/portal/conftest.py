"""The portal on a real database, alone with an example network or together with the services it calls."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

import events.app
import events.settings
import events.worker
import httpx2
import portal.app
import portal.worker
import pytest
import registry.app
import registry.settings
import registry.worker
from example_network import everything, tell
from fastapi import FastAPI
from portal.settings import PortalSettings
from registry.access.handlers import create_login_code
from registry.people import handlers as people
from registry.people.schemas import PersonInput
from shared.contracts.envelope import Event
from shared.database import create_engine, create_sessions, transaction
from shared.messaging.in_process import InProcessTransport
from shared.messaging.worker import started
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from starlette.applications import Starlette
from starlette.routing import Mount
from testkit.clients import Clients, running
from testkit.tokens import Issuer, district_officer

ORIGIN = {"origin": "http://dorfnetz.test"}
SERVICES = "http://services.test/api"


@pytest.fixture
def settings(service_database: Callable[[str], str], issuer: Issuer) -> PortalSettings:
    return PortalSettings(
        database_url=service_database("portal"),
        jwks_url=issuer.jwks_url,
        public_url="http://dorfnetz.test",
        registry_url=f"{SERVICES}/registry",
        events_url=f"{SERVICES}/events",
        notifications_url=f"{SERVICES}/notifications",
    )


@pytest.fixture
async def sessions(settings: PortalSettings) -> AsyncIterator[async_sessionmaker[AsyncSession]]:
    engine = create_engine(settings)
    yield create_sessions(engine)
    await engine.dispose()


Tell = Callable[..., Any]


@pytest.fixture
def telling(sessions: async_sessionmaker[AsyncSession]) -> Tell:
    """`await telling(event, …)`: the portal's consumers get these events, in this order."""

    async def these(*told: Event[Any]) -> None:
        async with transaction(sessions) as session:
            await tell(session, told)

    return these


@pytest.fixture
async def example_network(telling: Tell) -> None:
    await telling(*everything())


def nobody_answers(request: httpx2.Request) -> httpx2.Response:
    raise httpx2.ConnectError("away", request=request)


@pytest.fixture
async def pages(settings: PortalSettings, client_for: Clients) -> httpx2.AsyncClient:
    """A browser without JavaScript, on a portal whose services are all away."""
    app = portal.app.create_app(settings, transport=httpx2.MockTransport(nobody_answers))
    client = await client_for(app)
    client.headers.update(ORIGIN)
    return client


@dataclass
class Platform:
    """Registry, events and portal with their workers, in one process."""

    portal: FastAPI
    registry: FastAPI
    client_for: Clients
    officer: httpx2.AsyncClient  # of the registry's API
    villages: dict[str, dict[str, Any]]
    network: dict[str, Any]

    async def browser(self) -> httpx2.AsyncClient:
        """Somebody who is not logged in."""
        client = await self.client_for(self.portal)
        client.headers.update(ORIGIN)
        return client

    async def login_code(self, name: str = "Petra Amtmann", email: str = "petra@landkreis.example") -> str:
        """A code for the district officer of this name."""
        async with transaction(self.registry.state.sessions) as session:
            person = await people.ensure_district_officer(session, PersonInput(name=name, email=email))
            return await create_login_code(session, person.id)

    async def logged_in(self) -> httpx2.AsyncClient:
        """A browser in which the district officer is logged in."""
        browser = await self.browser()
        answer = await browser.post("/anmelden", data={"code": await self.login_code()})
        assert answer.status_code == 303, answer.text
        return browser

    async def enter(self, name: str, village: str = "Gossa") -> dict[str, Any]:
        """An association, by the registry's API."""
        body = {"kind": "association", "name": name, "village_id": self.villages[village]["id"]}
        return await _post(self.officer, "/organisations", **body)

    async def lead(self, organisation: dict[str, Any]) -> dict[str, Any]:
        body = {"village_id": organisation["village_id"], "organisation_id": organisation["id"]}
        return await _post(self.officer, "/lead-mandates", **body, starts_on="2024-01-01")

    async def appoint(self, organisation: dict[str, Any]) -> dict[str, Any]:
        person = {"name": "Erna Beispiel", "email": "erna@verein.example"}
        body = {"organisation_id": organisation["id"], "function": "chair", "person": person}
        return await _post(self.officer, "/contacts", **body)


async def _post(client: httpx2.AsyncClient, path: str, **body: Any) -> dict[str, Any]:
    answer = await client.post(path, json=body)
    assert answer.is_success, answer.text
    result: dict[str, Any] = answer.json()
    return result


@pytest.fixture
async def platform(
    settings: PortalSettings, service_database: Callable[[str], str], issuer: Issuer, client_for: Clients
) -> AsyncIterator[Platform]:
    key = json.dumps(issuer.key.as_dict(private=True))
    registry_settings = registry.settings.RegistrySettings(database_url=service_database("registry"), signing_key=key)
    events_settings = events.settings.EventsSettings(database_url=service_database("events"), jwks_url=issuer.jwks_url)
    registry_app, events_app = registry.app.create_app(registry_settings), events.app.create_app(events_settings)
    behind = Starlette(routes=[Mount("/api/registry", registry_app), Mount("/api/events", events_app)])
    portal_app = portal.app.create_app(settings, transport=httpx2.ASGITransport(app=behind))
    transport = InProcessTransport()
    workers = [
        registry.worker.create_worker(registry_settings),
        events.worker.create_worker(events_settings),
        portal.worker.create_worker(settings),
    ]
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(running(events_app))
        officer = await client_for(registry_app, issuer.token_for(district_officer()))
        for worker in workers:
            await stack.enter_async_context(worker.running(transport))
        await stack.enter_async_context(started(transport))
        await _post(officer, "/districts", ags="15082", name="Anhalt-Bitterfeld")
        municipality = await _post(officer, "/municipalities", ags="15082241", name="Muldestausee")
        villages = {
            name: await _post(officer, "/villages", municipality_id=municipality["id"], name=name)
            for name in ("Gossa", "Krina")
        }
        ids = [village["id"] for village in villages.values()]
        network = await _post(officer, "/networks", name="Heidedörfer", goals=["Ein Netzwerk"], village_ids=ids)
        ready = Platform(portal_app, registry_app, client_for, officer, villages, network)
        await until(await ready.browser(), "/n/heidedoerfer/orte/krina")
        yield ready


async def until(browser: httpx2.AsyncClient, path: str, text: str = "") -> str:
    """Load a page again until it is there with this text; events need a moment."""
    import asyncio

    for _ in range(100):
        page = await browser.get(path)
        if page.status_code == 200 and text in page.text:
            return page.text
        await asyncio.sleep(0.05)
    raise AssertionError(f"{path} does not show {text!r}: {page.status_code}")
