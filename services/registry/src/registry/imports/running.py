"""Writing the checked rows: all of one file in one transaction, so that there is all of it or nothing."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from shared.database import transaction
from sqlalchemy.ext.asyncio import AsyncSession

from registry.imports.checking import count_rows, find_matches, in_order, source_of
from registry.imports.contact_writing import write_contacts
from registry.imports.files import forget_file
from registry.imports.help_writing import write_help
from registry.imports.matching import Findings
from registry.imports.model import Choice, ImportRow, ImportState, ListImport, ListKind, Outcome
from registry.imports.organisation_writing import OrganisationWriter
from registry.imports.rows import Source
from registry.imports.run import Run
from registry.imports.vocabulary import load_vocabulary
from registry.imports.volunteer_writing import VolunteerWriter
from registry.imports.work import Work

BATCH = 1_000  # rows

Write = Callable[[Run, Sequence[Any]], Awaitable[None]]


class Conflicts(Exception):
    """Rows that were good when they were checked are not any more; `findings` by part say why."""

    def __init__(self, findings: dict[int, Findings]) -> None:
        self.findings = findings
        super().__init__()

    @property
    def count(self) -> int:
        return sum(len(found.rows) for found in self.findings.values())


async def run_import(work: Work) -> None:
    """Write everything, and that it is done, in one transaction. Raises `Conflicts` and `Cancelled`.

    Nobody else waits for it: it locks what it changes, and what has the same name as what it enters.
    """
    async with transaction(work.sessions) as session:
        imported = await session.get_one(ListImport, work.import_id)
        run = Run(session, imported, await load_vocabulary(session))
        session.info["principal"] = run.access.principal
        sources = [source_of(part, run.vocabulary) for part in in_order(imported)]
        await _check_again(session, imported, sources)
        await work.expect(sum(source.part.rows for source in sources))
        for source in sources:
            await _write_part(work, run, source)
        if run.refused:
            raise Conflicts(run.refused)
        await run.close()
        await forget_file(session, imported.id)
        imported.finish(ImportState.DONE, datetime.now(UTC))
        # The numbers are written beside the transaction; they end here with the whole.
        imported.done = imported.total = sum(source.part.rows for source in sources)


async def _check_again(session: AsyncSession, imported: ListImport, sources: list[Source]) -> None:
    """Somebody may have entered meanwhile what the rows say."""
    conflicts = {}
    for source in sources:
        known = ImportRow.import_id == imported.id, ImportRow.part == source.part.number, ImportRow.exact
        before = set(await session.scalars(sa.select(ImportRow.number).where(*known)))
        findings = await find_matches(session, imported, source, exact_only=True)
        new = findings.only(lambda number, found: found.blocks and number not in before)  # noqa: B023 - called at once
        if new.rows:
            conflicts[source.part.number] = new
    if conflicts:
        raise Conflicts(conflicts)


async def _write_part(work: Work, run: Run, source: Source) -> None:
    write = await _writer(run, source.kind)
    await _leave_out(run, source.part.number)
    async for rows in _batches(run, source.part.number):
        run.part = source.part.number
        await write(run, rows)
        await run.save()
        await work.advance(len(rows))


async def _writer(run: Run, kind: ListKind) -> Write:
    if kind is ListKind.ORGANISATIONS:
        return await OrganisationWriter.prepare(run)
    return {ListKind.CONTACTS: write_contacts, ListKind.HELP: write_help}.get(kind) or VolunteerWriter()


async def _leave_out(run: Run, part: int) -> None:
    """Note what is not written: wrong rows, and what was chosen to be skipped."""
    this = sa.update(ImportRow).where(ImportRow.import_id == run.imported.id, ImportRow.part == part)
    await run.session.execute(this.where(sa.not_(ImportRow.good)).values(outcome=Outcome.REFUSED))
    skipped = this.where(ImportRow.good, ImportRow.choice == Choice.SKIP)
    await run.session.execute(skipped.values(outcome=Outcome.SKIPPED))


async def _batches(run: Run, part: int) -> AsyncIterator[Sequence[Any]]:
    """The rows that are written, in the order of the file."""
    table = ImportRow.__table__
    columns = [table.c[name] for name in ("number", "values", "choice", "target_id", "person_id")]
    wanted = sa.select(*columns).where(
        table.c.import_id == run.imported.id,
        table.c.part == part,
        table.c.good,
        sa.or_(table.c.choice.is_(None), table.c.choice != Choice.SKIP),
    )
    last = 0
    while rows := (
        await run.session.execute(wanted.where(table.c.number > last).order_by(table.c.number).limit(BATCH))
    ).all():
        yield rows
        last = rows[-1].number


async def mark_conflicts(session: AsyncSession, imported: ListImport, conflicts: Conflicts) -> None:
    """Show in the preview what was found while writing."""
    for part in imported.parts:
        if (findings := conflicts.findings.get(part.number)) is not None:
            await findings.save(session, imported, part)
            await count_rows(session, imported, part)
