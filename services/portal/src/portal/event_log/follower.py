"""New events for everybody who is watching: one query for all watchers, and none while nobody watches."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from portal.event_log.model import EventEntry

log = structlog.get_logger()

EVERY = 0.3  # seconds
AT_ONCE = 500
WAITING = 1000  # entries that a slow watcher may leave unread before it is let go


class Follower:
    """Hands new entries of the event log to its watchers."""

    def __init__(self, sessions: async_sessionmaker[AsyncSession]) -> None:
        self._sessions = sessions
        self._watchers: set[asyncio.Queue[EventEntry | None]] = set()
        self._wanted = asyncio.Event()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Look for new entries until the block ends; then every watcher's stream ends."""
        task = asyncio.create_task(self._run(), name="portal follower")
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            self.end()

    def end(self) -> None:
        """End every watcher's stream."""
        for queue in self._watchers:
            if queue.full():
                queue.get_nowait()
            queue.put_nowait(None)

    @asynccontextmanager
    async def watching(self) -> AsyncIterator["asyncio.Queue[EventEntry | None]"]:
        """A queue of new entries; None at its end."""
        queue: asyncio.Queue[EventEntry | None] = asyncio.Queue(WAITING)
        self._watchers.add(queue)
        self._wanted.set()
        try:
            yield queue
        finally:
            self._watchers.discard(queue)
            if not self._watchers:
                self._wanted.clear()

    async def _run(self) -> None:
        while True:
            await self._wanted.wait()
            try:
                await self._follow()
            except Exception as error:
                log.warning("follower_interrupted", exc_info=error)
            await asyncio.sleep(EVERY)

    async def _follow(self) -> None:
        async with self._sessions() as session:
            seen = await session.scalar(select(func.coalesce(func.max(EventEntry.position), 0))) or 0
        while self._watchers:
            newer = select(EventEntry).where(EventEntry.position > seen).order_by(EventEntry.position).limit(AT_ONCE)
            async with self._sessions() as session:
                entries = list(await session.scalars(newer))
            for entry in entries:
                seen = entry.position
                self._hand_out(entry)
            if len(entries) < AT_ONCE:
                await asyncio.sleep(EVERY)

    def _hand_out(self, entry: EventEntry) -> None:
        for queue in tuple(self._watchers):
            if queue.full():  # it asks again with Last-Event-ID
                self._watchers.discard(queue)
                queue.get_nowait()
                queue.put_nowait(None)
            else:
                queue.put_nowait(entry)
