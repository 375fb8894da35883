"""How data goes when its time is over: rows are deleted, or columns of them are emptied, in small transactions."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy import ColumnElement, Table
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import DeclarativeBase

Moment = ColumnElement[Any]
Condition = Callable[[Moment], ColumnElement[bool]]
"""Given the moment before which something must have happened: which rows are over their time."""


class Removal(Protocol):
    """What a rule needs to know and to do; `Removing` and `Emptying` are the usual ones."""

    @property
    def tables(self) -> tuple[str, ...]:
        """The tables that it takes care of."""

    def describe(self) -> str:
        """What exactly is removed; another text means another rule, which begins with a dry run."""

    async def count(self, session: AsyncSession, before: Moment) -> int:
        """How many are over their time."""

    async def remove(self, session: AsyncSession, before: Moment, limit: int) -> int:
        """Remove at most `limit` of them; returns how many."""


def _table(entity: type[DeclarativeBase] | Table) -> Table:
    found = entity if isinstance(entity, Table) else entity.__table__
    assert isinstance(found, Table)  # noqa: S101 - rules are about tables, not about selects
    return found


@dataclass(frozen=True)
class Removing:
    """Delete rows. `with_them` names tables whose rows the database deletes along (ON DELETE CASCADE)."""

    entity: type[DeclarativeBase] | Table
    over: Condition
    with_them: tuple[str, ...] = ()

    @property
    def tables(self) -> tuple[str, ...]:
        return (_table(self.entity).name, *self.with_them)

    def describe(self) -> str:
        return _text(sa.delete(_table(self.entity)).where(self.over(sa.literal_column("before"))))

    async def count(self, session: AsyncSession, before: Moment) -> int:
        return await _count(session, _table(self.entity), self.over(before))

    async def remove(self, session: AsyncSession, before: Moment, limit: int) -> int:
        table = _table(self.entity)
        return await _affected(session, sa.delete(table).where(_some(table, self.over(before), limit)))


@dataclass(frozen=True)
class Emptying:
    """Keep rows and set columns, such as what a mail said. The condition must not hold for rows that are done."""

    entity: type[DeclarativeBase] | Table
    over: Condition
    values: Mapping[str, Any] = field(default_factory=dict)

    @property
    def tables(self) -> tuple[str, ...]:
        return (_table(self.entity).name,)

    def describe(self) -> str:
        changed = sa.update(_table(self.entity)).where(self.over(sa.literal_column("before")))
        return f"{_text(changed.values(dict.fromkeys(self.values)))} {dict(self.values)!r}"

    async def count(self, session: AsyncSession, before: Moment) -> int:
        return await _count(session, _table(self.entity), self.over(before))

    async def remove(self, session: AsyncSession, before: Moment, limit: int) -> int:
        table = _table(self.entity)
        emptied = sa.update(table).where(_some(table, self.over(before), limit)).values(dict(self.values))
        return await _affected(session, emptied)


def _some(table: Table, over: ColumnElement[bool], limit: int) -> ColumnElement[bool]:
    """Rows that somebody works on just now are left for the next day."""
    ctid: ColumnElement[Any] = sa.literal_column("ctid")
    chosen = sa.select(ctid).select_from(table).where(over).limit(limit).with_for_update(skip_locked=True, of=table)
    # As an array, so that PostgreSQL looks them up instead of reading the whole table again.
    return ctid == sa.func.any(sa.func.array(chosen.scalar_subquery()))


async def _count(session: AsyncSession, table: Table, over: ColumnElement[bool]) -> int:
    return int(await session.scalar(sa.select(sa.func.count()).select_from(table).where(over)) or 0)


async def _affected(session: AsyncSession, statement: sa.Delete | sa.Update) -> int:
    result = await session.execute(statement, execution_options={"synchronize_session": False})
    return int(result.rowcount)  # type: ignore[attr-defined]


def _text(statement: sa.Delete | sa.Update) -> str:
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    return " ".join(str(statement.compile(dialect=dialect, compile_kwargs={"literal_binds": True})).split())
