"""Changing the list of fields of activity. Changes wait for each other: there are few of them."""

from typing import Any, cast
from uuid import UUID, uuid4

import sqlalchemy as sa
from shared.contracts.registry import (
    FieldOfActivityChanged,
    FieldOfActivityListed,
    FieldOfActivityMerged,
    FieldOfActivityRetired,
    FieldOfActivityState,
)
from shared.messaging.outbox import record
from sqlalchemy.ext.asyncio import AsyncSession

from registry.clock import today
from registry.database import apply, lock
from registry.fields_of_activity import queries
from registry.fields_of_activity.model import FieldExists, FieldOfActivity, ListChanged
from registry.fields_of_activity.schemas import FieldChanges
from registry.pointing import columns_naming, point_at
from registry.slugs import unused_slug
from registry.versions import expect_version


async def list_field(session: AsyncSession, name: str) -> FieldOfActivity:
    """Add a field at the end of the list. Raises `FieldExists`."""
    await lock(session, "fields", "")
    await _check_name(session, name)
    fields = await queries.list_fields(session)
    field = FieldOfActivity(
        id=uuid4(),
        slug=await unused_slug(session, FieldOfActivity.slug, name),
        name=name,
        position=max((one.position for one in fields), default=0) + 1,
    )
    session.add(field)
    await session.flush()
    _tell(session, field, FieldOfActivityListed)
    return field


async def change_field(
    session: AsyncSession, field_id: UUID, changes: FieldChanges, if_match: str | None
) -> FieldOfActivity:
    """Rename a field, retire it, or put it back. Raises `FieldExists` and `FieldIsMerged`."""
    await lock(session, "fields", "")
    field = await queries.field_for_update(session, field_id)
    field.check_listed()
    expect_version(field, if_match)
    changed = changes.model_dump()
    retired = changed.pop("retired", field.retired)
    if "name" in changed:
        await _check_name(session, changed["name"], field.id)
    turned = field.retire(retired, today())
    if apply(field, changed) or turned:
        field.touch()
        _tell(session, field, FieldOfActivityRetired if turned and retired else FieldOfActivityChanged)
    return field


async def merge_field(session: AsyncSession, field_id: UUID, into_id: UUID) -> FieldOfActivity:
    """Have another field stand for this one, wherever that is linked. Returns the other one.

    Raises `NotFound`, `IntoItself`, `IntoRetired` and `FieldIsMerged`.
    """
    await lock(session, "fields", "")
    field = await queries.field_for_update(session, field_id)
    into = await queries.field_for_update(session, into_id)
    field.merge_into(into)
    await session.flush()
    fields = cast("sa.Table", FieldOfActivity.__table__)
    for column in columns_naming(fields):
        await point_at(session, column, [field.id], into.id)
    await point_at(session, fields.c.merged_into_id, [field.id], into.id)
    merged = FieldOfActivityMerged(**_state(field), into_id=into.id, into_slug=into.slug)
    record(session, merged, subject=field.id, sequence=field.version)
    return into


async def order_fields(session: AsyncSession, field_ids: list[UUID]) -> None:
    """Put the list in this order. Raises `ListChanged` unless these are all of its fields."""
    await lock(session, "fields", "")
    fields = {field.id: field for field in await queries.list_fields(session)}
    if set(field_ids) != set(fields) or len(field_ids) != len(fields):
        raise ListChanged
    for position, field_id in enumerate(field_ids, start=1):
        if apply(fields[field_id], {"position": position}):
            fields[field_id].touch()
            _tell(session, fields[field_id], FieldOfActivityChanged)


async def _check_name(session: AsyncSession, name: str, other_than: UUID | None = None) -> None:
    if await queries.has_name(session, name, other_than):
        raise FieldExists


def _state(field: FieldOfActivity) -> dict[str, Any]:
    return {
        "field_id": field.id,
        "slug": field.slug,
        "name": field.name,
        "position": field.position,
        "retired": field.retired,
    }


def _tell(session: AsyncSession, field: FieldOfActivity, told: type[FieldOfActivityState]) -> None:
    record(session, told.model_validate(_state(field)), subject=field.id, sequence=field.version)
