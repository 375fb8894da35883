"""Rows of needs and offers beside the directory."""

import sqlalchemy as sa
from shared.contracts.registry import HelpState
from shared.i18n import N_
from sqlalchemy.ext.asyncio import AsyncSession

from registry.duplicates.candidates import Reason
from registry.imports.matching import Findings, Match, good_rows, text_of
from registry.imports.model import ImportRow, ListImport
from registry.imports.rows import Source
from registry.mutual_help.model import HelpEntry

ENDED = N_("Only what is open can be entered. Please take out what is taken, done or withdrawn.")


async def match_help(
    session: AsyncSession, imported: ListImport, source: Source, *, exact_only: bool = False
) -> Findings:
    """Entries of the same organisation with the same title. None is exact: somebody may need the same thing twice.

    What has ended is history: a row may repeat it, but not enter it.
    """
    findings = Findings()
    if exact_only:
        return findings
    same = sa.and_(
        HelpEntry.organisation_id == sa.cast(text_of("organisation", "id"), sa.Uuid),
        HelpEntry.side == text_of("entry", "side"),
        HelpEntry.state == text_of("state"),
        sa.func.lower(HelpEntry.title) == sa.func.lower(text_of("entry", "title")),
    )
    rows = sa.select(ImportRow.number, HelpEntry.id, HelpEntry.title).join(HelpEntry, same)
    good = good_rows(imported, source.part)
    for number, key, title in await session.execute(rows.where(good).order_by(HelpEntry.created_at.desc())):
        findings.rows[number].add(Match(key, title, (Reason.SAME_NAME,)))
    ended = sa.select(ImportRow.number).where(good, text_of("state") != HelpState.OPEN)
    for number in await session.scalars(ended):
        if number not in findings.rows:
            findings.rows[number].problems.append(source.problem(number, "state", "help_ended", ENDED))
    return findings
