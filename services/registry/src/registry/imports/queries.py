"""Reading imports: what the caller's offices have uploaded, and the rows."""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from shared.access.grants import Access
from shared.errors import NotFound
from shared.i18n import N_, Translator
from sqlalchemy.ext.asyncio import AsyncSession

from registry.imports.model import (
    EntryKind,
    ImportChunk,
    ImportPart,
    ImportRow,
    ListImport,
    ListKind,
    Outcome,
    RememberedMapping,
)
from registry.imports.offices import offices_of
from registry.imports.preparing import Remembered
from registry.imports.schemas import Show
from registry.imports.uses import TABLES, Key
from registry.mutual_help.model import HelpEntry
from registry.organisations.model import Organisation
from registry.people.model import Contact, Person
from registry.scope import has_district
from registry.spreadsheets.letters import letter_of
from registry.volunteers.model import Volunteer

NO_NAME = N_("(no longer entered)")


async def find(session: AsyncSession, access: Access, after: UUID | None, limit: int) -> Sequence[ListImport]:
    """Those of the caller's offices, the newest first; the district sees all."""
    found = sa.select(ListImport).where(_mine(access))
    if after is not None:
        last = sa.select(ListImport.created_at, ListImport.id).where(ListImport.id == after).scalar_subquery()
        found = found.where(sa.tuple_(ListImport.created_at, ListImport.id) < last)
    order = (ListImport.created_at.desc(), ListImport.id.desc())
    return (await session.scalars(found.order_by(*order).limit(limit))).all()


async def an_import(session: AsyncSession, access: Access, import_id: UUID, *, lock: bool = False) -> ListImport:
    """One of the caller's offices. Raises `NotFound`."""
    wanted = sa.select(ListImport).where(ListImport.id == import_id, _mine(access))
    if lock:
        wanted = wanted.with_for_update(of=ListImport)
    found = await session.scalar(wanted)
    if found is None:
        raise NotFound
    return found


def part_of(imported: ListImport, number: int) -> ImportPart:
    """One of its sheets. Raises `NotFound`."""
    for part in imported.parts:
        if part.number == number:
            return part
    raise NotFound


async def remembered(session: AsyncSession, office: str) -> Remembered:
    """How the office's lists have called the columns so far."""
    rows = await session.scalars(sa.select(RememberedMapping).where(RememberedMapping.office == office))
    return {row.kind: row.titles for row in rows}


async def has_file(session: AsyncSession, imported: ListImport) -> bool:
    """Whether the upload is still stored."""
    return bool(await session.scalar(sa.select(sa.exists().where(ImportChunk.import_id == imported.id))))


async def has_rows(session: AsyncSession, imported: ListImport) -> bool:
    """Whether checked rows are still stored."""
    return bool(await session.scalar(sa.select(sa.exists().where(ImportRow.import_id == imported.id))))


async def outcomes_of(session: AsyncSession, imported: ListImport) -> dict[int, dict[Outcome, int]]:
    """By part: how many rows became what."""
    counted = (
        sa.select(ImportRow.part, ImportRow.outcome, sa.func.count())
        .where(ImportRow.import_id == imported.id, ImportRow.outcome.is_not(None))
        .group_by(ImportRow.part, ImportRow.outcome)
    )
    found: dict[int, dict[Outcome, int]] = {}
    for part, outcome, number in await session.execute(counted):
        if outcome is not None:
            found.setdefault(part, {})[outcome] = number
    return found


async def rows_of(
    session: AsyncSession, imported: ListImport, part: int, show: Show, after: int, limit: int
) -> tuple[Sequence[ImportRow], int | None]:
    """Rows of a sheet in its order after row `after`, and the `after` of the next page."""
    wanted = sa.select(ImportRow).where(
        ImportRow.import_id == imported.id, ImportRow.part == part, ImportRow.number > after, _shown(show)
    )
    rows = (await session.scalars(wanted.order_by(ImportRow.number).limit(limit + 1))).all()
    return rows[:limit], rows[limit - 1].number if len(rows) > limit else None


async def row_of(session: AsyncSession, imported: ListImport, part: int, number: int) -> ImportRow:
    """One row. Raises `NotFound`."""
    found = await session.get(ImportRow, (imported.id, part, number))
    if found is None:
        raise NotFound
    return found


async def wrong_cells(
    session: AsyncSession, imported: ListImport, translate: Translator
) -> AsyncIterator[Mapping[str, Any]]:
    """Every problem and hint of the file, for a list that people correct it by."""
    sheets = {part.number: part.sheet or imported.file_name for part in imported.parts}
    columns = (ImportRow.part, ImportRow.number, ImportRow.label, ImportRow.problems)
    wanted = sa.select(*columns).where(
        ImportRow.import_id == imported.id, sa.func.jsonb_array_length(ImportRow.problems) > 0
    )
    result = await session.stream(wanted.order_by(ImportRow.part, ImportRow.number))
    async for part, number, label, problems in result:
        for problem in problems:
            yield {
                "sheet": sheets.get(part, ""),
                "row": number,
                "column": None if problem["column"] is None else letter_of(problem["column"]),
                "header": problem["header"],
                "problem": translate.format(problem["message"], problem["params"]),
                "hint": problem["hint"],
                "label": label,
            }


async def names_of(session: AsyncSession, keys: Sequence[Key]) -> dict[Key, str]:
    """What people call the things that an import has entered."""
    queries: dict[EntryKind, Any] = {
        EntryKind.ORGANISATION: sa.select(Organisation.id, Organisation.name),
        EntryKind.PERSON: sa.select(Person.id, Person.name),
        EntryKind.CONTACT: sa.select(Contact.id, Person.name).join(Person, Person.id == Contact.person_id),
        EntryKind.VOLUNTEER: sa.select(Volunteer.id, Person.name).join(Person, Person.id == Volunteer.person_id),
        EntryKind.HELP: sa.select(HelpEntry.id, HelpEntry.title),
    }
    names: dict[Key, str] = {}
    for kind, query in queries.items():
        wanted = [key for of_kind, key in keys if of_kind is kind]
        if wanted:
            rows = await session.execute(query.where(TABLES[kind].id.in_(wanted)))
            names |= {(kind, key): name for key, name in rows}
    return names


def _mine(access: Access) -> sa.ColumnElement[bool]:
    return sa.true() if has_district(access) else ListImport.office.in_(list(offices_of(access)))


def _shown(show: Show) -> sa.ColumnElement[bool]:
    has_problems = sa.func.jsonb_array_length(ImportRow.problems) > 0
    has_matches = sa.func.jsonb_array_length(ImportRow.matches) > 0
    conditions = {
        Show.ALL: sa.true(),
        Show.WRONG: sa.not_(ImportRow.good),
        Show.HINTED: ImportRow.good & has_problems,
        Show.KNOWN: ImportRow.good & has_matches,
        Show.GOOD: ImportRow.good & sa.not_(has_matches),
    }
    return conditions[show] if show in conditions else ImportRow.outcome == Outcome(show.value)


LIST_TITLES = {
    ListKind.ORGANISATIONS: "Vereine und Organisationen",
    ListKind.CONTACTS: "Ansprechpersonen",
    ListKind.VOLUNTEERS: "Freiwillige",
    ListKind.HELP: "Bedarfe und Angebote",
}
