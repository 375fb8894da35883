"""Long work on one import: how far it is, and that somebody wants it to stop."""

from uuid import UUID

import sqlalchemy as sa
from shared.database import transaction
from shared.messaging.transport import Sessions

from registry.imports.model import ListImport


class Cancelled(Exception):
    """Somebody has asked to stop: everything that is not committed goes."""


class Work:
    """One piece of work of the worker. What it says of its progress is committed at once, beside the work itself."""

    def __init__(self, sessions: Sessions, import_id: UUID) -> None:
        self.sessions, self.import_id = sessions, import_id
        self.done = 0

    async def expect(self, total: int) -> None:
        """Say how many rows there are."""
        await self._note(done=0, total=total)

    async def advance(self, rows: int) -> None:
        """Some more rows are done. Raises `Cancelled`."""
        self.done += rows
        await self._note(done=self.done)

    async def _note(self, **numbers: int) -> None:
        this = sa.update(ListImport).where(ListImport.id == self.import_id).values(**numbers)
        async with transaction(self.sessions) as session:
            if (await session.scalars(this.returning(ListImport.cancelled))).one():
                raise Cancelled
