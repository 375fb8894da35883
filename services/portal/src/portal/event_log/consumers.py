"""The event log keeps every public event."""

from typing import Any

from shared.contracts.envelope import Event
from shared.messaging.consumer import Consumer
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from portal.event_log.model import EventEntry

consumer = Consumer("portal.event-log")

ONE_WRITER = 0x45564C47  # key of the advisory lock


@consumer.on_every_event
async def keep(session: AsyncSession, event: Event[Any]) -> None:
    """Write the event down once.

    The lock lasts until the commit, so a position is never drawn before one that is still uncommitted: whoever has
    read up to a position has missed nothing below it.
    """
    await session.execute(select(func.pg_advisory_xact_lock(ONE_WRITER)))
    entry = insert(EventEntry).values(
        event_id=event.id,
        type=event.type,
        networkid=event.networkid,
        subject=event.subject,
        time=event.time,
        body=event.model_dump(mode="json", exclude_none=True),
    )
    await session.execute(entry.on_conflict_do_nothing(index_elements=["event_id"]))
