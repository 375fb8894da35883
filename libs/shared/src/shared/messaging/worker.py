"""A service's worker process: consumers, outbox relay and timers, with health, metrics and the event document."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from zlib import crc32

import sqlalchemy as sa
import structlog
from faststream.asgi import AsgiFastStream

from shared.access.tenancy import EVERYTHING, check_role
from shared.database import create_engine, create_sessions
from shared.messaging import health, metrics
from shared.messaging.asyncapi import create_document
from shared.messaging.consumer import Consumer
from shared.messaging.rabbit import RabbitTransport
from shared.messaging.relay import Relay
from shared.messaging.transport import Sessions, Transport
from shared.settings import MissingSetting, Settings
from shared.tracing import enter_trace

TIMERS_AT_ONCE = 3
"""A timer takes two connections, one for its lock and one for its work: if all of a worker's began together, their
locks would take the whole pool, and each would wait for the connection to work with."""
OUTBOX_AGE_LIMIT = 60.0  # seconds: older means that events do not go out

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Timer:
    """Work that is done again and again: `run(sessions)` every `seconds`, in one process of the service at a time.

    The first time is `first_after` seconds after the start of the worker.
    """

    name: str
    seconds: float
    run: Callable[[Sessions], Awaitable[None]]
    first_after: float = 0.0


class Worker:
    """Everything a service does without being asked by HTTP. The service's code does not know the transport."""

    def __init__(
        self, name: str, settings: Settings, *, consumers: Sequence[Consumer] = (), timers: Sequence[Timer] = ()
    ) -> None:
        self.name = name
        self.settings = settings
        self.consumers = tuple(consumers)
        self.timers = tuple(timers)
        self._free_timers = asyncio.Semaphore(TIMERS_AT_ONCE)
        self.engine = create_engine(settings, scopes=EVERYTHING)
        self.sessions = create_sessions(self.engine)

    @asynccontextmanager
    async def running(self, transport: Transport) -> AsyncIterator[None]:
        """Work on `transport`, which the caller starts and stops, until the block ends."""
        for consumer in self.consumers:
            transport.subscribe(consumer, self.sessions)
        jobs = [self._relay(transport).run(), *(self._repeat(timer) for timer in self.timers)]
        tasks = [asyncio.create_task(job) for job in jobs]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self.engine.dispose()

    def _relay(self, transport: Transport) -> Relay:
        return Relay(self.engine, transport, service=self.name)

    async def _repeat(self, timer: Timer) -> None:
        await asyncio.sleep(timer.first_after)
        while True:
            enter_trace()
            try:
                await self._run_alone(timer)
            except Exception as error:
                metrics.TIMER_FAILURES.labels(self.name, timer.name).inc()
                log.exception("timer.failed", timer=timer.name, exc_info=error)
            await asyncio.sleep(timer.seconds)

    async def _run_alone(self, timer: Timer) -> None:
        """Run once unless another process of the service is at it; a process that dies frees the lock."""
        lock = sa.select(sa.func.pg_try_advisory_xact_lock(crc32(timer.name.encode())))
        async with self._free_timers, self.engine.begin() as connection:
            if (await connection.execute(lock)).scalar():
                await timer.run(self.sessions)

    async def check(self, transport: Transport) -> dict[str, Any]:
        """How the parts are. Raises when the database does not answer, `UnboundRole` when it hides nothing from us."""
        async with self.engine.connect() as connection:
            await check_role(connection)
        age = await self._relay(transport).age()
        metrics.OUTBOX_AGE.labels(self.name).set(age)
        ready = transport.ready() and age < OUTBOX_AGE_LIMIT
        return {
            "status": "ok" if ready else "unavailable",
            "broker": "ok" if transport.ready() else "unavailable",
            "oldest_event_seconds": round(age, 1),
        }

    def asyncapi(self) -> dict[str, Any]:
        """The AsyncAPI document of the service's events."""
        return create_document(self.name, self.consumers, prefix=self.settings.amqp_prefix)

    def asgi(self) -> AsgiFastStream:
        """The process as an ASGI application, working on RabbitMQ. A broker or database that is away is waited for."""
        if self.settings.amqp_url is None:
            raise MissingSetting("DORFNETZ_AMQP_URL: a worker needs a broker")
        transport = RabbitTransport(self.settings.amqp_url, self.settings.amqp_prefix, name=f"dorfnetz {self.name}")

        @asynccontextmanager
        async def lifespan() -> AsyncIterator[None]:
            async with self.running(transport):
                yield

        async def check() -> dict[str, Any]:
            return await self.check(transport)

        routes = [*health.create_routes(check), health.create_document_route(self.asyncapi)]
        return AsgiFastStream(transport.broker, asgi_routes=routes, lifespan=lifespan, logger=None)


@asynccontextmanager
async def started(transport: Transport) -> AsyncIterator[None]:
    """A transport that starts in the background, where its broker may be away for long, and stops with the block."""
    task = asyncio.create_task(transport.start(), name="transport start")
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await transport.stop()
