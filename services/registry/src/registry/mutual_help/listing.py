"""Pages of needs and offers as rows of one statement; see `organisations.listing`."""

import functools
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from registry.arrays import array_of
from registry.fields_of_activity.model import FieldOfActivity
from registry.mutual_help.model import HelpEntry, help_entry_field
from registry.mutual_help.queries import Filter, listed
from registry.mutual_help.schemas import HelpEntryAnswer
from registry.pages import read_rows

_MADE = frozenset({"area", "fields"})  # of other columns and tables


async def list_answers(
    session: AsyncSession, wanted: Filter, after: str | None, limit: int
) -> tuple[list[HelpEntryAnswer], str | None]:
    """What `queries.list_entries` finds, as it is answered, and the next page's cursor."""
    rows = _answers().where(*listed(wanted))
    found, following = await read_rows(session, rows, (HelpEntry.title, HelpEntry.id), after, limit)
    names = [str(column.key) for column in _answers().selected_columns]
    return [_answer(dict(zip(names, row, strict=True))) for row in found], following


def _answer(values: dict[str, Any]) -> HelpEntryAnswer:
    values["area"] = {"kind": values.pop("area_kind"), "id": values.pop("area_id")}
    return HelpEntryAnswer.model_validate(values)


@functools.cache
def _answers() -> sa.Select[Any]:
    own = [getattr(HelpEntry, name) for name in HelpEntryAnswer.model_fields if name not in _MADE]
    chosen = help_entry_field.c.field_id == FieldOfActivity.id, help_entry_field.c.entry_id == HelpEntry.id
    slugs = sa.select(FieldOfActivity.slug).where(*chosen).order_by(FieldOfActivity.position)
    return sa.select(*own, HelpEntry.area_kind, HelpEntry.area_id, array_of(slugs, HelpEntry).label("fields"))
