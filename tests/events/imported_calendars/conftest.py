"""A municipality's calendar on a real web server, and the worker's look at it."""

from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import httpx2
import pytest
import sqlalchemy as sa
from events.imported_calendars.checking import Checks
from events.imported_calendars.model import CalendarSource
from imported_calendar import Municipality
from shared.outside import Outside, networks
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker


@pytest.fixture
def municipality() -> Iterator[Municipality]:
    with Municipality.running() as municipality:
        yield municipality


@pytest.fixture
async def source(coordinator: httpx2.AsyncClient, registry: Any, municipality: Municipality) -> dict[str, Any]:
    """The municipality's calendar, taken over by the network, not yet looked at."""
    body = {"network": "heidedoerfer", "name": "Gemeinde Muldestausee", "url": municipality.url, "kind": "festival"}
    added: dict[str, Any] = (await coordinator.post("/calendar-sources", json=body)).raise_for_status().json()
    return added


@pytest.fixture
def look(sessions: async_sessionmaker[AsyncSession]) -> Callable[[], Awaitable[None]]:
    """`await look()`: the worker's next look, as if the time for it had come."""
    checks = Checks(Outside(allowed=networks("127.0.0.1")))

    async def run() -> None:
        async with sessions() as session, session.begin():
            await session.execute(sa.update(CalendarSource).values(next_check_at=datetime.now(UTC)))
        await checks.run(sessions)

    return run


@pytest.fixture
def meetings(anybody: httpx2.AsyncClient) -> Callable[[], Awaitable[list[dict[str, Any]]]]:
    """`await meetings()`: what everybody sees of the network's meetings to come, by time."""

    async def ask() -> list[dict[str, Any]]:
        answer = await anybody.get("/meetings?network=heidedoerfer&limit=100")
        items: list[dict[str, Any]] = answer.raise_for_status().json()["items"]
        return items

    return ask
