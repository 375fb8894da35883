"""Reading the whole file: every row is checked and stored, and compared with what is entered already."""

from collections.abc import AsyncIterator
from typing import BinaryIO

import sqlalchemy as sa
from shared.database import transaction
from sqlalchemy.ext.asyncio import AsyncSession

from registry.imports.bulk import insert_all
from registry.imports.contact_rows import ContactRows
from registry.imports.fields import refuse_retired
from registry.imports.files import stored_file
from registry.imports.help_matching import match_help
from registry.imports.help_rows import HelpRows
from registry.imports.known_organisations import KnownOrganisations
from registry.imports.layouts import layout_of
from registry.imports.matching import Findings
from registry.imports.model import ImportPart, ImportRow, ListImport, ListKind
from registry.imports.offices import Reach
from registry.imports.organisation_matching import match_organisations
from registry.imports.organisation_rows import OrganisationRows
from registry.imports.person_matching import match_contacts_of_organisations, match_persons
from registry.imports.rows import Draft, Source
from registry.imports.vocabulary import Vocabulary, load_vocabulary
from registry.imports.volunteer_rows import VolunteerRows
from registry.imports.work import Work
from registry.spreadsheets.checking import Checker
from registry.spreadsheets.reading import open_table

BATCH = 1_000  # rows of one transaction

Reader = OrganisationRows | ContactRows | VolunteerRows | HelpRows


async def check_import(work: Work) -> None:
    """Fill the table of rows. Begun anew, it begins from the start. Raises `UnreadableFile` and `Cancelled`."""
    async with transaction(work.sessions) as session:
        await session.execute(sa.delete(ImportRow).where(ImportRow.import_id == work.import_id))
    async with work.sessions() as session:
        imported = await session.get_one(ListImport, work.import_id)
        vocabulary = await load_vocabulary(session)
        async with stored_file(session, imported.id) as file:
            for part in in_order(imported):
                await _check_part(work, session, imported, part, vocabulary, file)
                await _compare(work, imported, part, vocabulary)


def in_order(imported: ListImport) -> list[ImportPart]:
    """The sheets that are imported, those first that others may name."""
    kinds = list(ListKind)
    chosen = [part for part in imported.parts if part.kind is not None]
    return sorted(chosen, key=lambda part: (kinds.index(part.kind or ListKind.ORGANISATIONS), part.number))


def source_of(part: ImportPart, vocabulary: Vocabulary) -> Source:
    """The columns of a sheet that is imported."""
    assert part.kind is not None  # noqa: S101 - see `in_order`
    return Source(part, part.kind, layout_of(part.kind, vocabulary))


async def _check_part(
    work: Work,
    session: AsyncSession,
    imported: ListImport,
    part: ImportPart,
    vocabulary: Vocabulary,
    file: BinaryIO,
) -> None:
    source = source_of(part, vocabulary)
    reader = await _reader(session, imported, source, vocabulary)
    batch: list[Draft] = []
    async for draft in _drafts(source, reader, file):
        batch.append(draft)
        if len(batch) == BATCH:
            await _store(work, part, batch)
            batch = []
    await _store(work, part, batch)


async def _reader(session: AsyncSession, imported: ListImport, source: Source, vocabulary: Vocabulary) -> Reader:
    reach = Reach(imported.access(), vocabulary.names)
    if source.kind is ListKind.ORGANISATIONS:
        return OrganisationRows(source, vocabulary, reach)
    if source.kind is ListKind.CONTACTS:
        return ContactRows(source, vocabulary, reach, await KnownOrganisations.load(session, imported))
    if source.kind is ListKind.HELP:
        return HelpRows(source, vocabulary, await KnownOrganisations.load(session, imported))
    return VolunteerRows(session, source, vocabulary, reach)


async def _drafts(source: Source, reader: Reader, file: BinaryIO) -> AsyncIterator[Draft]:
    checker = Checker(source.layout, source.header, source.mapping)
    async with open_table(file, source.part.sheet or None) as table:
        async for row in table.rows():
            checked = checker.check(source.complete(row)) if any(cell is not None for cell in row.cells) else None
            if checked is not None:
                yield await reader.read(checked)


async def _store(work: Work, part: ImportPart, batch: list[Draft]) -> None:
    if batch:
        async with transaction(work.sessions) as session:
            stored = [draft.stored(work.import_id, part.number) for draft in batch]
            await insert_all(session, ImportRow.__table__, stored)
        await work.advance(len(batch))


async def _compare(work: Work, imported: ListImport, part: ImportPart, vocabulary: Vocabulary) -> None:
    source = source_of(part, vocabulary)
    async with transaction(work.sessions) as session:
        findings = await find_matches(session, imported, source)
        await refuse_retired(session, imported, source, vocabulary, findings)
        await findings.save(session, imported, part)
        await count_rows(session, imported, part)


async def find_matches(
    session: AsyncSession, imported: ListImport, source: Source, *, exact_only: bool = False
) -> Findings:
    """The good rows of a sheet beside the directory as it is now; `exact_only` leaves out what is only alike."""
    if source.kind is ListKind.HELP:
        return await match_help(session, imported, source, exact_only=exact_only)
    if source.kind is not ListKind.ORGANISATIONS:
        return await match_persons(session, imported, source, exact_only=exact_only)
    findings = await match_organisations(session, imported, source, exact_only=exact_only)
    await match_contacts_of_organisations(session, imported, source, findings)
    return findings


async def count_rows(session: AsyncSession, imported: ListImport, part: ImportPart) -> None:
    """The numbers that the preview shows of a sheet."""
    table = ImportRow.__table__
    known = sa.func.jsonb_array_length(table.c.matches) > 0
    hinted = table.c.good & (sa.func.jsonb_array_length(table.c.problems) > 0)
    counted = sa.select(
        sa.func.count().label("rows"),
        sa.func.count().filter(sa.not_(table.c.good)).label("wrong"),
        sa.func.count().filter(hinted).label("hinted"),
        sa.func.count().filter(table.c.good & known).label("known"),
    ).where(table.c.import_id == imported.id, table.c.part == part.number)
    numbers = (await session.execute(counted)).mappings().one()
    this = (ImportPart.import_id == imported.id) & (ImportPart.number == part.number)
    await session.execute(sa.update(ImportPart).where(this).values(**numbers))
