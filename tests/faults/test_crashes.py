"""R2: the process dies at each step between a commit and its effect. Every event still takes effect, once."""

import asyncio
import signal
from collections.abc import Callable

import pytest
from testkit.ledger import Ledger, LedgerViolated, count_of
from testkit.victim import (
    CRASHES,
    Orders,
    start,
    work,
    write_and_crash_after_commit,
    write_and_crash_before_commit,
)

ROUNDS = count_of(small=3, large=200)
WRITERS = [write_and_crash_before_commit, write_and_crash_after_commit]


async def _die(target: Callable[[Orders], None], orders: Orders) -> None:
    """Run a victim until it has killed itself: a step that is never reached proves nothing."""
    victim = start(target, orders)
    try:
        await asyncio.to_thread(victim.join, 20)
        assert victim.exitcode == -signal.SIGKILL, f"did not die at the step, exit code {victim.exitcode}"
    finally:
        victim.kill()


@pytest.mark.parametrize("crash", [crash for crash in CRASHES if crash != "nowhere"])
async def test_a_worker_that_dies_loses_and_doubles_nothing(ledger: Ledger, crash: str) -> None:
    for _ in range(ROUNDS):
        await ledger.accept(5)
        await _die(work, Orders.of(ledger).but(crash=crash))
    async with ledger.working():
        balance = await ledger.settle(seconds=20)
    balance.check()
    assert balance.accepted == 5 * ROUNDS


@pytest.mark.parametrize("writer", WRITERS)
async def test_a_writer_that_dies_says_nothing_untrue(ledger: Ledger, writer: Callable[[Orders], None]) -> None:
    async with ledger.working():
        for _ in range(ROUNDS):
            await _die(writer, Orders.of(ledger))
        balance = await ledger.settle(seconds=20)
    balance.check()
    assert balance.accepted == (ROUNDS if writer is write_and_crash_after_commit else 0)


@pytest.mark.parametrize(
    ("crash", "without"),
    [("after the rows are gone", "no_confirm"), ("after the effect, before it is committed", "ack_first")],
)
async def test_control_without_confirms_or_late_acks_events_are_lost(ledger: Ledger, crash: str, without: str) -> None:
    await ledger.accept(5)
    await _die(work, Orders.of(ledger).but(crash=crash, without=(without,)))
    async with ledger.working():
        balance = await ledger.settle(seconds=3)
    assert balance.lost > 0
    with pytest.raises(LedgerViolated):
        balance.check()


@pytest.mark.parametrize(
    "crash",
    ["after the confirms, before the rows are deleted", "after the effect is committed, before the ack"],
)
async def test_control_without_an_inbox_effects_are_doubled(ledger_without_inbox: Ledger, crash: str) -> None:
    ledger = ledger_without_inbox
    async with ledger.working(relay=False):
        pass  # the queue is there, so that nothing of the first publish is lost
    await ledger.accept(5)
    await _die(work, Orders.of(ledger).but(crash=crash))
    async with ledger.working():
        balance = await ledger.settle(seconds=3)
    assert balance.doubled > 0


@pytest.mark.parametrize(("writer", "violation"), list(zip(WRITERS, ["without_cause", "lost"], strict=True)))
async def test_control_a_writer_without_an_outbox(
    ledger: Ledger, writer: Callable[[Orders], None], violation: str
) -> None:
    async with ledger.working():
        await _die(writer, Orders.of(ledger).but(without=("no_outbox",)))
        await asyncio.sleep(1)
        balance = await ledger.settle(seconds=2)
    assert getattr(balance, violation) == 1
