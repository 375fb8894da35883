"""Making the read model anew from what the services say: after a restore, or when a portal is new in a district."""

import asyncio
from typing import Any

import httpx2
import sqlalchemy as sa
from pydantic import ValidationError
from shared.access.tenancy import EVERYTHING
from shared.contracts.envelope import Event, Exchange
from shared.contracts.registry import LeadMandateEnded, LeadMandateGranted
from shared.database import create_engine, create_sessions, transaction
from sqlalchemy.ext.asyncio import AsyncSession

from portal.database import Base
from portal.read_model import model
from portal.read_model.consumers import consumer, count_change
from portal.settings import PortalSettings

# A village's mandates are several rows made by events of one subject: the newest event alone does not tell them all.
HISTORIES = (LeadMandateGranted.type, LeadMandateEnded.type)
LATE = 1.0  # seconds after which events are in the log that were on the broker when the snapshot was made
PAGE = 1000
_TABLES: list[Any] = [
    mapper.local_table for mapper in Base.registry.mappers if issubclass(mapper.class_, model.Projected)
]


async def rebuild(settings: PortalSettings, transport: httpx2.AsyncBaseTransport | None = None) -> dict[str, int]:
    """Replace every row in one transaction; returns the number of events read from each service.

    The count of changes is locked first, so consumers wait until the new rows are there. Raises `httpx2.HTTPError`
    when a service does not answer; then everything stays as it was.
    """
    engine = create_engine(settings, scopes=EVERYTHING)
    services = {
        "registry": settings.registry_url,
        "events": settings.events_url,
        "notifications": settings.notifications_url,
    }
    try:
        async with transaction(create_sessions(engine)) as session:
            await count_change(session)
            for table in _TABLES:
                await session.execute(sa.delete(table))
            return {name: await _read(session, url, settings, transport) for name, url in services.items()}
    finally:
        await engine.dispose()


async def _read(
    session: AsyncSession, url: str, settings: PortalSettings, transport: httpx2.AsyncBaseTransport | None
) -> int:
    async with httpx2.AsyncClient(base_url=url, timeout=settings.service_timeout * 6, transport=transport) as http:
        answer = await http.get("/snapshot")
        answer.raise_for_status()
        count, cursor = await _apply(session, answer.json()), int(answer.headers["dorfnetz-cursor"])
        for event_type in HISTORIES:
            count += (await _replay(session, http, 0, type=event_type))[0]
        await asyncio.sleep(LATE)
        return count + (await _replay(session, http, cursor))[0]


async def _replay(session: AsyncSession, http: httpx2.AsyncClient, cursor: int, **filters: str) -> tuple[int, int]:
    count = 0
    while True:
        answer = await http.get("/events", params={"after": cursor, "limit": PAGE, **filters})
        answer.raise_for_status()
        events = answer.json()
        if not events:
            return count, cursor
        count, cursor = count + await _apply(session, events), int(answer.headers["dorfnetz-cursor"])


async def _apply(session: AsyncSession, events: list[dict[str, Any]]) -> int:
    for event in events:
        for call in consumer.calls_for(event["type"], Exchange.EVENTS):
            try:
                parsed = Event[call.data_class].model_validate(event)  # type: ignore[name-defined]
            except ValidationError:
                continue  # the consumer has it among its dead letters
            await call.function(session, parsed)
    return len(events)
