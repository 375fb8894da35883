"""The declarative base of this service's tables, and what several slices need of the database."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import shared.database
import sqlalchemy as sa
from shared.database import create_metadata
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(shared.database.Base):
    """A table in the database of the service `registry`."""

    __abstract__ = True
    metadata = create_metadata()


class Recorded:
    """A row that knows when it was written."""

    created_at: Mapped[datetime] = mapped_column(server_default=sa.func.now())


def apply(row: DeclarativeBase, values: Mapping[str, Any]) -> bool:
    """Set the attributes named in `values`; returns whether one of them was different before."""
    different = {name: value for name, value in values.items() if getattr(row, name) != value}
    for name, value in different.items():
        setattr(row, name, value)
    return bool(different)


async def lock(session: AsyncSession, purpose: str, name: str) -> None:
    """Wait until no other transaction holds this name for this purpose; held until the transaction ends.

    For looking something up and writing it when it is missing: the second of two callers finds what the first wrote.
    """
    key = sa.func.hashtextextended(sa.func.lower(sa.literal(f"{purpose}:{name}")), 0)
    await session.execute(sa.select(sa.func.pg_advisory_xact_lock(key)))
