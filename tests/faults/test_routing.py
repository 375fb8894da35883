"""R7: an event that no queue wants, or whose queue is missing, stays in the outbox and is delivered later."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import pytest
from shared.contracts.envelope import Exchange
from shared.contracts.registry import ContactIdentified
from shared.messaging import tables
from shared.messaging.consumer import Consumer
from testkit import without
from testkit.ledger import Ledger, count_of
from testkit.messaging import FAST, note, until

EVENTS = count_of(small=10, large=1000)


@pytest.fixture
def private_ledger(ledger: Ledger) -> Ledger:
    """With a consumer of private events: nothing but its queue catches these."""
    consumer = ledger.consumer = Consumer("notifications.ledger", retry=FAST)

    @consumer.on(ContactIdentified)
    async def identified(session: Any, event: Any) -> None:
        await note(session, consumer, event)

    return ledger


@asynccontextmanager
async def _unbound(ledger: Ledger) -> AsyncIterator[None]:
    async with ledger.channel() as channel:
        queue = await channel.get_queue(ledger.topology.queue(ledger.consumer.name))
        exchange = ledger.topology.exchange(Exchange.PRIVATE)
        (binding,) = ledger.consumer.bindings()
        await queue.unbind(exchange, binding.pattern)
        yield
        await queue.bind(exchange, binding.pattern)


def _private_events() -> list[ContactIdentified]:
    return [ContactIdentified(contact_id=uuid4(), person_id=uuid4(), organisation_id=uuid4()) for _ in range(EVENTS)]


async def _all_kept(ledger: Ledger) -> bool:
    rows = await ledger.writer.rows(tables.outbox)
    return len(rows) == EVENTS and all(row.attempts > 0 and row.last_error == "unroutable" for row in rows)


async def test_an_event_that_no_queue_wants_is_kept_and_delivered_later(private_ledger: Ledger) -> None:
    ledger = private_ledger
    async with ledger.working():
        async with _unbound(ledger):
            await ledger.accept(EVENTS, data=_private_events())
            await until(lambda: _all_kept(ledger), seconds=20, what="keeping the unroutable events")
            assert await ledger.reader.effects_of(ledger.consumer) == []
        balance = await ledger.settle(seconds=30)
    balance.check()
    assert balance.accepted == EVENTS


async def test_a_missing_queue_is_made_again_and_gets_what_was_kept(private_ledger: Ledger) -> None:
    ledger = private_ledger
    async with ledger.working(relay=False):
        pass
    async with ledger.channel() as channel:
        await channel.queue_delete(ledger.topology.queue(ledger.consumer.name))
    ids = await ledger.accept(EVENTS, data=_private_events())
    async with ledger.publishing():
        await until(lambda: _all_kept(ledger), seconds=20, what="keeping the unroutable events")
    async with ledger.working():
        (await ledger.settle(seconds=30)).check()
    assert sorted(await ledger.reader.effects_of(ledger.consumer)) == sorted(ids)


async def test_control_without_returns_an_unroutable_event_is_lost(
    private_ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    without.no_returns(monkeypatch.setattr)
    ledger = private_ledger
    async with ledger.working():
        async with _unbound(ledger):
            await ledger.accept(EVENTS, data=_private_events())

            async def gone() -> bool:
                return await ledger.writer.count(tables.outbox) == 0

            await until(gone, what="the outbox to be empty")
        balance = await ledger.settle(seconds=2)
    assert balance.lost == EVENTS
