"""The portal on a real database, alone with an example network or together with the services it calls."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx2
import pytest
from example_network import everything, tell
from portal.settings import PortalSettings
from portal_platform import ORIGIN, Platform
from running_portal import create_portal, portal_settings, running_platform
from shared.access.tenancy import EVERYTHING
from shared.contracts.envelope import Event
from shared.database import create_engine, create_sessions, transaction
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from testkit.clients import Clients
from testkit.tokens import Issuer


@pytest.fixture
def settings(service_database: Callable[[str], str], issuer: Issuer) -> PortalSettings:
    return portal_settings(service_database, issuer)


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
    app = create_portal(settings, httpx2.MockTransport(nobody_answers))
    client = await client_for(app)
    client.headers.update(ORIGIN)
    return client


@pytest.fixture
async def platform(
    settings: PortalSettings, service_database: Callable[[str], str], issuer: Issuer, client_for: Clients
) -> AsyncIterator[Platform]:
    async with running_platform(settings, service_database, issuer, client_for) as ready:
        yield ready
