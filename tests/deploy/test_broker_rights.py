"""What each user of the broker may do: deploy/rabbitmq/definitions.json on a real broker.

A service reaches what its work needs and nothing more; a subscriber reads public events by queues of its own.
"""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aio_pika
import pytest
from aio_pika.abc import AbstractChannel, AbstractConnection
from aiormq.exceptions import AMQPError
from shared.contracts.envelope import Exchange
from shared.messaging.subscribe import subscribe
from shared.messaging.topology import Topology
from testkit.rabbitmq import Broker

DEFINITIONS = Path(__file__).parents[2] / "deploy/rabbitmq/definitions.json"
VHOST, PASSWORD = "dorfnetz", "a-password-of-this-test"
TOPOLOGY = Topology("dorfnetz")
EVENTS, PRIVATE = TOPOLOGY.exchange(Exchange.EVENTS), TOPOLOGY.exchange(Exchange.PRIVATE)
SERVICES = ("registry", "events", "notifications", "portal")
NAMES_WITHOUT_CONTACT_DATA = (  # ids of persons and what they are for: others than notifications may need them
    "registry.contact.identified",
    "registry.grant.given",
    "registry.grant.taken_back",
    "registry.person.merged",
    "registry.volunteer.identified",
)
FOREIGN_QUEUE = TOPOLOGY.queue("notifications.contacts")

Connect = Callable[[str], Awaitable[AbstractConnection]]


@pytest.fixture
def broker(own_broker: Broker) -> Broker:
    """A broker with the users and rights of the definitions."""
    document = re.sub(r"@[a-z]+@", PASSWORD, DEFINITIONS.read_text())
    quoted = document.replace("\\", "\\\\").replace('"', '\\"')
    assert own_broker.rabbitmqctl("eval", f'rabbit_definitions:import_raw(<<"{quoted}">>).').strip() == "ok"
    return own_broker


def url_of(broker: Broker, user: str) -> str:
    return f"amqp://{user}:{PASSWORD}@{urlsplit(broker.url).netloc.rpartition('@')[2]}/{VHOST}"


@pytest.fixture
async def connect(broker: Broker) -> AsyncIterator[Connect]:
    """`await connect("portal")` is a connection as that user."""
    opened: list[AbstractConnection] = []

    async def connect(user: str) -> AbstractConnection:
        opened.append(await aio_pika.connect(url_of(broker, user)))
        return opened[-1]

    yield connect
    for connection in opened:
        await connection.close()


async def declare_everything(channel: AbstractChannel, service: str) -> None:
    """What a worker of the service declares at its start."""
    for exchange in TOPOLOGY.exchanges():
        arguments: Any = exchange.arguments
        await channel.declare_exchange(exchange.name, exchange.type.value, durable=True, arguments=arguments)
    consumer = f"{service}.work"
    dead = TOPOLOGY.consumer_dead_exchange(consumer)
    await channel.declare_exchange(dead.name, dead.type.value, durable=True)
    for queue, source, key in (
        (TOPOLOGY.unrouted_queue(), TOPOLOGY.unrouted, ""),
        (TOPOLOGY.consumer_dead_queue(consumer), dead.name, TOPOLOGY.queue(consumer)),
        (TOPOLOGY.consumer_queue(consumer), EVENTS, "#"),
    ):
        declared = await channel.declare_queue(queue.name, durable=True, arguments=queue.arguments)
        await declared.bind(source, routing_key=key)


async def refused(connection: AbstractConnection, attempt: Callable[[AbstractChannel], Awaitable[object]]) -> bool:
    """Whether the broker answers with ACCESS_REFUSED; that ends the channel."""
    channel = await connection.channel(publisher_confirms=True)
    try:
        async with asyncio.timeout(10):
            await attempt(channel)
    except AMQPError as error:
        if "ACCESS_REFUSED" not in str(error):
            raise
        return True
    finally:
        await channel.close()
    return False


def publish(exchange: str, key: str) -> Callable[[AbstractChannel], Awaitable[object]]:
    async def attempt(channel: AbstractChannel) -> None:
        target = await channel.get_exchange(exchange, ensure=False)
        await target.publish(aio_pika.Message(b"{}"), routing_key=key, mandatory=False)

    return attempt


def bind(queue: str, exchange: str, key: str = "#") -> Callable[[AbstractChannel], Awaitable[object]]:
    async def attempt(channel: AbstractChannel) -> None:
        await (await channel.get_queue(queue, ensure=False)).bind(exchange, routing_key=key)

    return attempt


def read(queue: str) -> Callable[[AbstractChannel], Awaitable[object]]:
    async def attempt(channel: AbstractChannel) -> None:
        await (await channel.get_queue(queue, ensure=False)).get(fail=False)

    return attempt


def declare_queue(queue: str, **arguments: str) -> Callable[[AbstractChannel], Awaitable[object]]:
    async def attempt(channel: AbstractChannel) -> None:
        named = {f"x-{name.replace('_', '-')}": value for name, value in arguments.items()}
        await channel.declare_queue(queue, durable=True, arguments=named)  # type: ignore[arg-type]

    return attempt


async def test_every_service_may_declare_what_it_needs(connect: Connect) -> None:
    for service in SERVICES:
        connection = await connect(service)
        await declare_everything(await connection.channel(), service)
        assert not await refused(connection, read(TOPOLOGY.queue(f"{service}.work")))


async def test_a_service_publishes_only_its_own_events(connect: Connect) -> None:
    """Rows: user; columns: owner of the event, for the public and the private exchange."""
    await declare_everything(await (await connect("operator")).channel(), "notifications")
    public, private = {}, {}
    for user in (*SERVICES, "subscriber"):
        connection = await connect(user)
        for owner in SERVICES:
            key = f"{owner}.erasure.confirmed.v1.district"
            public[user, owner] = not await refused(connection, publish(EVENTS, key))
            private[user, owner] = not await refused(connection, publish(PRIVATE, key))
    assert {pair for pair, may in public.items() if may} == {(service, service) for service in SERVICES}
    assert {pair for pair, may in private.items() if may} == {(s, s) for s in ("registry", "events")}


