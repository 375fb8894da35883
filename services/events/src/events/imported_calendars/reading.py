"""Reading a calendar in a process of its own; see `extraction` for what it does there."""

import asyncio
import hashlib
import json
import sys
from asyncio.subprocess import DEVNULL, PIPE
from dataclasses import dataclass
from datetime import datetime

from pydantic import BaseModel, ValidationError

from events.imported_calendars.model import Failure

LONGEST = 60.0  # seconds, on a machine that has other things to do
_READER = ("-I", "-m", "events.imported_calendars.extraction")  # -I: nothing from the environment or present folder


class Unreadable(Exception):
    """Nothing of the calendar can be taken over."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure)
        self.failure = failure


class Entry(BaseModel):
    """One date as the calendar has it. Texts are as long as the other side likes; times are aware."""

    uid: str
    recurrence: str
    sequence: int
    cancelled: bool
    title: str
    description: str
    place: str
    url: str
    starts_at: datetime
    ends_at: datetime

    @property
    def key(self) -> str:
        """The same for all versions of this date, and of no other one."""
        return hashlib.sha256(json.dumps([self.uid, self.recurrence]).encode()).hexdigest()


class _Answer(BaseModel):
    refused: Failure | None = None
    entries: list[Entry] = []
    unreadable: int = 0


@dataclass(frozen=True)
class Reading:
    """What lies in the window of time, in order, and how many entries made no sense."""

    entries: list[Entry]
    unreadable: int


async def read_calendar(body: bytes, since: datetime, until: datetime) -> Reading:
    """The dates of a calendar between two moments, those of series one by one. Raises `Unreadable`."""
    asked = {"calendar": body.decode("utf-8", "replace"), "since": since.isoformat(), "until": until.isoformat()}
    process = await asyncio.create_subprocess_exec(
        sys.executable, *_READER, stdin=PIPE, stdout=PIPE, stderr=DEVNULL, env={}, cwd="/"
    )
    try:
        async with asyncio.timeout(LONGEST):
            output, _ = await process.communicate(json.dumps(asked).encode())
    except TimeoutError:
        raise Unreadable(Failure.TOO_MANY) from None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode != 0:  # stopped at a limit, or out of memory
        raise Unreadable(Failure.TOO_MANY)
    try:
        answer = _Answer.model_validate_json(output)
    except ValidationError:
        raise Unreadable(Failure.NO_CALENDAR) from None
    if answer.refused is not None:
        raise Unreadable(answer.refused)
    return Reading(answer.entries, answer.unreadable)
