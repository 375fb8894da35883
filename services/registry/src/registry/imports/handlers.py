"""The steps of an import that people take. The long ones are handed to the worker (`jobs`)."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import BinaryIO
from uuid import uuid4

import sqlalchemy as sa
from shared import audit
from shared.access.grants import Access
from shared.errors import NotFound
from shared.sheets.cells import tidy
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from registry.imports import queries
from registry.imports.files import keep_file, stored_file
from registry.imports.layouts import layout_of
from registry.imports.model import (
    Choice,
    ChoiceImpossible,
    ColumnsMissing,
    FileGone,
    ImportPart,
    ImportRow,
    ImportState,
    ListImport,
    NothingChosen,
    NothingToImport,
    RememberedMapping,
    RowsAreWrong,
    WrongConstant,
)
from registry.imports.offices import choose_office
from registry.imports.preparing import header_of, prepare_parts, read_titles, suggest
from registry.imports.schemas import ChoiceInput, PartInput, RunInput
from registry.imports.vocabulary import Vocabulary, load_vocabulary
from registry.spreadsheets.columns import Layout
from registry.spreadsheets.mapping import choose_mapping
from registry.spreadsheets.problems import WrongCell, quoted

LONGEST_NAME = 200  # characters of a file's name


async def upload(
    session: AsyncSession, access: Access, office: str | None, file_name: str, file: BinaryIO
) -> ListImport:
    """Keep a file and say what its sheets and columns probably are. Raises `UnreadableFile` and `NoSuchOffice`."""
    chosen, role = choose_office(access, office)
    now = datetime.now(UTC)
    remembered = await queries.remembered(session, chosen)
    parts = await prepare_parts(file, await load_vocabulary(session), remembered)
    imported = ListImport(
        id=uuid4(),
        office=chosen,
        role=role,
        created_by=access.principal.id,
        file_name=file_name[:LONGEST_NAME],
        size=file.seek(0, 2),
        state=ImportState.UPLOADED,
        changed_at=now,
        created_at=now,
        parts=parts,
    )
    session.add(imported)
    await session.flush()
    await keep_file(session, imported.id, file)
    audit_import(session, "import.uploaded", imported)
    return imported


async def assign(
    session: AsyncSession, imported: ListImport, number: int, told: PartInput, vocabulary: Vocabulary
) -> None:
    """Say what a sheet holds and which column is which. Raises `MappedTwice`, `UnknownColumn` and `WrongConstant`."""
    imported.expect(ImportState.UPLOADED, ImportState.CHECKED)
    part = queries.part_of(imported, number)
    another = part.kind is not told.kind
    part.kind = told.kind
    if told.header_row not in (None, part.header_row):
        async with stored_file(session, imported.id) as file:
            await read_titles(file, part, vocabulary, told.header_row or 1)
        another = True
    if part.kind is None or another or told.mapping is None:
        suggest(part, vocabulary, await queries.remembered(session, imported.office))
    else:
        layout = layout_of(part.kind, vocabulary)
        mapping = choose_mapping(header_of(part), layout, told.mapping)
        part.mapping = {name: match.title.column for name, match in mapping.matches.items()}
        part.constants = _constants(layout, told.constants, part)
    part.rows = part.wrong = part.hinted = part.known = 0
    # What was checked was checked with other columns.
    imported.finish(ImportState.UPLOADED, datetime.now(UTC))


def _constants(layout: Layout, told: Mapping[str, str], part: ImportPart) -> dict[str, str]:
    """One value for all rows, for columns that the file does not have."""
    constants = {}
    for column in layout.columns:
        text = tidy(told.get(column.name, ""))
        if not text or column.name in part.mapping:
            continue
        try:
            value = column.kind.read(text)
            if column.check is not None:
                column.check(value)
        except WrongCell as wrong:
            raise WrongConstant(column.name, wrong.message, {"value": quoted(text)} | wrong.params) from None
        constants[column.name] = text
    return constants


async def start_check(session: AsyncSession, imported: ListImport, vocabulary: Vocabulary) -> None:
    """Have every row checked, and remember the columns for the office's next file."""
    imported.expect(ImportState.UPLOADED, ImportState.CHECKED)
    if not await queries.has_file(session, imported):
        raise FileGone
    chosen = [part for part in imported.parts if part.kind is not None]
    if not chosen:
        raise NothingChosen
    for part in chosen:
        await _remember(session, imported, part, vocabulary)
    imported.start(ImportState.CHECKING, datetime.now(UTC))


