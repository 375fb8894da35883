"""Whether the audit log is what was written: every entry is recomputed here, from the first to the last."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import RowMapping, select
from sqlalchemy.ext.asyncio import AsyncSession

from shared.audit.tables import audit_entry, audit_head
from shared.audit.triggers import FORGOTTEN, GENESIS

_EPOCH = datetime.fromisoformat("1970-01-01T00:00:00+00:00")
_BATCH = 1000


@dataclass(frozen=True)
class Verdict:
    """What a look at the whole chain found. `broken_at` is the position where it stops to hold, with the reason."""

    count: int
    head: str
    broken_at: int | None = None
    reason: str | None = None

    @property
    def holds(self) -> bool:
        return self.reason is None


def hash_of(entry: RowMapping) -> str:
    """The hash that an entry must have; the same as `dorfnetz_audit_hash` in the database."""
    fields = [
        entry["previous"],
        entry["position"],
        (entry["at"] - _EPOCH) // timedelta(microseconds=1),
        entry["actor"] and str(entry["actor"]),
        entry["action"],
        entry["kind"],
        str(entry["subject"]),
        [str(person) for person in entry["persons"]],
        entry["scopes"],
        dict(sorted(entry["details"].items(), key=_order_of_jsonb)),
    ]
    return hashlib.sha256(json.dumps(fields, ensure_ascii=False).encode()).hexdigest()


def _order_of_jsonb(item: tuple[str, Any]) -> tuple[int, bytes]:
    key = item[0].encode()
    return len(key), key


async def verify(session: AsyncSession, expected_head: str | None = None) -> Verdict:
    """Recompute the chain. With `expected_head`, a hash told earlier, also a log whose end was cut off is noticed.

    The session must see every entry (`shared.access.tenancy.EVERYTHING`).
    """
    walk = _Walk(expected_head)
    entries = select(audit_entry).order_by(audit_entry.c.position).execution_options(yield_per=_BATCH)
    async for entry in (await session.stream(entries)).mappings():
        if (reason := walk.step(entry)) is not None:
            return Verdict(walk.count, walk.head, entry["position"], reason)
    known = (await session.execute(select(audit_head))).one_or_none()
    return walk.end(known.position if known else 0, known.hash if known else GENESIS)


class _Walk:
    def __init__(self, expected_head: str | None) -> None:
        self.count, self.position, self.head = 0, 0, GENESIS
        self._missing = expected_head
        self._anchor: tuple[int, str] | None = None  # what the first entry is chained to, and is no more
        self._anchors: set[tuple[int, str]] = set()  # what entries of forgetting say of it

    def step(self, entry: RowMapping) -> str | None:
        """Go on to the next entry; returns why it does not follow."""
        if self.count == 0 and entry["position"] > 1:
            self.position, self.head = entry["position"] - 1, entry["previous"]
            self._anchor = (self.position, self.head)
            self._found(self.head)
        if entry["position"] != self.position + 1:
            return f"entries {self.position + 1} to {entry['position'] - 1} are missing"
        if entry["previous"] != self.head:
            return "not chained to the entry before"
        if hash_of(entry) != entry["hash"]:
            return "changed since it was written"
        if entry["action"] == FORGOTTEN:
            self._anchors.add((int(entry["details"]["through"]), entry["details"]["hash"]))
        self.count, self.position, self.head = self.count + 1, entry["position"], entry["hash"]
        self._found(self.head)
        return None

    def end(self, known_position: int, known_hash: str) -> Verdict:
        """After the last entry: is it the last that was written, and was the beginning deleted by the rule?"""
        if (self.position, self.head) != (known_position, known_hash):
            return self._broken(self.position + 1, f"the log once ended with entry {known_position}, {known_hash}")
        if self._anchor is not None and self._anchor not in self._anchors:
            return self._broken(self._anchor[0], "the entries up to here were not deleted by the rule of retention")
        if self._missing is not None:
            return self._broken(self.position + 1, "the expected head is not in the log")
        return Verdict(self.count, self.head)

    def _found(self, head: str) -> None:
        if head == self._missing:
            self._missing = None

    def _broken(self, position: int, reason: str) -> Verdict:
        return Verdict(self.count, self.head, position, reason)
