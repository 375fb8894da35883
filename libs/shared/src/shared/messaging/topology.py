"""Names, exchanges and queues on the broker. Everything is durable and declared by whoever needs it.

    <prefix>.events    topic    public facts; what no queue wants goes on to <prefix>.unrouted
    <prefix>.private   topic    contact data; what no queue wants comes back to the outbox
    <prefix>.<service>.dead  direct  what the service's consumers gave up, to <queue>.dead
    <prefix>.unrouted  fanout   to a short queue of the same name, so that a public event is always routable

Arguments that are fixed here are those that correctness rests on; lengths and ages are for the operator's policies.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from faststream.rabbit import ExchangeType, QueueType, RabbitExchange, RabbitQueue

from shared.contracts.envelope import Exchange
from shared.messaging.consumer import Consumer

# Redeliveries after a crash, before the broker itself gives up. High, because a crash also counts for every other
# message that the process held: the limit that matters is the one of `Retry`, counted by the application.
DELIVERY_LIMIT = 100
UNROUTED_LENGTH = 1000


@dataclass(frozen=True)
class Topology:
    """The names of one deployment on a broker."""

    prefix: str

    def exchange(self, exchange: Exchange) -> str:
        """The name of one of the two topic exchanges."""
        return f"{self.prefix}.{exchange.value}"

    def dead_exchange(self, consumer: str) -> str:
        """Where a consumer's rejected messages go, with the queue's name as routing key.

        Each service has one of its own: whoever may bind a queue to it could read its dead letters.
        """
        service = consumer.partition(".")[0]
        return f"{self.prefix}.{service}.dead"

    @property
    def unrouted(self) -> str:
        """The exchange and the queue of public events that nobody subscribes to."""
        return f"{self.prefix}.unrouted"

    def queue(self, consumer: str) -> str:
        """The queue of a consumer."""
        return f"{self.prefix}.{consumer}"

    def dead_queue(self, consumer: str) -> str:
        """The dead letters of a consumer."""
        return f"{self.queue(consumer)}.dead"

    def exchanges(self) -> list[RabbitExchange]:
        """The exchanges that all services share, in an order in which they can be declared."""
        return [
            RabbitExchange(self.unrouted, type=ExchangeType.FANOUT, durable=True),
            RabbitExchange(
                self.exchange(Exchange.EVENTS),
                type=ExchangeType.TOPIC,
                durable=True,
                arguments={"alternate-exchange": self.unrouted},
            ),
            RabbitExchange(self.exchange(Exchange.PRIVATE), type=ExchangeType.TOPIC, durable=True),
        ]

    def consumer_dead_exchange(self, consumer: str) -> RabbitExchange:
        """The exchange of a consumer's dead letters."""
        return RabbitExchange(self.dead_exchange(consumer), type=ExchangeType.DIRECT, durable=True)

    def definitions(self, consumers: Sequence[Consumer], vhost: str) -> dict[str, list[dict[str, Any]]]:
        """Everything in the form of RabbitMQ's definitions file.

        A broker that starts with it has every queue before the first event, whichever service comes up first.
        """
        exchanges = {exchange.name: exchange for exchange in self.exchanges()}
        queues = [self.unrouted_queue()]
        bindings = [(self.unrouted, self.unrouted, "")]
        for consumer in consumers:
            dead = self.consumer_dead_exchange(consumer.name)
            exchanges[dead.name] = dead
            queues += [self.consumer_queue(consumer.name), self.consumer_dead_queue(consumer.name)]
            bindings.append((dead.name, self.dead_queue(consumer.name), self.queue(consumer.name)))
            bindings += [
                (self.exchange(binding.exchange), self.queue(consumer.name), binding.pattern)
                for binding in consumer.bindings()
            ]
        return {
            "exchanges": [
                {"name": each.name, "vhost": vhost, "type": each.type.value, "durable": True, "auto_delete": False}
                | {"internal": False, "arguments": each.arguments or {}}
                for each in exchanges.values()
            ],
            "queues": [
                {"name": each.name, "vhost": vhost, "durable": True, "auto_delete": False, "arguments": each.arguments}
                for each in queues
            ],
            "bindings": [
                {"source": source, "vhost": vhost, "destination": queue, "destination_type": "queue"}
                | {"routing_key": key, "arguments": {}}
                for source, queue, key in bindings
            ],
        }

    def unrouted_queue(self) -> RabbitQueue:
        """Keeps the last public events without a subscriber, for a look; the event log has them all."""
        return RabbitQueue(
            self.unrouted,
            queue_type=QueueType.QUORUM,
            durable=True,
            arguments={"x-max-length": UNROUTED_LENGTH, "x-overflow": "drop-head"},
        )

    def consumer_queue(self, consumer: str) -> RabbitQueue:
        """A queue whose rejected messages reach the dead letters for sure.

        At-least-once dead-lettering keeps a message until its dead-letter queue has it; RabbitMQ wants
        `reject-publish` for that.
        """
        return RabbitQueue(
            self.queue(consumer),
            queue_type=QueueType.QUORUM,
            durable=True,
            arguments={
                "x-dead-letter-exchange": self.dead_exchange(consumer),
                "x-dead-letter-routing-key": self.queue(consumer),
                "x-dead-letter-strategy": "at-least-once",
                "x-overflow": "reject-publish",
                "x-delivery-limit": DELIVERY_LIMIT,
            },
        )

    def consumer_dead_queue(self, consumer: str) -> RabbitQueue:
        """Dead letters wait here until somebody looks: no limit, no expiry."""
        return RabbitQueue(
            self.dead_queue(consumer),
            queue_type=QueueType.QUORUM,
            durable=True,
            # RabbitMQ 4 drops a message that was looked at 20 times unless a limit is given; 3 knows no "unlimited".
            arguments={"x-delivery-limit": 1_000_000},
        )
