"""The portal on a real database, alone with an example network or together with the services it calls."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
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
from portal.settings import PortalSettings
from portal_platform import ORIGIN, Platform, post, until
from shared.access.tenancy import EVERYTHING
from shared.contracts.envelope import Event
from shared.contracts.events import InvitationIssued
from shared.database import create_engine, create_sessions, transaction
from shared.messaging.consumer import Consumer
from shared.messaging.in_process import InProcessTransport
from shared.messaging.worker import started
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from starlette.applications import Starlette
from starlette.routing import Mount
from testkit.clients import Clients, running
from testkit.tokens import Issuer, district_officer

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
    engine = create_engine(settings, scopes=EVERYTHING)
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
    transport, tokens = InProcessTransport(), list[str]()
    postman = Consumer("portal.test-postman")

    @postman.on(InvitationIssued)
    async def invitation_issued(_session: AsyncSession, event: Event[InvitationIssued]) -> None:
        tokens.append(event.data.reply_token)

    workers = [
        registry.worker.create_worker(registry_settings),
        events.worker.create_worker(events_settings),
        portal.worker.create_worker(settings),
    ]
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(running(events_app))
        officer = await client_for(registry_app, issuer.token_for(district_officer()))
        transport.subscribe(postman, workers[2].sessions)
        for worker in workers:
            await stack.enter_async_context(worker.running(transport))
        await stack.enter_async_context(started(transport))
        await post(officer, "/districts", ags="15082", name="Anhalt-Bitterfeld")
        municipality = await post(officer, "/municipalities", ags="15082241", name="Muldestausee")
        villages = {
            name: await post(officer, "/villages", municipality_id=municipality["id"], name=name)
            for name in ("Gossa", "Krina")
        }
        ids = [village["id"] for village in villages.values()]
        network = await post(officer, "/networks", name="Heidedörfer", goals=["Ein Netzwerk"], village_ids=ids)
        ready = Platform(portal_app, registry_app, client_for, officer, villages, network, tokens, behind)
        await until(await ready.browser(), "/n/heidedoerfer/orte/krina")
        yield ready
