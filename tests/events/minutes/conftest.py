"""A network meeting that took place, and the one after it."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from fastapi import FastAPI
from testkit.clients import Clients
from testkit.tokens import association_contact
from writing_minutes import Meeting, clock


@pytest.fixture
async def last(published: Callable[..., Any]) -> Meeting:
    """It ended yesterday; its agenda is a welcome and the village festival."""
    agenda = [{"title": "Begrüßung", "minutes": 5}, {"title": "Dorffest", "minutes": 30}, {"title": "Spielplatz"}]
    meeting: Meeting = await published(title="Februartreffen", starts_at=clock(-1.1), ends_at=clock(-1), agenda=agenda)
    return meeting


@pytest.fixture
async def coming(published: Callable[..., Any], last: Meeting) -> Meeting:
    """The next one, in a month."""
    agenda = [{"title": "Begrüßung"}, {"title": "Sommerplanung"}]
    meeting: Meeting = await published(title="Märztreffen", starts_at=clock(30), ends_at=clock(30.1), agenda=agenda)
    return meeting


@pytest.fixture
async def contact(
    registry: Any, client_for: Clients, app: FastAPI, token_for: Callable[..., str]
) -> httpx2.AsyncClient:
    """Somebody who speaks for the lead association of Gossa."""
    organisation = uuid4()
    await registry.grant_mandate(organisation, registry.gossa)
    return await client_for(app, token_for(association_contact(organisation)))
