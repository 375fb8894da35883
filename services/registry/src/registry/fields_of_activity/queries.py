"""Reading the list of fields of activity."""

from collections.abc import Collection, Iterable, Sequence
from uuid import UUID

from shared.errors import NotFound
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from registry.database import Base
from registry.fields_of_activity.model import FieldOfActivity, RetiredField, UnknownField

USES = {"organisations": "organisation_field", "volunteers": "volunteer_field", "help_entries": "help_entry_field"}
"""What is linked with fields, and the table of these links."""


async def list_fields(session: AsyncSession) -> Sequence[FieldOfActivity]:
    """All fields in the list's order, retired ones among them, without those that were merged into another."""
    fields = select(FieldOfActivity).where(FieldOfActivity.merged_into_id.is_(None))
    return (await session.scalars(fields.order_by(FieldOfActivity.position, FieldOfActivity.name))).all()


async def former_slugs(session: AsyncSession) -> dict[UUID, list[str]]:
    """By the id of a field, the slugs of those that were merged into it."""
    merged = select(FieldOfActivity.merged_into_id, FieldOfActivity.slug).order_by(FieldOfActivity.slug)
    found: dict[UUID, list[str]] = {}
    for into_id, slug in await session.execute(merged.where(FieldOfActivity.merged_into_id.is_not(None))):
        if into_id is not None:
            found.setdefault(into_id, []).append(slug)
    return found


async def merged_fields(session: AsyncSession) -> Sequence[tuple[FieldOfActivity, str]]:
    """The fields that were merged, each with the slug of the one that it was merged into."""
    into = aliased(FieldOfActivity)
    merged = select(FieldOfActivity, into.slug).join(into, into.id == FieldOfActivity.merged_into_id)
    return [(one, slug) for one, slug in await session.execute(merged)]


async def field_for_update(session: AsyncSession, field_id: UUID) -> FieldOfActivity:
    """A field as it is now, locked. Raises `NotFound`."""
    found = await session.get(FieldOfActivity, field_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound
    return found


async def fields_named(
    session: AsyncSession, slugs: Collection[str], *, kept: Iterable[FieldOfActivity] = ()
) -> list[FieldOfActivity]:
    """The fields with these slugs, in the list's order; for the slug of a merged one, the field it was merged into.

    Raises `UnknownField`, and `RetiredField` for what cannot be chosen any more unless it is `kept`: chosen already.
    """
    named = aliased(FieldOfActivity)
    standing = func.coalesce(named.merged_into_id, named.id)
    rows = select(named.slug, FieldOfActivity).join(FieldOfActivity, FieldOfActivity.id == standing)
    found = dict((await session.execute(rows.where(named.slug.in_(slugs)))).all()) if slugs else {}
    if len(found) != len(set(slugs)):
        raise UnknownField
    before = {field.id for field in kept}
    for field in found.values():
        if field.retired and field.id not in before:
            raise RetiredField(name=field.name)
    return sorted(set(found.values()), key=lambda field: field.position)


def is_called(slug: str) -> ColumnElement[bool]:
    """Of `FieldOfActivity`: it has this slug, or a field with this slug was merged into it."""
    named = aliased(FieldOfActivity)
    standing = select(func.coalesce(named.merged_into_id, named.id)).where(named.slug == slug)
    return FieldOfActivity.id == standing.scalar_subquery()


async def has_name(session: AsyncSession, name: str, other_than: UUID | None = None) -> bool:
    """Whether another field of the list has this name."""
    same = select(FieldOfActivity.id).where(
        func.lower(FieldOfActivity.name) == name.lower(), FieldOfActivity.merged_into_id.is_(None)
    )
    return await session.scalar(same.where(FieldOfActivity.id.is_distinct_from(other_than))) is not None


async def count_uses(session: AsyncSession) -> dict[UUID, dict[str, int]]:
    """How many links of each kind every field has."""
    found: dict[UUID, dict[str, int]] = {}
    for what, name in USES.items():
        links = Base.metadata.tables[name]
        counted = select(links.c.field_id, func.count()).group_by(links.c.field_id)
        for field_id, count in await session.execute(counted):
            found.setdefault(field_id, {})[what] = count
    return found
