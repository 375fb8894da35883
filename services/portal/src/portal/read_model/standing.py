"""What stands for what: merged fields, organisations and municipalities have a successor, in older events, too.

The registry does not tell anew of everything that named them. So rows that are there are rewritten when the merger is
told, and what comes later is written with the successor at once.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from shared.contracts.registry import AreaKind
from sqlalchemy import ColumnElement, Text, Update, any_, case, cast, func, literal, select, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from portal.database import Base
from portal.read_model.model import (
    FieldOfActivity,
    HelpEntry,
    MergedOrganisation,
    Municipality,
    Organisation,
    PublishedMinutes,
    Volunteer,
)

_ORGANISATION = ("organisation_id", "into_organisation_id")
_ORGANISATIONS = ("organisation_ids", "federations", "present", "excused")
"""Columns that hold the id of an organisation, or a list of them."""
_NAMING = {"fields", "area", "areas", "area_ids", "items", *_ORGANISATION, *_ORGANISATIONS}


async def with_successors(session: AsyncSession, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a row, with what stands for merged fields (slugs) and dissolved municipalities (ids) today."""
    if not _NAMING & set(values):
        return dict(values)
    found = dict(values)
    if found.get("fields"):
        fields = await _merged_fields(session)
        found["fields"] = list(dict.fromkeys(fields.get(slug, slug) for slug in found["fields"]))
    await _name_present(session, found)
    seats = await _dissolved(session)
    if seats and found.get("area_ids"):
        found["area_ids"] = list(dict.fromkeys(seats.get(one, one) for one in found["area_ids"]))
    if seats and found.get("area"):
        found["area"] = _area(found["area"], seats)
    if seats and found.get("areas"):
        moved = [_area(area, seats) for area in found["areas"]]
        found["areas"] = [area for number, area in enumerate(moved) if area not in moved[:number]]
    return found


async def successor_of_field(session: AsyncSession, slug: str) -> str:
    """The slug that stands for this one."""
    return (await _merged_fields(session)).get(slug, slug)


async def rewrite_field(session: AsyncSession, slug: str, into_slug: str) -> None:
    """Rows that name a merged field name the other one."""
    chain = update(FieldOfActivity).where(FieldOfActivity.into_slug == slug)
    await session.execute(chain.values(into_slug=into_slug))
    for table in (Organisation, HelpEntry, Volunteer):
        both = literal(into_slug) == any_(table.fields)
        once = case(
            (both, func.array_remove(table.fields, slug)), else_=func.array_replace(table.fields, slug, into_slug)
        )
        rows: Update = update(table).where(literal(slug) == any_(table.fields))
        await session.execute(rows.values(fields=once))


async def rewrite_municipality(session: AsyncSession, old: UUID) -> None:
    """Rows that name a dissolved municipality as an area of activity name what stands for it."""
    new = (await _dissolved(session)).get(old, old)
    helping = update(Volunteer).where(literal(old) == any_(Volunteer.area_ids))
    await session.execute(helping.values(area_ids=func.array_replace(Volunteer.area_ids, old, new)))
    named = {"id": str(old), "kind": AreaKind.MUNICIPALITY.value}
    reaching = update(Organisation).where(Organisation.areas.contains([named]))
    await session.execute(reaching.values(areas=_replaced(Organisation.areas, old, new)))
    entries = update(HelpEntry).where(HelpEntry.area.contains(named))
    await session.execute(entries.values(area=_replaced(HelpEntry.area, old, new)))


async def rewrite_organisation(session: AsyncSession, gone: UUID) -> None:
    """Rows that name a merged organisation name what stands for it."""
    kept = (await _merged_organisations(session)).get(gone, gone)
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if column.name in _ORGANISATION and not column.primary_key:
                await session.execute(sa.update(table).where(column == gone).values({column.name: kept}))
            elif column.name in _ORGANISATIONS:
                both = literal(kept) == any_(column)
                once = case((both, func.array_remove(column, gone)), else_=func.array_replace(column, gone, kept))
                named = literal(gone) == any_(column)
                await session.execute(sa.update(table).where(named).values({column.name: once}))
    minutes = update(PublishedMinutes).where(cast(PublishedMinutes.items, Text).contains(str(gone)))
    await session.execute(minutes.values(items=_replaced(PublishedMinutes.items, gone, kept)))


async def _name_present(session: AsyncSession, found: dict[str, Any]) -> None:
    """In the values of a row, entries that are there for those that were merged into them."""
    if not found.keys() & {"items", *_ORGANISATION, *_ORGANISATIONS}:
        return
    merged = await _merged_organisations(session)
    for name in found.keys() & {*_ORGANISATION} if merged else ():
        found[name] = merged.get(found[name], found[name])
    for name in found.keys() & {*_ORGANISATIONS} if merged else ():
        found[name] = list(dict.fromkeys(merged.get(one, one) for one in found[name]))
    for item in found.get("items", ()) if merged else ():
        for task in item.get("action_items", ()):
            task["organisation_id"] = _text_of(task["organisation_id"], merged)


def _text_of(organisation: str | None, merged: Mapping[UUID, UUID]) -> str | None:
    return None if organisation is None else str(merged.get(UUID(organisation), organisation))


async def _merged_organisations(session: AsyncSession) -> dict[UUID, UUID]:
    """What stands for each merged organisation; also where that was merged in turn."""
    rows = select(MergedOrganisation.organisation_id, MergedOrganisation.into_organisation_id)
    followed = {row[0]: row[1] for row in await session.execute(rows)}
    return {gone: _last(followed, gone) for gone in followed}


def _replaced(column: Any, old: UUID, new: UUID) -> ColumnElement[Any]:
    return cast(func.replace(cast(column, Text), str(old), str(new)), JSONB)


async def _merged_fields(session: AsyncSession) -> dict[str, str]:
    merged = select(FieldOfActivity.slug, FieldOfActivity.into_slug).where(FieldOfActivity.into_slug.is_not(None))
    return {slug: into for slug, into in await session.execute(merged) if into is not None}


async def _dissolved(session: AsyncSession) -> dict[UUID, UUID]:
    """What stands for each dissolved municipality; also where its successor was dissolved in turn."""
    rows = select(Municipality.municipality_id, Municipality.successor_id)
    rows = rows.where(Municipality.successor_id.is_not(None))
    followed = {old: new for old, new in await session.execute(rows) if new is not None}
    return {old: _last(followed, old) for old in followed}


def _last(followed: Mapping[UUID, UUID], one: UUID) -> UUID:
    for _ in followed:
        one = followed.get(one, one)
    return one


def _area(area: Mapping[str, Any], seats: Mapping[UUID, UUID]) -> dict[str, Any]:
    if area["kind"] != AreaKind.MUNICIPALITY:
        return dict(area)
    seat = UUID(str(area["id"]))
    return {**area, "id": str(seats.get(seat, seat))}
