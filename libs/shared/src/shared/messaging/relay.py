"""The outbox relay: publishes what is committed, once confirmed moves it to the event log."""

import asyncio
from datetime import timedelta

import sqlalchemy as sa
import structlog
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from shared.contracts.envelope import Exchange
from shared.messaging.faults import is_own_cancellation
from shared.messaging.outbox import Waker
from shared.messaging.transport import Outgoing, Publication, Transport

BATCH = 500
POLL_INTERVAL = 1.0  # seconds between two looks without being woken
PUBLISH_TIMEOUT = 30.0  # seconds for all confirms of one batch

# One number for all databases: the lock lives in the service's own one. It ends with the transaction, so a relay that
# dies frees it, and two relays never publish at the same time: the order of positions is the order of commits.
_LOCK = sa.text("SELECT pg_try_advisory_xact_lock(4711001)")

_COLUMNS = "id, event_id, exchange, routing_key, type, subject, networkid, body, attempts"
_CLAIM = sa.text(
    f"(SELECT {_COLUMNS} FROM outbox WHERE not_before IS NULL ORDER BY id LIMIT :batch)"  # noqa: S608 - constants
    f" UNION ALL (SELECT {_COLUMNS} FROM outbox WHERE not_before <= now() ORDER BY not_before LIMIT :batch)"
    " ORDER BY id LIMIT :batch"
)
_MOVE = sa.text(
    """
    WITH taken AS (DELETE FROM outbox WHERE id = ANY(:ids) RETURNING *)
    INSERT INTO event_log (event_id, type, kind, subject, sequence, networkid, body)
    SELECT event_id, type, split_part(type, '.', 1) || '.' || split_part(type, '.', 2), subject, sequence,
           networkid, body
    FROM taken WHERE exchange = 'events' ORDER BY id
    """
)
_POSTPONE = sa.text(
    "UPDATE outbox SET attempts = attempts + 1, last_error = :error, not_before = now() + :pause WHERE id = :id"
)
_AGE = sa.text(
    "SELECT coalesce(extract(epoch FROM max(now() - coalesce(greatest(not_before, created_at), created_at))), 0)"
    " FROM outbox WHERE attempts > 0 OR not_before IS NULL OR not_before <= now()"
)

log = structlog.get_logger(__name__)


class Relay:
    """Publishes one database's outbox to one transport. Any number may run; one at a time works."""

    def __init__(self, engine: AsyncEngine, transport: Transport) -> None:
        self._engine = engine
        self._transport = transport
        self._wake = asyncio.Event()

    async def run(self) -> None:
        """Work until cancelled; every failure is survived."""
        waker = Waker.of(self._engine.sync_engine)
        waker.relays.add(self._wake)
        try:
            while True:
                await self._round()
        finally:
            waker.relays.discard(self._wake)

    async def _round(self) -> None:
        try:
            self._wake.clear()
            while await self.publish_batch() >= BATCH:
                pass
            async with asyncio.timeout(POLL_INTERVAL):
                await self._wake.wait()
        except TimeoutError:
            return
        except asyncio.CancelledError:
            if is_own_cancellation():
                raise
            log.warning("relay.stray_cancellation")
        except Exception as error:  # whatever it is, the relay goes on
            log.warning("relay.failed", error=type(error).__name__)
            await asyncio.sleep(POLL_INTERVAL)

    async def publish_batch(self) -> int:
        """Publish up to `BATCH` rows that are due; returns how many there were, 0 while another relay works."""
        async with self._engine.begin() as connection:
            if not (await connection.execute(_LOCK)).scalar():
                return 0
            rows = (await connection.execute(_CLAIM, {"batch": BATCH})).all()
            if not rows:
                return 0
            batch = [Outgoing(row.id, row.event_id, Exchange(row.exchange), *row[3:]) for row in rows]
            async with asyncio.timeout(PUBLISH_TIMEOUT):
                publication = await self._transport.publish(batch)
            await self._settle(connection, batch, publication)
        return len(batch)

    @staticmethod
    async def _settle(connection: AsyncConnection, batch: list[Outgoing], publication: Publication) -> None:
        if publication.confirmed:
            await connection.execute(_MOVE, {"ids": sorted(publication.confirmed)})
        for message in batch:
            if message.id in publication.failed:
                pause = timedelta(seconds=min(2.0**message.attempts, 60))
                error = publication.failed[message.id]
                await connection.execute(_POSTPONE, {"id": message.id, "error": error, "pause": pause})

    async def age(self) -> float:
        """Seconds that the oldest row has been waiting although it could go out; 0 when there is none."""
        async with self._engine.connect() as connection:
            return float((await connection.execute(_AGE)).scalar_one())
