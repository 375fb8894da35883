"""A service's worker process: consumers, outbox relay and timers, with health, metrics and the event documents."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import structlog
from faststream.asgi import AsgiFastStream, AsgiResponse, get
from faststream.rabbit import RabbitBroker

from shared.database import create_engine, create_sessions
from shared.messaging.consumer import Consumer
from shared.messaging.relay import Relay
from shared.messaging.transport import Sessions, Transport
from shared.settings import Settings
from shared.tracing import enter_trace

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Timer:
    """Work that is done again and again: `run(sessions)` every `seconds`, in one process of the service at a time."""

    name: str
    seconds: float
    run: Callable[[Sessions], Awaitable[None]]


class Worker:
    """Everything a service does without being asked by HTTP. The service's code does not know the transport."""

    def __init__(
        self, name: str, settings: Settings, *, consumers: Sequence[Consumer] = (), timers: Sequence[Timer] = ()
    ) -> None:
        self.name = name
        self.settings = settings
        self.consumers = tuple(consumers)
        self.timers = tuple(timers)
        self.engine = create_engine(settings)
        self.sessions = create_sessions(self.engine)

    @asynccontextmanager
    async def running(self, transport: Transport) -> AsyncIterator[None]:
        """Work on `transport` until the block ends."""
        for consumer in self.consumers:
            transport.subscribe(consumer, self.sessions)
        tasks = [asyncio.create_task(Relay(self.engine, transport).run(), name=f"{self.name} relay")]
        tasks += [asyncio.create_task(self._repeat(timer), name=f"{self.name} {timer.name}") for timer in self.timers]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self.engine.dispose()

    async def _repeat(self, timer: Timer) -> None:
        while True:
            try:
                enter_trace()
                await timer.run(self.sessions)
            except Exception:
                log.exception("timer.failed", timer=timer.name)
            await asyncio.sleep(timer.seconds)

    def asgi(self) -> AsgiFastStream:
        """The process as an ASGI application."""

        @get
        async def live(scope: object) -> AsgiResponse:  # noqa: ARG001
            return AsgiResponse(b"", status_code=204)

        broker = RabbitBroker(self.settings.amqp_url)
        return AsgiFastStream(broker, asgi_routes=[("/livez", live)])
