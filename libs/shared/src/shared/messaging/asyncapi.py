"""The AsyncAPI 3.0 document of a service's events, made from its contracts and consumers by FastStream's generator."""

import re
from collections.abc import Iterable
from typing import Any

from faststream.rabbit import RabbitBroker, RabbitExchange, RabbitQueue
from faststream.specification import AsyncAPI

from shared.contracts.envelope import DISTRICT, Event, EventData, contracts
from shared.messaging.consumer import Consumer
from shared.messaging.topology import Topology

NETWORK = "{network}"


def create_document(service: str, consumers: Iterable[Consumer], *, prefix: str, version: str = "1") -> dict[str, Any]:
    """Describe what `service` publishes and what it listens to. The broker that is described is never connected.

    The published events are the contracts whose type begins with the service's name; import their modules first.
    """
    topology = Topology(prefix)
    broker = RabbitBroker("amqp://broker", description="RabbitMQ; messages are CloudEvents 1.0 in structured JSON")
    topics = {exchange.name: exchange for exchange in topology.exchanges()}
    for data_class in contracts().values():
        if data_class.type.startswith(f"{service}."):
            _describe_published(broker, topics[topology.exchange(data_class.exchange)], data_class)
    for consumer in consumers:
        for data_class in consumer.data_classes():
            _describe_consumed(broker, topics[topology.exchange(data_class.exchange)], topology, consumer, data_class)
    specification = AsyncAPI(
        broker,
        title=f"Dorfnetz {service}",
        version=version,
        description=f"`{NETWORK}` is the slug of a network, or `{DISTRICT}` for an event that belongs to none.",
        schema_version="3.0.0",
    ).to_specification()
    document: dict[str, Any] = specification.to_jsonable()
    return document


def _describe_published(broker: RabbitBroker, exchange: RabbitExchange, data_class: type[EventData]) -> None:
    broker.publisher(
        exchange=exchange,
        routing_key=f"{data_class.type}.*",
        persist=True,
        title=f"{data_class.type}:Publish",
        description=_summary(data_class),
        schema=Event[data_class],  # type: ignore[valid-type]
    )


def _describe_consumed(
    broker: RabbitBroker,
    exchange: RabbitExchange,
    topology: Topology,
    consumer: Consumer,
    data_class: type[EventData],
) -> None:
    queue = RabbitQueue(topology.queue(consumer.name), durable=True, routing_key=f"{data_class.type}.*")
    subscriber = broker.subscriber(
        queue, exchange, title=f"{data_class.type}:{consumer.name}", description=_summary(data_class)
    )

    async def handle(event: Any) -> None: ...

    handle.__annotations__["event"] = Event[data_class]  # type: ignore[valid-type]
    subscriber(handle)


def _summary(data_class: type[EventData]) -> str:
    words = re.sub(r"(?<!^)(?=[A-Z])", " ", data_class.__name__).capitalize()
    return f"{words}. {data_class.__doc__ or ''}".strip()
