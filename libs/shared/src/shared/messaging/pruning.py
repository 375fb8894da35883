"""Forgetting what is no longer needed: old inbox rows and answers to old commands."""

from datetime import timedelta

import sqlalchemy as sa

from shared.database import transaction
from shared.messaging.tables import idempotency_key, inbox
from shared.messaging.transport import Sessions

INTERVAL = 600.0  # seconds
# A dead letter may be replayed after weeks; only then could a row that is gone let an effect happen twice.
KEEP_INBOX = timedelta(days=60)
KEEP_IDEMPOTENCY_KEYS = timedelta(days=1)
BATCH = 5000


async def prune(sessions: Sessions) -> None:
    """Delete in small transactions, so that nobody waits for it."""
    await _prune(sessions, inbox, inbox.c.processed_at, KEEP_INBOX)
    await _prune(sessions, idempotency_key, idempotency_key.c.created_at, KEEP_IDEMPOTENCY_KEYS)


async def _prune(sessions: Sessions, table: sa.Table, moment: sa.Column[object], keep: timedelta) -> None:
    ctid: sa.ColumnElement[object] = sa.literal_column("ctid")
    old = sa.select(ctid).select_from(table).where(moment < sa.func.now() - keep).limit(BATCH)
    while True:
        async with transaction(sessions) as session:
            result = await session.execute(sa.delete(table).where(ctid.in_(old)))
        if result.rowcount < BATCH:  # type: ignore[attr-defined]
            return
