"""R9: the database is away for a while. Nothing is missing afterwards, and no healthy event is a dead letter."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from shared.messaging.collector import HOLD_LONGEST
from testkit import without
from testkit.databases import Databases
from testkit.ledger import Ledger, count_of, open_ledger
from testkit.postgres import Postgres

AWAY = count_of(small=[3.0], large=[1.0, 2.0, 5.0, 10.0, 20.0, 30.0, 60.0, 120.0, *([3.0] * 12)])  # seconds


@pytest.fixture
async def own_ledger(own_databases: Databases, amqp_url: str, amqp_prefix: str) -> AsyncIterator[Ledger]:
    async with open_ledger(own_databases, amqp_url, amqp_prefix) as opened:
        yield opened


async def _lose_the_database(ledger: Ledger, server: Postgres, seconds: float) -> None:
    """Accept events, and stop the server in the middle of their effects."""
    events = [event.to_bytes() for event in await ledger.accept_unrecorded(200)]
    await ledger.accept(200)
    await asyncio.gather(ledger.publish_by_hand(*events), asyncio.to_thread(server.stop, immediate=True))
    await asyncio.sleep(seconds)
    await asyncio.to_thread(server.start)


@pytest.mark.parametrize("seconds", AWAY)
async def test_events_wait_for_their_database(own_ledger: Ledger, own_postgres: Postgres, seconds: float) -> None:
    async with own_ledger.working():
        await _lose_the_database(own_ledger, own_postgres, seconds)
        balance = await own_ledger.settle(seconds=HOLD_LONGEST + 20)
    balance.check()
    assert balance.accepted == 400


async def test_control_without_holding_healthy_events_are_dead_letters(
    own_ledger: Ledger, own_postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    without.no_hold(monkeypatch.setattr)
    async with own_ledger.working():
        await _lose_the_database(own_ledger, own_postgres, 3)
        balance = await own_ledger.settle(seconds=10)
    assert balance.lost > 0
    assert balance.stuck > 0
