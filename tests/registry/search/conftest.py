"""A small directory that the search has read."""

from collections.abc import Awaitable, Callable
from typing import Any

import httpx2
import pytest
from registry.search.index import catch_up
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

Ask = Callable[..., Awaitable[Any]]


@pytest.fixture
def ask(anybody: httpx2.AsyncClient, sessions: async_sessionmaker[AsyncSession]) -> Ask:
    """`await ask("Feuerwehr", by=client, kind="village")`: the answer, after the index has caught up."""

    async def search(query: str, *, by: httpx2.AsyncClient | None = None, **wanted: Any) -> Any:
        await catch_up(sessions)
        answer = await (by or anybody).get("/search", params={"q": query, **wanted})
        assert answer.status_code == 200, answer.text
        return answer.json()

    return search


@pytest.fixture
def post(world: Any) -> Ask:
    """`await post("/help-entries", title=…)`: the answer to a command of the district office that must succeed."""

    async def send(path: str, **body: Any) -> Any:
        answer = await world.officer.post(path, json=body)
        assert answer.is_success, answer.text
        return answer.json()

    return send


@pytest.fixture
async def directory(world: Any) -> Any:
    """Invented associations, as they are called in villages."""
    for name, facts in {
        "Förderverein der Freiwilligen Feuerwehr Gossa e. V.": {
            "goals": "Wir helfen den Kameraden.",
            "facilities": ["Gerätehaus mit Schulungsraum"],
            "fields": ["feuerwehr-und-rettung"],
        },
        "Heimatverein Krina": {"village": world.krina, "goals": "Das alte Backhaus erhalten."},
        "Schützengilde zu Krina": {"village": world.krina},
        "Kita-Freunde Bärenwald": {"goals": "Spielgeräte für den Kindergarten."},
        "Chorgemeinschaft Löberitz": {"village": world.loeberitz, "strengths": "Unser Heimatfest im September."},
        "Gärtnerei Grünwald": {"kind": "company", "support_kinds": ["material"]},
        "Seniorentreff Pouch": {"village": world.pouch, "kind": "initiative", "goals": "Fahrdienst zum Arzt."},
        "Sportverein Blau-Weiß Gossa": {"fields": ["sport"], "goals": "Fußball und Gymnastik."},
        "Rat der Ortschaft Krina": {
            "kind": "public_body",
            "public_body_kind": "village_council",
            "village": world.krina,
        },
        "Anglerfreunde Muldetal": {"goals": "Saubere Gewässer, Umweltschutz."},
    }.items():
        await world.enter(name, **facts)
    return world
