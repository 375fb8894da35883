"""Reading the audit log."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Text, cast, select
from sqlalchemy.dialects.postgresql import ARRAY, array
from sqlalchemy.ext.asyncio import AsyncSession

from shared.access.grants import Access, ScopeKind
from shared.audit.tables import audit_entry, audit_head
from shared.dates import BERLIN


@dataclass(frozen=True)
class Filter:
    """Which entries a list shows; None leaves a property open. Days are those of Germany, both included."""

    person: UUID | None = None
    actor: UUID | None = None
    action: str | None = None
    since: date | None = None
    until: date | None = None

    def conditions(self) -> Iterator[ColumnElement[bool]]:
        if self.person is not None:
            yield audit_entry.c.persons.contains([self.person])
        if self.actor is not None:
            yield audit_entry.c.actor == self.actor
        if self.action is not None:
            yield audit_entry.c.action == self.action
        if self.since is not None:
            yield audit_entry.c.at >= _begin(self.since)
        if self.until is not None and self.until < date.max:
            yield audit_entry.c.at < _begin(self.until + timedelta(days=1))


async def list_entries(
    session: AsyncSession, access: Access, wanted: Filter, before: int | None, limit: int
) -> Sequence[Row[Any]]:
    """Entries in the caller's scope, newest first; `before` is a position."""
    found = select(audit_entry).where(*wanted.conditions(), *_in_scope(access))
    if before is not None:
        found = found.where(audit_entry.c.position < before)
    return (await session.execute(found.order_by(audit_entry.c.position.desc()).limit(limit))).all()


async def read_head(session: AsyncSession) -> Row[int, str] | None:
    """The position and hash of the last entry; None as long as there is none."""
    return (await session.execute(select(audit_head.c.position, audit_head.c.hash))).one_or_none()


def _begin(day: date) -> datetime:
    return datetime.combine(day, time(), BERLIN)


def _in_scope(access: Access) -> Iterator[ColumnElement[bool]]:
    held = [grant for grant in access.principal.grants if grant.role in access.roles]
    if not any(grant.scope is ScopeKind.DISTRICT for grant in held):
        names = sorted({str(name) for grant in held for name in (grant.scope_id, grant.scope_key) if name is not None})
        yield audit_entry.c.scopes.overlap(cast(array(names, type_=Text), ARRAY(Text)))
