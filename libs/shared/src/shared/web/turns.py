"""Commands that change the same thing wait for their turn in memory, in order of arrival.

They would else wait at the lock of its row, each with a connection: a rush for one thing fills the pool, whatever else
is wanted meanwhile waits too, and the pool does not give connections in order of arrival: who came first may wait until
the rush is over, or past the pool's patience. The lock stays the guard: other processes have turns of their own.

A turn begins before the first statement, so that who waits holds no connection, and ends before the commit: the lock
keeps the order until then, and the next one reads meanwhile what it needs.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from weakref import WeakValueDictionary

from shared.errors import Unavailable

LONGEST = 30.0  # seconds of patience; after them the caller is asked to come again


class Turns:
    """`async with turns.of(key)`: one at a time for each key. Keys that nobody uses are forgotten."""

    def __init__(self) -> None:
        self._lines: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    @asynccontextmanager
    async def of(self, key: str, *, longest: float = LONGEST) -> AsyncIterator[None]:
        """Raises `Unavailable` when the turn does not come within `longest` seconds."""
        line = self._lines.setdefault(key, asyncio.Lock())
        try:
            async with asyncio.timeout(longest):
                await line.acquire()
        except TimeoutError as error:
            raise Unavailable from error
        try:
            yield
        finally:
            line.release()
