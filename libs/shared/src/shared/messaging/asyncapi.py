"""The AsyncAPI 3.0 document of a service's events, made from its contracts and consumers by FastStream's generator."""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from faststream.rabbit import RabbitBroker, RabbitExchange, RabbitQueue
from faststream.specification import AsyncAPI
from pydantic import BaseModel, create_model

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
    document: dict[str, Any] = _tidy(specification.to_jsonable())
    return document


def _tidy(node: Any) -> Any:
    """Names that AsyncAPI allows (FastStream joins its own by colons), in one order whenever it is made."""
    if isinstance(node, dict):
        return {key.replace(":", "."): _tidy_reference(key, node[key]) for key in sorted(node)}
    return [_tidy(item) for item in node] if isinstance(node, list) else node


def _tidy_reference(key: str, value: Any) -> Any:
    return value.replace(":", ".") if key == "$ref" and isinstance(value, str) else _tidy(value)


def _describe_published(broker: RabbitBroker, exchange: RabbitExchange, data_class: type[EventData]) -> None:
    broker.publisher(
        exchange=exchange,
        routing_key=f"{data_class.type}.*",
        persist=True,
        title=f"{data_class.type}.publish",
        description=_summary(data_class),
        schema=_message(data_class),
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
        queue, exchange, title=f"{data_class.type}.{consumer.name}", description=_summary(data_class)
    )

    async def handle(event: Any) -> None: ...

    handle.__annotations__["event"] = _message(data_class)
    subscriber(handle)


@lru_cache
def _message(data_class: type[EventData]) -> type[BaseModel]:
    """The envelope of one event under a name that a component may have: no brackets."""
    return create_model(f"{data_class.__name__}Event", __base__=Event[data_class])  # type: ignore[valid-type]


def _summary(data_class: type[EventData]) -> str:
    words = re.sub(r"(?<!^)(?=[A-Z])", " ", data_class.__name__).capitalize()
    return f"{words}. {data_class.__doc__ or ''}".strip()
