"""Knowing when the event log has grown: one LISTEN a process for all its open streams."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from weakref import WeakKeyDictionary

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from shared.messaging.transport import Sessions

CHANNEL = "dorfnetz_event_log"  # the relay notifies it in the transaction that moves a batch
LOOK_AGAIN = 5.0  # seconds after which streams look at the log without being told

log = structlog.get_logger(__name__)


class LogTail:
    """Counts how often the log may have grown. Streams wait for the count to change."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._count = 0
        self._grown = asyncio.Condition()
        self._task: asyncio.Task[None] | None = None
        self.readers = 0

    def mark(self) -> int:
        """The count now; take it before reading the log."""
        return self._count

    async def wait(self, mark: int, seconds: float) -> bool:
        """Wait until the log may have grown since `mark`; False after `seconds` of silence."""
        try:
            async with asyncio.timeout(seconds), self._grown:
                await self._grown.wait_for(lambda: self._count != mark)
        except TimeoutError:
            return False
        return True

    def open(self) -> None:
        """One more reader; the first one starts to listen."""
        self.readers += 1
        if self._task is None:
            self._task = asyncio.create_task(self._listen(), name="event log tail")

    async def close(self) -> None:
        """One reader less; the last one lets the connection go."""
        self.readers -= 1
        if self.readers == 0 and self._task is not None:
            task, self._task = self._task, None
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _grow(self) -> None:
        async with self._grown:
            self._count += 1
            self._grown.notify_all()

    async def _listen(self) -> None:
        while True:
            try:
                await self._listen_until_lost()
            except Exception as error:
                log.warning("event_log.tail_failed", error=type(error).__name__)
            await self._grow()
            await asyncio.sleep(1)

    async def _listen_until_lost(self) -> None:
        async with self._engine.connect() as connection:
            driver: Any = (await connection.get_raw_connection()).driver_connection
            told = asyncio.Event()

            def tell(*_: object) -> None:
                told.set()

            driver.add_termination_listener(tell)
            try:
                await driver.add_listener(CHANNEL, tell)
                told.set()  # what was committed between a reader's first look and this moment told nobody
                while not driver.is_closed():
                    try:
                        async with asyncio.timeout(LOOK_AGAIN):
                            await told.wait()
                    except TimeoutError:
                        pass
                    told.clear()
                    await self._grow()
            finally:
                await connection.invalidate()  # never back to the pool: it still listens


_tails: WeakKeyDictionary[AsyncEngine, LogTail] = WeakKeyDictionary()


@asynccontextmanager
async def tail_of(sessions: Sessions) -> AsyncIterator[LogTail]:
    """The tail of the log behind `sessions`, shared by all who read it in this process."""
    engine: AsyncEngine = sessions.kw["bind"]
    tail = _tails.setdefault(engine, LogTail(engine))
    tail.open()
    try:
        yield tail
    finally:
        await tail.close()
