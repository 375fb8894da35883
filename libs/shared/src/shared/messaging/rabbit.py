"""The transport over RabbitMQ: FastStream subscribers feed collectors, a publisher of its own serves the relay."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from types import TracebackType
from weakref import WeakKeyDictionary

import aiormq.abc
import structlog
from aio_pika import IncomingMessage, RobustConnection
from faststream import AckPolicy
from faststream.rabbit import Channel, RabbitBroker

from shared.contracts.envelope import Exchange
from shared.messaging.collector import BATCH, AckChannel, Collector, Received
from shared.messaging.consumer import Consumer
from shared.messaging.inbox import Inbox
from shared.messaging.publisher import BatchPublisher, amqp_url
from shared.messaging.topology import Topology
from shared.messaging.transport import Delivery, Outgoing, Publication, Sessions

PREFETCH = 2 * BATCH  # while one batch is being done, the next one is here
RECONNECT_INTERVAL = 1.0  # seconds
STOP_TIMEOUT = 5.0
PUBLISH_TIMEOUT = 30.0  # seconds for all confirms of a batch
EXCHANGE_HEADER = "dorfnetz-exchange"  # of a replayed dead letter, which comes over no exchange of ours

log = structlog.get_logger(__name__)


class BrokerAway(Exception):
    """Nothing can be published yet."""


class _Connection(RobustConnection):
    """A connection that whoever stops waiting for it also ends.

    aio-pika leaves the task behind that connects again and again, and that task takes a cancellation for a failed
    attempt: a process told to end while it connects would never end.
    """

    async def connect(self, timeout: float | None = None) -> None:
        """Connect, or leave nothing behind."""
        try:
            await super().connect(timeout)
        except BaseException:
            await self.close()
            raise


class _Broker(RabbitBroker):
    """FastStream's broker in the order connect, declare, start, and patient: whoever runs it need not be."""

    declare: Callable[[], Awaitable[None]]
    begin: Callable[[], None]
    end: Callable[[], Awaitable[None]]

    async def start(self) -> None:
        """Returns when the queues are consumed, however long the broker is away."""
        while True:
            try:
                await self.connect()
                await self.declare()
                self.begin()
                await super().start()
            except Exception as error:
                log.warning("rabbit.start_failed", error=type(error).__name__)
                await asyncio.sleep(RECONNECT_INTERVAL)
            else:
                return

    async def stop(
        self,
        exc_type: type[BaseException] | None = None,
        exc_val: BaseException | None = None,
        exc_tb: TracebackType | None = None,
    ) -> None:
        """Let go of everything; the rest is delivered again to somebody else."""
        await self.end()
        try:
            async with asyncio.timeout(STOP_TIMEOUT):
                await super().stop(exc_type, exc_val, exc_tb)
        except Exception as error:
            log.warning("rabbit.stop_failed", error=type(error).__name__)


class RabbitTransport:
    """One process's connections: one that consumes, one that publishes."""

    publish_timeout: float | None = PUBLISH_TIMEOUT

    def __init__(self, url: str, prefix: str, *, name: str = "dorfnetz") -> None:
        self._topology = Topology(prefix)
        self._publisher = BatchPublisher(url, self._topology, name=f"{name} relay")
        # FastStream's logger writes two lines a message, its argument injection is not used: both cost a quarter each.
        self.broker = _Broker(
            amqp_url(url, f"{name} consumers"),
            fail_fast=False,
            reconnect_interval=RECONNECT_INTERVAL,
            default_channel=Channel(prefetch_count=PREFETCH),
            logger=None,
            apply_types=False,
            graceful_timeout=0,
        )
        self.broker._connection_kwargs["connection_class"] = _Connection  # noqa: SLF001 - it has no other way in
        self.broker.declare, self.broker.begin, self.broker.end = self._declare, self._begin, self._end
        self._private = self._topology.exchange(Exchange.PRIVATE)
        self._consumers: list[Consumer] = []
        self._collectors: list[Collector] = []
        self._channels: WeakKeyDictionary[aiormq.abc.AbstractChannel, AckChannel] = WeakKeyDictionary()
        self._tasks: list[asyncio.Task[None]] = []
        self._declared = False

    def subscribe(self, consumer: Consumer, sessions: Sessions) -> None:
        """Feed a consumer from its queue. Call it before `start`."""
        collector = Collector(Inbox(consumer, sessions))
        self._consumers.append(consumer)
        self._collectors.append(collector)
        subscriber = self.broker.subscriber(
            self._topology.consumer_queue(consumer.name),
            ack_policy=AckPolicy.MANUAL,
            no_reply=True,
            include_in_schema=False,
        )

        async def collect(message: IncomingMessage) -> None:
            collector.put(self._receive(message))

        # A subscriber runs only with a handler. Its steps for one message (parse, decode, middlewares, injection) are
        # of no use to a batch and take most of the time, so `consume`, where aio-pika hands the message over, collects.
        subscriber(collect)
        subscriber.consume = collect  # type: ignore[method-assign,assignment]

    def _receive(self, message: IncomingMessage) -> Received:
        channel = message.channel
        answers = self._channels.get(channel)
        if answers is None:
            answers = self._channels[channel] = AckChannel(channel)
        origin = message.headers.get(EXCHANGE_HEADER) or message.exchange
        exchange = Exchange.PRIVATE if origin == self._private else Exchange.EVENTS
        delivery = Delivery(exchange, message.routing_key or "", message.body)
        return Received(delivery, answers, message.delivery_tag or 0)

    async def start(self) -> None:
        """Connect, declare, start to consume; waits as long as the broker is away."""
        await self.broker.start()

    async def stop(self) -> None:
        """Stop consuming, roll back what is being done, disconnect. What was not acknowledged is delivered again."""
        await self.broker.stop()

    async def _declare(self) -> None:
        for exchange in self._topology.exchanges():
            await self.broker.declare_exchange(exchange)
        unrouted = await self.broker.declare_queue(self._topology.unrouted_queue())
        await unrouted.bind(self._topology.unrouted)
        for consumer in self._consumers:
            dead_exchange = await self.broker.declare_exchange(self._topology.consumer_dead_exchange(consumer.name))
            dead = await self.broker.declare_queue(self._topology.consumer_dead_queue(consumer.name))
            await dead.bind(dead_exchange, routing_key=self._topology.queue(consumer.name))
            queue = await self.broker.declare_queue(self._topology.consumer_queue(consumer.name))
            for binding in consumer.bindings():
                await queue.bind(self._topology.exchange(binding.exchange), routing_key=binding.pattern)
        self._declared = True

    def _begin(self) -> None:
        if not self._tasks:
            self._tasks = [asyncio.create_task(collector.run()) for collector in self._collectors]

    async def _end(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []
        await self._publisher.close()

    def ready(self) -> bool:
        """Whether the consumers' connection stands."""
        connection = self.broker._connection  # noqa: SLF001 - `ping` waits, which health must not
        return self._declared and connection is not None and connection.connected.is_set()

    async def publish(self, batch: Sequence[Outgoing]) -> Publication:
        """Publish in order, confirmed. Raises `BrokerAway` before the exchanges are declared."""
        if not self._declared:
            raise BrokerAway
        return await self._publisher.publish(batch)
