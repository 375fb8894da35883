"""The journal: who was erased, by ids, in a file outside of the database.

A backup holds people who were erased after it was made. When the registry's worker starts it reads the journal, and
asks for every erasure again that the database does not know.
"""

import asyncio
import json
import os
from pathlib import Path
from uuid import UUID

import structlog
from pydantic import AwareDatetime, BaseModel, ValidationError
from shared.database import transaction
from shared.erasure.forgetting import Subject
from shared.messaging.transport import Sessions
from shared.messaging.worker import Timer
from sqlalchemy.ext.asyncio import AsyncSession

from registry.erasures import queries
from registry.erasures.forgetting import forgetting
from registry.erasures.handlers import tell_request
from registry.erasures.model import Erasure, Origin

LOOKS_EVERY = 15.0  # seconds, until it was compared once

log = structlog.get_logger()


class Entry(BaseModel):
    """One line."""

    erasure_id: UUID
    number: str
    person_id: UUID
    contact_ids: list[UUID]
    volunteer_id: UUID | None
    former_person_ids: list[UUID] = []
    scopes: list[str]
    requested_at: AwareDatetime
    origin: Origin
    requested_by: UUID | None


class Journal:
    """Lines of JSON; a line is on the disk before `append` returns."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> dict[UUID, Entry]:
        """Every erasure by its id. A line that a power cut left half is no entry: that one was not confirmed."""
        if not self._path.exists():
            return {}
        lines = self._path.read_text(encoding="utf-8").splitlines()
        entries: dict[UUID, Entry] = {}
        for number, line in enumerate(lines, start=1):
            try:
                entry = Entry.model_validate_json(line)
            except ValidationError:
                log.error("erasure_journal.unreadable_line", line=number)  # never the line itself
                continue
            entries[entry.erasure_id] = entry
        return entries

    async def keep(self, sessions: Sessions, subject: Subject) -> None:
        """Write an erasure down; has to be done before the registry confirms it."""
        async with sessions() as session:
            entry = Entry.model_validate(await session.get_one(Erasure, subject.erasure_id), from_attributes=True)
        await asyncio.to_thread(self.append, entry)

    def append(self, entry: Entry) -> None:
        """Write an entry unless it is there. Raises `OSError`."""
        if entry.erasure_id in self.read():
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("a+b") as file:
            if file.tell() and not _ends_with_newline(file.fileno(), file.tell()):
                file.write(b"\n")
            file.write(json.dumps(entry.model_dump(mode="json")).encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())


def _ends_with_newline(descriptor: int, size: int) -> bool:
    return os.pread(descriptor, 1, size - 1) == b"\n"


class Repeating:
    """Compares the journal with the database once after the start."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._done = False

    def timer(self) -> Timer:
        """For the worker."""
        return Timer("erasures.journal", LOOKS_EVERY, self.run)

    async def run(self, sessions: Sessions) -> None:
        """Ask again for every erasure that the database does not know."""
        if self._done:
            return
        entries = await asyncio.to_thread(self._journal.read)
        async with sessions() as session:
            known = await queries.known_ids(session, list(entries))
        for entry in entries.values():
            if entry.erasure_id not in known:
                async with transaction(sessions) as session:
                    await _repeat(session, entry)
                log.warning("erasure.repeated", erasure_id=str(entry.erasure_id))
        self._done = True


async def _repeat(session: AsyncSession, entry: Entry) -> None:
    subject = Subject.of(entry)
    erasure = Erasure.request(subject, entry.scopes, entry.requested_at, entry.origin, entry.requested_by)
    erasure.number = entry.number
    session.add(erasure)
    await session.flush()
    await forgetting.forget(session, subject)
    tell_request(session, erasure)