async def test_the_portal_publishes_nothing_but_that_it_has_forgotten_somebody(connect: Connect) -> None:
    portal = await connect("portal")
    await declare_everything(await portal.channel(), "portal")
    assert await refused(portal, publish(EVENTS, "portal.thing.changed.v1.district"))


async def test_every_service_may_bind_each_queue_that_it_has(connect: Connect) -> None:
    """The definitions list what the services' consumers declare; the broker took over both lists and rights."""
    bindings = json.loads(DEFINITIONS.read_text())["bindings"]
    for service in SERVICES:
        own = [one for one in bindings if one["destination"].startswith(f"{TOPOLOGY.queue(service)}.")]
        assert own
        connection = await connect(service)
        for one in own:
            attempt = bind(one["destination"], one["source"], one["routing_key"])
            assert not await refused(connection, attempt), (service, one["routing_key"])


async def test_only_notifications_reads_contact_data(connect: Connect) -> None:
    """Rows: user; columns: what a queue is bound to. The events that `events` reads, too, have ids alone."""
    identifying = tuple(f"{name}.v1.*" for name in NAMES_WITHOUT_CONTACT_DATA)
    keys = ("#", "registry.person.described.v1.*", "registry.consent.given.v1.*", *identifying)
    may = {}
    for user in SERVICES:
        connection = await connect(user)
        await declare_everything(await connection.channel(), user)
        for key in keys:
            may[user, key] = not await refused(connection, bind(TOPOLOGY.queue(f"{user}.work"), PRIVATE, key))
    assert {pair for pair, allowed in may.items() if allowed} == {
        *(("notifications", key) for key in keys),
        *(("events", key) for key in identifying),
    }


async def test_nobody_reads_anothers_queue(connect: Connect) -> None:
    operator = await (await connect("operator")).channel()
    await operator.declare_queue(FOREIGN_QUEUE, durable=True)
    await operator.declare_queue(f"{FOREIGN_QUEUE}.dead", durable=True)
    for user in ("registry", "events", "portal", "subscriber"):
        connection = await connect(user)
        for queue in (FOREIGN_QUEUE, f"{FOREIGN_QUEUE}.dead"):
            assert await refused(connection, read(queue)), (user, queue)


async def test_nobody_reads_anothers_dead_letters(connect: Connect) -> None:
    """Those of notifications hold personal data."""
    await declare_everything(await (await connect("operator")).channel(), "notifications")
    dead = TOPOLOGY.dead_exchange("notifications.work")
    for user in ("registry", "events", "portal"):
        connection = await connect(user)
        await declare_everything(await connection.channel(), user)
        own = TOPOLOGY.queue(f"{user}.work")
        assert await refused(connection, bind(own, dead, TOPOLOGY.queue("notifications.work"))), user


async def test_a_subscriber_may_nothing_but_read_public_events_in_queues_of_its_own(connect: Connect) -> None:
    await declare_everything(await (await connect("operator")).channel(), "portal")
    subscriber = await connect("subscriber")
    own, foreign = "subscriber.calendar", TOPOLOGY.queue("portal.work")
    assert not await refused(subscriber, declare_queue(own))
    assert not await refused(subscriber, bind(own, EVENTS))
    assert not await refused(subscriber, read(own))
    forbidden = {
        "bind to private events": bind(own, PRIVATE),
        "bind to dead letters": bind(own, TOPOLOGY.dead_exchange("portal.work"), foreign),
        "declare a queue of Dorfnetz": declare_queue("dorfnetz.mine"),
        "declare a queue with a name of the broker's": declare_queue("calendar"),
        "read another's queue": read(foreign),
        "read what nobody wanted": read(TOPOLOGY.unrouted),
        "bind another's queue": bind(foreign, EVENTS),
        "publish to a queue": publish("", foreign),
        "publish to dead letters": publish(TOPOLOGY.dead_exchange("portal.work"), foreign),
        "publish by dead-lettering": declare_queue("subscriber.bomb", dead_letter_exchange=EVENTS),
        "empty another's queue": lambda channel: _purge(channel, foreign),
        "delete another's queue": lambda channel: channel.queue_delete(foreign),
        "delete an exchange": lambda channel: channel.exchange_delete(EVENTS),
    }
    for what, attempt in forbidden.items():
        assert await refused(subscriber, attempt), what


async def _purge(channel: AbstractChannel, queue: str) -> None:
    await (await channel.get_queue(queue, ensure=False)).purge()


@pytest.mark.parametrize("queue", [None, "archive"])
async def test_the_subscribe_command_shows_public_events(connect: Connect, broker: Broker, queue: str | None) -> None:
    registry = await (await connect("registry")).channel(publisher_confirms=True)
    await declare_everything(registry, "registry")
    shown: asyncio.Queue[str] = asyncio.Queue()
    url = url_of(broker, "subscriber")
    task = asyncio.create_task(subscribe(url, ["registry.village.#"], shown.put_nowait, queue=queue))
    exchange = await registry.get_exchange(EVENTS, ensure=False)
    try:
        async with asyncio.timeout(20):
            while shown.empty():  # until the queue is bound
                for key in ("registry.network.founded.v1.heide", "registry.village.registered.v1.heide"):
                    await exchange.publish(aio_pika.Message(key.encode()), routing_key=key)
                await asyncio.sleep(0.1)
            assert await shown.get() == "registry.village.registered.v1.heide"
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    assert task.cancelled()
