"""Rows of organisations beside the directory."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from registry.arrays import is_among
from registry.duplicates.candidates import Reason, like_organisations
from registry.imports.matching import Findings, Match, good_rows, text_of
from registry.imports.model import ImportPart, ImportRow, ListImport
from registry.imports.rows import Source
from registry.organisations.model import Organisation, RegisterNumberTaken
from registry.scope import organisations_in_scope


async def match_organisations(
    session: AsyncSession, imported: ListImport, source: Source, *, exact_only: bool = False
) -> Findings:
    """Entries with the same name in the village or the same register number, then those that are only alike.

    A register number of an organisation elsewhere makes the row wrong: the office cannot change that entry.
    """
    findings = Findings()
    mine = organisations_in_scope(imported.access())
    for row in await session.execute(_same(imported, source.part, mine)):
        found = findings.rows[row.number]
        if row.mine:
            found.exact = True
            found.add(Match(row.id, row.name, (row.reason,)))
        else:
            wrong = source.problem(row.number, "register_number", RegisterNumberTaken.code, RegisterNumberTaken.message)
            found.problems.append(wrong)
    if exact_only:
        return findings
    likely = await like_organisations(session, imported.access(), _staged(imported, source.part))
    names = await _names(session, {one.id for one in likely}, mine)
    for candidate in likely:
        if (name := names.get(candidate.id)) is not None:
            findings.rows[candidate.row].add(Match(candidate.id, name, tuple(map(str, candidate.reasons))))
    return findings


def _same(imported: ListImport, part: ImportPart, mine: sa.ColumnElement[bool]) -> sa.CompoundSelect[Any]:
    """What the database would refuse as a second entry."""
    village = sa.cast(text_of("entry", "village_id"), sa.Uuid)
    of_name = (Organisation.village_id == village) & (
        sa.func.lower(Organisation.name) == sa.func.lower(text_of("entry", "name"))
    )
    of_register = (
        (Organisation.register_number != "")
        & (sa.func.lower(Organisation.register_court) == sa.func.lower(text_of("entry", "register_court")))
        & (sa.func.lower(Organisation.register_number) == sa.func.lower(text_of("entry", "register_number")))
    )

    def by(condition: sa.ColumnElement[bool], reason: Reason) -> Any:
        columns = (ImportRow.number, Organisation.id, Organisation.name, mine.label("mine"))
        return (
            sa.select(*columns, sa.literal(reason.value).label("reason"))
            .join(Organisation, condition)
            .where(good_rows(imported, part))
        )

    return sa.union_all(by(of_register, Reason.REGISTER), by(of_name, Reason.SAME_NAME))


def _staged(imported: ListImport, part: ImportPart) -> sa.Select[Any]:
    """The columns of `duplicates.candidates.StagedOrganisation`."""
    return sa.select(
        sa.cast(ImportRow.number, sa.BigInteger).label("row"),
        text_of("entry", "name").label("name"),
        sa.cast(text_of("entry", "village_id"), sa.Uuid).label("village_id"),
        sa.func.coalesce(text_of("entry", "register_court"), "").label("register_court"),
        sa.func.coalesce(text_of("entry", "register_number"), "").label("register_number"),
        text_of("entry", "website").label("website"),
        text_of("contact", "email").label("email"),
    ).where(good_rows(imported, part))


async def _names(session: AsyncSession, ids: set[UUID], mine: sa.ColumnElement[bool]) -> dict[UUID, str]:
    rows = await session.execute(
        sa.select(Organisation.id, Organisation.name).where(is_among(Organisation.id, ids), mine)
    )
    return {row.id: row.name for row in rows}
