"""What a process remembers of the read model, as long as nothing in it has changed."""

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from portal.read_model.model import Revision
from portal.web.dates import today

T = TypeVar("T")
ENTRIES = 1000


class ReadCache:
    """Answers of queries, kept for one revision of the read model and one day (a mandate may begin or end today).

    The revision is read before the query. So an entry may be newer than its revision and is then read once more than
    necessary, but it is never older.
    """

    def __init__(self) -> None:
        self._valid_for: tuple[int, date] | None = None
        self._entries: dict[tuple[Any, ...], Any] = {}

    async def get(self, session: AsyncSession, query: Callable[..., Awaitable[T]], *args: Any) -> T:
        """What `await query(session, *args)` gives. Errors are not remembered. Callers must not change the answer."""
        number = await session.scalar(select(Revision.number))
        now = (number or 0, today())
        if now != self._valid_for:
            self._valid_for, self._entries = now, {}
        entries, key = self._entries, (query, *args)
        if key not in entries:
            answer = await query(session, *args)
            if len(entries) >= ENTRIES:
                entries.clear()
            entries[key] = answer  # into the entries of this revision, even if a newer one began meanwhile
        found: T = entries[key]
        return found
