"""Organisations whose entries are as old as a test wants."""

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from registry.clock import today
from registry.organisations.model import Organisation
from shared.contracts.registry import ConfirmationRequested
from sqlalchemy import update

Age = Callable[..., Awaitable[None]]


@pytest.fixture
def months_ago() -> Callable[..., date]:
    """`months_ago(12)`: the day so many months (and days) ago; the 28th at most, so that every month has it."""

    def day_of(months: int, *, days: int = 0) -> date:
        now = today()
        year, month = divmod(now.year * 12 + now.month - 1 - months, 12)
        return date(year, month + 1, min(now.day, 28)) - timedelta(days=days)

    return day_of


@pytest.fixture
def age(sessions: Any) -> Age:
    """`await age(organisation, entered=…, confirmed_on=…, asked_on=…)`: as if it had been so on these days."""

    async def change(organisation: Any, *, entered: date | None = None, **days: date | None) -> None:
        values: dict[str, Any] = dict(days)
        if entered is not None:
            values["created_at"] = datetime.combine(entered, time(12), UTC)
        async with sessions.begin() as session:
            await session.execute(update(Organisation).where(Organisation.id == organisation["id"]).values(**values))

    return change


@pytest.fixture
def mailed(outbox: Any) -> Callable[[], Awaitable[list[ConfirmationRequested]]]:
    """The mails that were ordered, in their order."""

    async def read() -> list[ConfirmationRequested]:
        return [event.data for event in await outbox.of(ConfirmationRequested)]

    return read
