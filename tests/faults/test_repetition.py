"""R3: the same event three times, in parallel, at several consumers of one queue. It takes effect once."""

import asyncio

from testkit.ledger import Balance, Ledger, count_of

EVENTS = count_of(small=50, large=1000)
CONSUMERS = count_of(small=2, large=8)
TIMES = 3


async def _repeat(ledger: Ledger) -> Balance:
    async with ledger.working(consumers=CONSUMERS, relay=False):
        bodies = [event.to_bytes() for event in await ledger.accept_unrecorded(EVENTS)]
        await asyncio.gather(*(ledger.publish_by_hand(*bodies) for _ in range(TIMES)))
        await ledger.drained(seconds=60)
        return await ledger.settle(seconds=5)


async def test_an_event_that_comes_three_times_takes_effect_once(ledger: Ledger) -> None:
    balance = await _repeat(ledger)
    balance.check()
    assert balance.accepted == EVENTS


async def test_control_without_an_inbox_it_takes_effect_more_often(ledger_without_inbox: Ledger) -> None:
    assert (await _repeat(ledger_without_inbox)).doubled > 0
