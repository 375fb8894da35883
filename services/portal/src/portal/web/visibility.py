"""Reading one's own writes: a page waits a little until the read model shows what was just changed."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession

from portal.database import Base
from portal.web.view import View

FIRST_PAUSE, LONGEST_PAUSE = 0.02, 0.2  # seconds

Check = Callable[[AsyncSession], Awaitable[bool]]


async def is_visible(view: View, check: Check) -> bool:
    """Wait until `check` holds, at most `settings.visible_within` seconds; returns whether it does."""
    pause, deadline = FIRST_PAUSE, asyncio.get_running_loop().time() + view.settings.visible_within
    while True:
        async with view.reading() as session:
            if await check(session):
                return True
        if asyncio.get_running_loop().time() + pause > deadline:
            return False
        await asyncio.sleep(pause)
        pause = min(pause * 1.5, LONGEST_PAUSE)


async def sequence_of(view: View, table: type[Base], *where: ColumnElement[bool]) -> int:
    """The sequence that the read model shows of a row, -1 where there is none: what a later one is compared with."""
    sequence: Any = table.__table__.c.sequence
    async with view.reading() as session:
        found = await session.scalar(select(sequence).where(*where))
    return -1 if found is None else int(found)


def newer(table: type[Base], *where: ColumnElement[bool], than: int = -1) -> Check:
    """A check that holds when the row is there with a higher sequence."""
    sequence: Any = table.__table__.c.sequence

    async def check(session: AsyncSession) -> bool:
        found = await session.scalar(select(sequence).where(*where))
        return found is not None and int(found) > than

    return check
