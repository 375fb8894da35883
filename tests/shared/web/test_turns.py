"""Turns: in order of arrival, one at a time for each key."""

import asyncio

import pytest
from shared.errors import Unavailable
from shared.web.turns import Turns


async def test_they_come_in_order_and_one_at_a_time() -> None:
    turns, inside, order = Turns(), 0, list[int]()

    async def take(number: int) -> None:
        nonlocal inside
        async with turns.of("one"):
            inside += 1
            assert inside == 1
            await asyncio.sleep(0)
            order.append(number)
            inside -= 1

    await asyncio.gather(*map(take, range(50)))
    assert order == list(range(50))


async def test_other_keys_wait_for_nobody_and_patience_ends() -> None:
    turns = Turns()
    async with turns.of("one"):
        async with turns.of("other"):
            pass
        with pytest.raises(Unavailable):
            async with turns.of("one", longest=0.01):
                raise AssertionError
    async with turns.of("one", longest=10):
        pass  # whoever gave up holds up nobody


async def test_whoever_fails_gives_the_turn_back() -> None:
    turns = Turns()
    with pytest.raises(ZeroDivisionError):
        async with turns.of("one"):
            raise ZeroDivisionError
    async with turns.of("one", longest=10):
        pass
