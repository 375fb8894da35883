"""Fields of activity that a row names: those that were merged into another, and those that are not chosen any more."""

from typing import Any

import sqlalchemy as sa
from shared.i18n import N_
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from registry.fields_of_activity.model import RetiredField
from registry.imports.matching import Findings, good_rows
from registry.imports.model import ImportRow, ListImport, ListKind
from registry.imports.rows import Source
from registry.imports.vocabulary import Vocabulary
from registry.spreadsheets.checking import CheckedRow
from registry.spreadsheets.problems import Problem

MERGED = N_("“{value}” is part of “{successor}” now. This is what will be entered.")


def read_fields(source: Source, row: CheckedRow, vocabulary: Vocabulary, problems: list[Problem]) -> dict[str, Any]:
    """`fields` for the row's values, unless it names none. In place of a merged field its successor, with a hint."""
    slugs = []
    for slug in row.values.get("fields") or ():
        field = vocabulary.field_now(slug)
        if slug in vocabulary.merged_fields:
            former, successor = vocabulary.merged_fields[slug][0].name, field.name
            hint = source.problem(
                row.number, "fields", "merged_field", MERGED, hint=True, value=former, successor=successor
            )
            problems.append(hint)
        slugs.append(field.slug)
    return {"fields": list(dict.fromkeys(slugs))} if slugs else {}


async def refuse_retired(
    session: AsyncSession, imported: ListImport, source: Source, vocabulary: Vocabulary, findings: Findings
) -> None:
    """Make rows wrong that would enter something new in a retired field; what is there already keeps its fields."""
    retired = vocabulary.retired_fields
    if not retired or source.kind is ListKind.CONTACTS:
        return
    told = ImportRow.values["fields"] if source.kind is ListKind.VOLUNTEERS else ImportRow.values[("entry", "fields")]
    wanted = sa.select(ImportRow.number, told).where(
        good_rows(imported, source.part), told.op("?|")(sa.cast(list(retired), ARRAY(sa.Text)))
    )
    for number, slugs in await session.execute(wanted):
        if number not in findings.rows or not findings.rows[number].matches:
            name = next(retired[slug].name for slug in slugs if slug in retired)
            wrong = source.problem(number, "fields", RetiredField.code, RetiredField.message, name=name)
            findings.rows[number].problems.append(wrong)
