"""Read models: rows that follow the newest event of their subject."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.dialects.postgresql import insert
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
    statement = insert(model).values(**key, sequence=sequence, **values)
    newer = statement.on_conflict_do_update(
        index_elements=list(key),
        set_={name: statement.excluded[name] for name in ("sequence", *values)},
        where=model.__table__.c.sequence < statement.excluded.sequence,
    ).returning(model.__table__.c.sequence)
    return (await session.execute(newer)).first() is not None
