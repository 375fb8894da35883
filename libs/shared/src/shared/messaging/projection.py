"""Read models: rows that follow the newest event of their subject."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import DeclarativeBase


async def upsert_if_newer(
    session: AsyncSession,
    model: type[DeclarativeBase],
    key: Mapping[str, Any],
    sequence: int,
    values: Mapping[str, Any],
) -> bool:
    """Write the row named by `key` unless it already shows a newer state. Returns whether it was written.

    `model` has a column `sequence` and a unique constraint on exactly the columns of `key`. An older sequence never
    overwrites a newer one, and the same one is not written twice: delivery is unordered and at least once.
    """
    statement = _upsert(model, tuple(key), tuple(values))
    written = await session.execute(_returning(statement), {**key, "sequence": sequence, **values})
    return written.first() is not None


async def upsert_many_if_newer(
    session: AsyncSession, model: type[DeclarativeBase], key: Sequence[str], rows: Sequence[Mapping[str, Any]]
) -> None:
    """The same for many rows in one exchange with the database.

    Each row has the columns named by `key`, `sequence`, and the same further columns as every other.
    """
    newest: dict[tuple[Any, ...], Mapping[str, Any]] = {}
    for row in rows:
        name = tuple(row[column] for column in key)
        if name not in newest or newest[name]["sequence"] < row["sequence"]:
            newest[name] = row
    if newest:
        values = tuple(column for column in rows[0] if column not in key and column != "sequence")
        await session.execute(_upsert(model, tuple(key), values), [dict(row) for row in newest.values()])


@lru_cache(maxsize=256)
def _upsert(model: type[DeclarativeBase], key: tuple[str, ...], values: tuple[str, ...]) -> Insert:
    # On the table, not on the model, and built once: the ORM's own way costs as much time as the database takes.
    table = model.__table__
    statement = insert(table).values({name: sa.bindparam(name) for name in (*key, "sequence", *values)})  # type: ignore[arg-type]
    return statement.on_conflict_do_update(
        index_elements=list(key),
        set_={name: statement.excluded[name] for name in ("sequence", *values)},
        where=table.c.sequence < statement.excluded.sequence,
    )


@lru_cache(maxsize=256)
def _returning(statement: Insert) -> Any:
    return statement.returning(sa.literal(1))
