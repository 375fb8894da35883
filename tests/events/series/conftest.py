"""Series of meetings: by a rule, from a meeting that is planned."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx2
import pytest


@pytest.fixture
def first_day() -> date:
    """A Wednesday in some weeks, the second one of its month."""
    day = datetime.now(UTC).date() + timedelta(days=10)
    while not (day.weekday() == 2 and 8 <= day.day <= 14):
        day += timedelta(days=1)
    return day


@pytest.fixture
def begin(coordinator: httpx2.AsyncClient, registry: Any, plan: dict[str, Any], first_day: date) -> Callable[..., Any]:
    """`await begin(plan={...}, **series)`: a series that begins with a draft on `first_day`, every month."""

    async def start(changes: dict[str, Any] | None = None, **body: Any) -> dict[str, Any]:
        times = {"starts_at": f"{first_day}T18:30", "ends_at": f"{first_day}T20:30"}
        meeting = (await coordinator.post("/meetings", json=plan | times | (changes or {}))).raise_for_status().json()
        wanted = {"meeting_id": meeting["id"], "rule": "FREQ=MONTHLY;BYDAY=2WE"} | body
        answer = await coordinator.post("/series", json=wanted)
        assert answer.status_code == 201, answer.text
        result: dict[str, Any] = answer.json()
        return result

    return start
