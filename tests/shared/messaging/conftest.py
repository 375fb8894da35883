"""Two services on real databases: `writer` records events, `reader` has consumers and a table that shows effects."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest
from shared.messaging.consumer import Consumer
from shared.messaging.in_process import InProcessTransport
from shared.messaging.rabbit import RabbitTransport
from shared.messaging.relay import Relay
from shared.messaging.transport import Transport
from shared.messaging.worker import started
from testkit.databases import Databases
from testkit.messaging import Run, Service, build_effects, service, until


@pytest.fixture
async def writer(databases: Databases) -> AsyncIterator[Service]:
    async with service(databases.messaging("writer")) as found:
        yield found


@pytest.fixture
async def reader(databases: Databases) -> AsyncIterator[Service]:
    async with service(databases.built("reader", build_effects)) as found:
        yield found


@pytest.fixture(params=["in_process", "rabbitmq"])
def transport(request: pytest.FixtureRequest) -> Transport:
    """The same scenarios on both transports."""
    if request.param == "in_process":
        return InProcessTransport()
    return RabbitTransport(request.getfixturevalue("amqp_url"), request.getfixturevalue("amqp_prefix"))


@pytest.fixture
def rabbit(amqp_url: str, amqp_prefix: str) -> RabbitTransport:
    return RabbitTransport(amqp_url, amqp_prefix)


@pytest.fixture
async def run(writer: Service, reader: Service) -> AsyncIterator[Run]:
    """`await run(transport, consumer, …)` starts the writer's relay and the reader's consumers until the test ends."""
    async with AsyncExitStack() as stack:

        async def start(transport: Transport, *consumers: Consumer, wait: float = 15) -> None:
            for consumer in consumers:
                transport.subscribe(consumer, reader.sessions)
            await stack.enter_async_context(started(transport))

            async def is_ready() -> bool:
                return transport.ready()

            if wait:
                await until(is_ready, seconds=wait, what="the transport's start")
            relay = asyncio.create_task(Relay(writer.engine, transport).run())

            async def stop() -> None:
                relay.cancel()
                await asyncio.gather(relay, return_exceptions=True)

            stack.push_async_callback(stop)

        yield start
