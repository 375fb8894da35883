"""Forgetting somebody in agendas, minutes and action items: the mark goes, what was said and decided stays.

Names that somebody typed without choosing the person are found by nobody: see docs/decisions/0024.
"""

from collections.abc import Sequence
from uuid import UUID

from shared.erasure.forgetting import Subject
from sqlalchemy import Text, Update, cast, func, or_, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from events.action_items.model import ActionItem
from events.agenda.model import AgendaItem, AgendaProposal
from events.minutes.marks import FORMER, contact_mark, person_mark
from events.minutes.model import Decision, MinutesVersion, Note


async def forget_in_minutes(session: AsyncSession, subject: Subject, contacts: Sequence[UUID]) -> dict[str, int]:
    """How many rows of each kind named the person; a contact's tasks stay with the association."""
    marks = [*map(person_mark, subject.person_ids), *(contact_mark(contact) for contact in contacts)]
    by_person = AgendaProposal.person_id.in_(subject.person_ids)
    changed = {
        "agenda_item": await _release(session, AgendaItem, subject, contacts),
        "action_item": await _release(session, ActionItem, subject, contacts),
        "agenda_proposal": await _run(session, update(AgendaProposal).where(by_person).values(person_id=None)),
        "note": 0,
        "decision": 0,
        "minutes_version": 0,
    }
    for mark in marks:
        for what, number in (await replace_mark(session, mark, FORMER)).items():
            changed[what] += number
    return changed


async def replace_mark(session: AsyncSession, mark: str, by: str) -> dict[str, int]:
    """Write something else wherever a text names this person or contact; returns how many notes, decisions and
    versions of minutes did.
    """
    changed = {
        "note": await _run(session, _replaced(Note.text, mark, by).values(version=Note.version + 1)),
        "decision": await _run(session, _replaced(Decision.text, mark, by)),
    }
    for column in (AgendaItem.title, AgendaItem.details, AgendaProposal.details, ActionItem.title):
        await _run(session, _replaced(column, mark, by))
    content = cast(MinutesVersion.content, Text)
    kept = update(MinutesVersion).where(content.contains(mark))
    values = {"content": cast(func.replace(content, mark, by), JSONB)}
    return {**changed, "minutes_version": await _run(session, kept.values(values))}


async def _release(
    session: AsyncSession, table: type[AgendaItem] | type[ActionItem], subject: Subject, contacts: Sequence[UUID]
) -> int:
    theirs = or_(table.contact_id.in_(contacts), table.person_id.in_(subject.person_ids))
    return await _run(session, update(table).where(theirs).values(contact_id=None, person_id=None, former=True))


def _replaced(column: InstrumentedAttribute[str], mark: str, by: str) -> Update:
    return update(column.class_).where(column.contains(mark)).values({column.key: func.replace(column, mark, by)})


async def _run(session: AsyncSession, statement: Update) -> int:
    return int((await session.execute(statement)).rowcount)  # type: ignore[attr-defined]
