"""Meetings that are on, with people who said that they come."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx2
import pytest
import sqlalchemy as sa
from events.meetings.model import Meeting
from shared.database import transaction
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

Answer = dict[str, Any]


@dataclass
class Door:
    """A meeting that is on now, and the API of its coordinator."""

    coordinator: httpx2.AsyncClient
    sessions: async_sessionmaker[AsyncSession]
    id: str

    @property
    def path(self) -> str:
        return f"/meetings/{self.id}"

    async def register(self, name: str, people: int = 1, **told: Any) -> str:
        """Somebody on the telephone: the id of the registration."""
        body = {"name": name, "people": people, **told}
        answer = await self.coordinator.post(f"{self.path}/registrations/for-somebody", json=body)
        return str(answer.raise_for_status().json()["id"])

    async def list(self) -> Answer:
        answer: Answer = (await self.coordinator.get(f"{self.path}/attendance")).raise_for_status().json()
        return answer

    async def entry(self, entry_id: str) -> Answer:
        return next(one for one in (await self.list())["entries"] if one["id"] == entry_id)

    async def note(self, entry_id: str, state: str | None, version: int = 0, **more: Any) -> httpx2.Response:
        body = {"state": state, "version": version, **more}
        return await self.coordinator.put(f"{self.path}/attendance/{entry_id}", json=body)

    async def code(self) -> str:
        answer = await self.coordinator.post(f"{self.path}/door-codes")
        return str(answer.raise_for_status().json()["code"])

    async def move(self, **by: float) -> None:
        """The meeting takes place earlier or later by this much: `await door.move(hours=-3)`."""
        delta = timedelta(**by)
        times = {"starts_at": Meeting.starts_at + delta, "ends_at": Meeting.ends_at + delta}
        async with transaction(self.sessions) as session:
            await session.execute(sa.update(Meeting).where(Meeting.id == UUID(self.id)).values(**times))

    async def certify(self, entry_id: str, name: str) -> httpx2.Response:
        body = {"items": [{"entry_id": entry_id, "name": name}]}
        return await self.coordinator.post(f"{self.path}/certificates", json=body)


@pytest.fixture
def door(
    coordinator: httpx2.AsyncClient, sessions: async_sessionmaker[AsyncSession], published: Any
) -> Callable[..., Awaitable[Door]]:
    """`await door(**changes)`: a meeting that began half an hour ago and ends in an hour and a half."""

    async def make(**changes: Any) -> Door:
        begins = datetime.now(UTC) - timedelta(minutes=30)
        times = {"starts_at": begins.isoformat(), "ends_at": (begins + timedelta(hours=2)).isoformat()}
        meeting = await published(**{**times, **changes})
        return Door(coordinator, sessions, meeting["id"])

    return make
