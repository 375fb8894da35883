"""Columns that hold several ids."""

from collections.abc import Collection
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

Ids = InstrumentedAttribute[list[UUID]]


async def replace_in(session: AsyncSession, ids: Ids, gone: UUID, kept: UUID) -> None:
    """Wherever one of two merged entries stands among the ids the other one stands, once."""
    once = sa.case(
        (sa.literal(kept) == sa.any_(ids), sa.func.array_remove(ids, gone)),
        else_=sa.func.array_replace(ids, gone, kept),
    )
    named = sa.literal(gone) == sa.any_(ids)
    await session.execute(sa.update(ids.class_).where(named).values({ids.key: once}))


async def remove_from(session: AsyncSession, ids: Ids, gone: Collection[UUID]) -> None:
    """Take erased entries out."""
    for one in gone:
        named = sa.literal(one) == sa.any_(ids)
        await session.execute(sa.update(ids.class_).where(named).values({ids.key: sa.func.array_remove(ids, one)}))
