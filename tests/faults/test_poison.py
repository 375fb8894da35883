"""R8: events that always fail, bodies that are no events, types that nobody knows, among healthy events."""

import json
from typing import Any
from uuid import UUID, uuid4

import pytest
from shared.contracts.registry import OrganisationHidden
from shared.messaging.consumer import Consumer, Retry
from shared.messaging.dead_letters import open_store
from testkit import without
from testkit.ledger import Balance, Ledger, count_of
from testkit.messaging import FAST, note, until

POISON = count_of(small=5, large=100)
HEALTHY = count_of(small=45, large=9900)


class Poison(Exception):
    """What the handler raises."""


def _poisoned_consumer(ledger: Ledger, poison: set[UUID], retry: Retry = FAST) -> None:
    consumer = ledger.consumer = Consumer("portal.ledger", retry=retry)

    @consumer.on(OrganisationHidden)
    async def handle(session: Any, event: Any) -> None:
        await note(session, consumer, event)
        await session.flush()
        if event.data.organisation_id in poison:
            raise Poison


async def _mix(ledger: Ledger, poison: set[UUID]) -> None:
    """Poison in equal distances among healthy events."""
    healthy = [OrganisationHidden(organisation_id=uuid4()) for _ in range(HEALTHY)]
    for number, organisation in enumerate(sorted(poison)):
        healthy.insert(number * (HEALTHY // POISON), OrganisationHidden(organisation_id=organisation))
    await ledger.accept(len(healthy), data=healthy)


async def _settled(ledger: Ledger, *, dead: int, seconds: float = 60) -> Balance:
    async def buried() -> bool:
        return await ledger.dead_letters() >= dead

    await until(buried, seconds=seconds, what=f"{dead} dead letters")
    return await ledger.settle(seconds=2)


async def test_poison_becomes_dead_letters_harms_no_neighbour_and_can_be_replayed(ledger: Ledger) -> None:
    poison = {uuid4() for _ in range(POISON)}
    _poisoned_consumer(ledger, poison)
    async with ledger.working():
        await _mix(ledger, poison)
        balance = await _settled(ledger, dead=POISON)
        assert (balance.lost, balance.stuck, balance.doubled, balance.without_cause) == (POISON, POISON, 0, 0)
        poison.clear()  # the handler is repaired
        async with open_store(
            ledger.consumer.name, amqp_url=ledger.amqp_url, prefix=ledger.prefix, database_url=None
        ) as store:
            assert await store.replay([]) == POISON
        balance = await ledger.settle(seconds=30)
    balance.check()
    assert balance.accepted == POISON + HEALTHY


async def test_bodies_that_are_no_events_harm_no_neighbour(ledger: Ledger) -> None:
    unknown = {"specversion": "1.0", "id": str(uuid4()), "type": "registry.dragon.seen.v1", "data": {}}
    incomplete = {"specversion": "1.0", "id": str(uuid4()), "type": OrganisationHidden.type, "data": {}}
    bodies = [
        b"",
        b"{",
        b"\xff\xfe\x00",
        b"[]",
        b"null",
        *(json.dumps(body).encode() for body in (unknown, incomplete)),
    ]
    bodies *= POISON
    async with ledger.working():
        await ledger.publish_by_hand(*bodies)
        await ledger.accept(HEALTHY)
        balance = await _settled(ledger, dead=len(bodies))
    assert (balance.lost, balance.stuck, balance.doubled) == (0, len(bodies), 0)


async def test_control_without_isolation_poison_takes_its_neighbours_along(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    without.no_isolation(monkeypatch.setattr)
    poison = {uuid4() for _ in range(POISON)}
    _poisoned_consumer(ledger, poison, Retry(attempts=1))  # a retry comes alone, and would save the neighbours
    async with ledger.working():
        await _mix(ledger, poison)
        balance = await _settled(ledger, dead=POISON)
    assert balance.stuck > POISON
