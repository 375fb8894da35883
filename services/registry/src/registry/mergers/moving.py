"""What names a municipality names its successor, wherever it stands: rights, places to help, notes, waiting sign-ups.

The audit log stays as it was written: of what happened in an old municipality the district office reads.
"""

from collections.abc import Sequence
from typing import cast
from uuid import UUID

import sqlalchemy as sa
from shared.contracts.registry import AreaKind
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from registry.database import Base
from registry.mergers.model import Merger
from registry.pointing import columns_naming, point_at
from registry.territory.model import Municipality, Village, VillageSeat

_HISTORY = {Village.__tablename__, VillageSeat.__tablename__, Merger.__tablename__}  # the merger itself writes these


async def move_references(session: AsyncSession, olds: Sequence[UUID], new: UUID) -> None:
    """Point everything in the registry at the new municipality, but for grants, which are given anew."""
    for column in columns_naming(cast("sa.Table", Municipality.__table__)):
        if column.table.name not in _HISTORY:
            await point_at(session, column, olds, new)
    for table in Base.metadata.sorted_tables:
        await _move_areas(session, table, olds, new)
        await _move_scopes(session, table, olds, new)
    programs = Base.metadata.tables["api_client"]
    await point_at(session, programs.c.scope_id, olds, new)


async def _move_areas(session: AsyncSession, table: sa.Table, olds: Sequence[UUID], new: UUID) -> None:
    """Areas of activity: a kind beside an id, or a list of both as JSON."""
    for kind in ("kind", "area_kind"):
        if kind in table.columns and "area_id" in table.columns:
            await point_at(session, table.c.area_id, olds, new, table.c[kind] == AreaKind.MUNICIPALITY)
    if "area_list" in table.columns:
        for old in olds:
            replaced = sa.func.replace(sa.cast(table.c.area_list, sa.Text), str(old), str(new))
            await session.execute(sa.update(table).values(area_list=sa.cast(replaced, JSONB)).where(_names(table, old)))


def _names(table: sa.Table, old: UUID) -> sa.ColumnElement[bool]:
    return table.c.area_list.contains([{"id": str(old)}])


async def _move_scopes(session: AsyncSession, table: sa.Table, olds: Sequence[UUID], new: UUID) -> None:
    """Lists of those who may see a row, but for those of the audit log, which nobody changes."""
    scopes = table.columns.get("scopes")
    if scopes is None or table.info.get("append_only"):
        return
    for old in olds:
        moved = sa.func.array_replace(scopes, str(old), str(new))
        await session.execute(sa.update(table).values(scopes=moved).where(sa.literal(str(old)) == sa.any_(scopes)))
