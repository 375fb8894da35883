"""Having what points at some rows point at another one: when two things become one."""

from collections.abc import Collection, Iterator
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on, insert
from sqlalchemy.ext.asyncio import AsyncSession

from registry.database import Base


def columns_naming(table: sa.Table) -> Iterator[sa.Column[Any]]:
    """The columns of all other tables with a foreign key to this one: a table that is added later is not forgotten."""
    for other in Base.metadata.sorted_tables:
        if other is not table:
            yield from (column for column in other.columns for key in column.foreign_keys if key.column.table is table)


async def point_at(
    session: AsyncSession, column: sa.Column[Any], olds: Collection[UUID], new: UUID, *where: sa.ColumnElement[bool]
) -> int:
    """Write `new` for each of `olds` in a column; returns the number of rows that named one of them.

    Where the column is part of the primary key and another row says the same already, one of them stays.
    """
    table, named = column.table, sa.and_(column.in_(olds), *where)
    if not column.primary_key:
        changed = await session.execute(sa.update(table).where(named).values({column.name: new}))
        return int(changed.rowcount)  # type: ignore[attr-defined]
    others = [one for one in table.columns if one is not column]
    key = [one for one in others if one.primary_key]
    same = sa.select(*others, sa.literal(new)).where(named).ext(distinct_on(*key))
    await session.execute(
        insert(table).from_select([*(one.name for one in others), column.name], same).on_conflict_do_nothing()
    )
    removed = await session.execute(sa.delete(table).where(named))
    return int(removed.rowcount)  # type: ignore[attr-defined]
