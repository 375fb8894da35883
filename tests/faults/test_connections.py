"""R4: a connection that is open and dead. R5: a broker that restarts or throws everybody out."""

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack

import pytest
from testkit import without
from testkit.databases import Databases
from testkit.ledger import Ledger, count_of, open_ledger
from testkit.rabbitmq import Broker
from testkit.tcp_proxy import TcpProxy

HALF_OPEN_ROUNDS = count_of(small=1, large=20)
DRAINED_WITHIN = 60.0  # seconds after a connection went dead
BACK_WITHIN = 10.0  # seconds after the broker is there again
RESTARTS = count_of(small=1, large=17)  # of each of three kinds


async def test_a_half_open_connection_is_noticed_and_replaced(
    ledger: Ledger, databases: Databases, amqp_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control runs beside it: a worker without heartbeat and timeout, behind the same dead connection."""
    async with AsyncExitStack() as stack:
        control = await stack.enter_async_context(
            open_ledger(databases, amqp_url, f"{ledger.prefix}_control", name="control")
        )
        proxy = await stack.enter_async_context(TcpProxy(amqp_url))
        with monkeypatch.context() as patched:
            without.no_heartbeat(patched.setattr)
            transports = await stack.enter_async_context(control.working(amqp_url=proxy.url))
        transports[0].publish_timeout = None
        await stack.enter_async_context(ledger.working(amqp_url=proxy.url))
        for examined in (ledger, control):
            await examined.accept(20)
            (await examined.settle(seconds=20)).check()
        for _ in range(HALF_OPEN_ROUNDS):
            proxy.freeze()
            await control.accept(20)
            await ledger.accept(20)
            (await ledger.settle(seconds=DRAINED_WITHIN)).check()
        balance = await control.balance()
        assert balance.lost == balance.stuck == 20 * HALF_OPEN_ROUNDS


def _restart(broker: Broker) -> None:
    broker.stop()
    broker.start()


def _stop_app(broker: Broker) -> None:
    broker.rabbitmqctl("stop_app")
    broker.rabbitmqctl("start_app")


def _close_all_connections(broker: Broker) -> None:
    broker.rabbitmqctl("close_all_connections", "examined")


@pytest.mark.parametrize("disturb", [_restart, _stop_app, _close_all_connections])
async def test_consumers_are_back_after_the_broker(
    databases: Databases, own_broker: Broker, amqp_prefix: str, disturb: Callable[[Broker], None]
) -> None:
    async with open_ledger(databases, own_broker.url, amqp_prefix) as ledger, ledger.working():
        for _ in range(RESTARTS):
            await ledger.accept(20)
            disturbing = asyncio.create_task(asyncio.to_thread(disturb, own_broker))
            while not disturbing.done():
                await ledger.accept(5)
                await asyncio.sleep(0.2)
            await disturbing
            (await ledger.settle(seconds=BACK_WITHIN)).check()


async def test_control_without_reconnecting_consumers_stay_away(
    databases: Databases, own_broker: Broker, amqp_prefix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    without.no_reconnect(monkeypatch.setattr)
    async with open_ledger(databases, own_broker.url, amqp_prefix) as ledger, ledger.working():
        await ledger.accept(20)
        (await ledger.settle(seconds=20)).check()
        await asyncio.to_thread(_restart, own_broker)
        await ledger.accept(20)
        balance = await ledger.settle(seconds=BACK_WITHIN)
    assert balance.lost == 20
