"""The outbox relay: publishes what is committed, and moves what is confirmed to the event log."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
import structlog
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from shared.contracts.envelope import Exchange
from shared.messaging import log_tail, metrics
from shared.messaging.faults import own_cancellation
from shared.messaging.outbox import CHANNEL, Waker
from shared.messaging.transport import Outgoing, Publication, Transport

BATCH = 500
POLL_INTERVAL = 1.0  # seconds between two looks without being woken, and after a failure

# The lock lives in the service's own database and ends with the transaction, so a relay that dies frees it. Never two
# at a time: positions become visible in the order in which they are drawn.
_LOCK = sa.text("SELECT pg_try_advisory_xact_lock(x'6f7574626f78'::bigint)")

_COLUMNS = "id, event_id, exchange, routing_key, type, subject, networkid, body, attempts"
_CLAIM = sa.text(
    f"(SELECT {_COLUMNS} FROM outbox WHERE not_before IS NULL ORDER BY id LIMIT :batch)"  # noqa: S608 - constants
    f" UNION ALL (SELECT {_COLUMNS} FROM outbox WHERE not_before <= now() ORDER BY not_before LIMIT :batch)"
    " ORDER BY id LIMIT :batch"
)
# Private events are published and forgotten: what is in the log is read by everybody.
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
    "UPDATE outbox SET attempts = attempts + 1, last_error = :code, not_before = now() + :pause WHERE id = :id"
)
_TELL_READERS = sa.select(sa.func.pg_notify(log_tail.CHANNEL, ""))
# A timer is late from its own moment on; a row that failed has been late since it was written.
_AGE = sa.text(
    "SELECT coalesce(extract(epoch FROM max(now() - CASE WHEN attempts > 0 OR not_before IS NULL THEN created_at"
    " ELSE not_before END)), 0) FROM outbox WHERE attempts > 0 OR not_before IS NULL OR not_before <= now()"
)

log = structlog.get_logger(__name__)


class Relay:
    """Publishes one database's outbox to one transport. Any number may run; one at a time works."""

    def __init__(self, engine: AsyncEngine, transport: Transport, *, service: str = "") -> None:
        self._engine = engine
        self._transport = transport
        self._service = service
        self._wake = asyncio.Event()

    async def run(self) -> None:
        """Work until cancelled; every failure is survived."""
        waker = Waker.of(self._engine.sync_engine)
        waker.relays.add(self._wake)
        listener = asyncio.create_task(self._listen(), name="outbox listener")
        try:
            while True:
                await self._drain()
                await self._rest()
        finally:
            waker.relays.discard(self._wake)
            listener.cancel()
            await asyncio.gather(listener, return_exceptions=True)

    async def _drain(self) -> None:
        """Publish until nothing is due."""
        self._wake.clear()
        try:
            with own_cancellation():
                while await self.publish_batch():
                    pass
        except Exception as error:
            metrics.PUBLISH_FAILURES.labels(self._service, type(error).__name__).inc()
            log.warning("relay.failed", error=type(error).__name__)
            await asyncio.sleep(POLL_INTERVAL)

    async def _rest(self) -> None:
        try:
            async with asyncio.timeout(POLL_INTERVAL):
                await self._wake.wait()
        except TimeoutError:
            return

    async def publish_batch(self) -> bool:
        """Publish up to `BATCH` rows that are due. Returns whether there may be more to do at once."""
        async with self._engine.begin() as connection:
            if not (await connection.execute(_LOCK)).scalar():
                return False
            rows = (await connection.execute(_CLAIM, {"batch": BATCH})).all()
            if not rows:
                return False
            batch = [Outgoing(row[0], row[1], Exchange(row[2]), *row[3:]) for row in rows]
            async with asyncio.timeout(self._transport.publish_timeout):
                publication = await self._transport.publish(batch)
            await self._settle(connection, batch, publication)
        metrics.PUBLISHED.labels(self._service).inc(len(publication.confirmed))
        return len(batch) == BATCH and len(publication.confirmed) + len(publication.failed) == BATCH

    async def _settle(self, connection: AsyncConnection, batch: Sequence[Outgoing], publication: Publication) -> None:
        """Write down what became of the batch, in the transaction that holds the lock."""
        if publication.confirmed:
            await connection.execute(_MOVE, {"ids": sorted(publication.confirmed)})
            await connection.execute(_TELL_READERS)
        for row in batch:
            failure = publication.failed.get(row.id)
            if failure is not None:
                metrics.PUBLISH_FAILURES.labels(self._service, failure.code).inc()
                pause = timedelta(seconds=failure.pause)
                await connection.execute(_POSTPONE, {"id": row.id, "code": failure.code, "pause": pause})
        if publication.failed:
            soonest = min(failure.pause for failure in publication.failed.values())
            asyncio.get_running_loop().call_later(soonest, self._wake.set)

    async def _listen(self) -> None:
        """Be woken by commits of other processes. Without it, while the database is away, the relay polls."""
        while True:
            try:
                async with self._engine.connect() as connection:
                    await self._wait_for_notifications(connection)
            except Exception as error:
                log.warning("relay.listener_failed", error=type(error).__name__)
            await asyncio.sleep(POLL_INTERVAL)

    async def _wait_for_notifications(self, connection: AsyncConnection) -> None:
        driver: Any = (await connection.get_raw_connection()).driver_connection
        gone = asyncio.Event()

        def wake(*_: object) -> None:
            self._wake.set()

        def end(*_: object) -> None:
            gone.set()

        driver.add_termination_listener(end)
        try:
            await driver.add_listener(CHANNEL, wake)
            await gone.wait()
        finally:
            await connection.invalidate()  # never back to the pool: it still listens

    async def age(self) -> float:
        """Seconds that the oldest row has been waiting although it could go out; 0 when there is none."""
        async with self._engine.connect() as connection:
            return float((await connection.execute(_AGE)).scalar_one())