async def _remember(session: AsyncSession, imported: ListImport, part: ImportPart, vocabulary: Vocabulary) -> None:
    assert part.kind is not None  # noqa: S101 - the caller has chosen those
    assigned = part.mapping.keys() | part.constants.keys()
    columns = layout_of(part.kind, vocabulary).columns
    missing = [column.header for column in columns if column.required and column.name not in assigned]
    if missing:
        raise ColumnsMissing(columns=", ".join(missing))
    texts = {title["column"]: title["text"] for title in part.titles}
    titles = {name: texts[position] for name, position in part.mapping.items() if texts[position]}
    writing = insert(RememberedMapping).values(office=imported.office, kind=part.kind, titles=titles)
    await session.execute(
        writing.on_conflict_do_update(index_elements=["office", "kind"], set_={"titles": writing.excluded.titles})
    )


async def decide(session: AsyncSession, imported: ListImport, part: int, number: int, told: ChoiceInput) -> ImportRow:
    """What to do with one row that is probably entered already. Raises `ChoiceImpossible`."""
    imported.expect(ImportState.CHECKED)
    row = await queries.row_of(session, imported, part, number)
    targets = [match["id"] for match in row.matches]
    if not targets or (told.target_id is not None and str(told.target_id) not in targets):
        raise NotFound
    if told.choice is Choice.NEW and row.exact:
        raise ChoiceImpossible
    row.choice = told.choice
    row.target_id = told.target_id or row.target_id
    return row


async def decide_all(session: AsyncSession, imported: ListImport, part: int, choice: Choice) -> None:
    """The same for all such rows of a sheet; what cannot be entered anew is skipped then."""
    imported.expect(ImportState.CHECKED)
    rows = sa.update(ImportRow).where(
        ImportRow.import_id == imported.id, ImportRow.part == part, ImportRow.choice.is_not(None)
    )
    if choice is Choice.NEW:
        await session.execute(rows.where(ImportRow.exact).values(choice=Choice.SKIP))
        rows = rows.where(sa.not_(ImportRow.exact))
    await session.execute(rows.values(choice=choice))


async def start_run(imported: ListImport, told: RunInput) -> None:
    """Have the rows written. Raises `RowsAreWrong` unless wrong rows may be left out, and `NothingToImport`."""
    imported.expect(ImportState.CHECKED)
    wrong, rows = (sum(getattr(part, name) for part in imported.parts) for name in ("wrong", "rows"))
    if wrong and not told.good_rows_only:
        raise RowsAreWrong(count=wrong)
    if rows == wrong:
        raise NothingToImport
    imported.good_rows_only = told.good_rows_only
    imported.start(ImportState.RUNNING, datetime.now(UTC))


async def cancel(imported: ListImport) -> None:
    """Ask the worker to stop; nothing of what it was doing stays. What is not at work any more is left as it is."""
    if imported.state in (ImportState.CHECKING, ImportState.RUNNING):
        imported.cancelled = True


async def start_undo(imported: ListImport, *, remove_changed: bool) -> None:
    """Have the whole import taken back."""
    imported.expect(ImportState.DONE)
    imported.remove_changed = remove_changed
    imported.start(ImportState.UNDOING, datetime.now(UTC))


async def discard(session: AsyncSession, imported: ListImport) -> None:
    """Forget an upload of which nothing is written."""
    imported.expect(ImportState.UPLOADED, ImportState.CHECKED)
    audit_import(session, "import.discarded", imported)
    await session.delete(imported)


def audit_import(session: AsyncSession, action: str, imported: ListImport, persons: tuple[object, ...] = ()) -> None:
    """Note what was done with a list, for those who may see the office's entries."""
    scopes = [] if imported.scope_id is None else [imported.scope_id]
    audit.record(session, action, kind="import", subject=imported.id, persons=persons, scopes=scopes)  # type: ignore[arg-type]
