"""Reading the list of fields of activity."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from registry.fields_of_activity.model import FieldOfActivity, UnknownField


async def list_fields(session: AsyncSession) -> Sequence[FieldOfActivity]:
    """All fields in the list's order."""
    return (await session.scalars(select(FieldOfActivity).order_by(FieldOfActivity.position))).all()


async def fields_named(session: AsyncSession, slugs: list[str]) -> list[FieldOfActivity]:
    """The fields with these slugs, in the list's order. Raises `UnknownField`."""
    wanted = select(FieldOfActivity).where(FieldOfActivity.slug.in_(slugs)).order_by(FieldOfActivity.position)
    found = (await session.scalars(wanted)).all() if slugs else []
    if len(found) != len(set(slugs)):
        raise UnknownField
    return list(found)
