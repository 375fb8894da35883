"""Looking for entries that the directory has twice: all of it at once, every few minutes, by the worker."""

from shared.database import transaction
from shared.messaging.transport import Sessions
from shared.messaging.worker import Timer
from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from registry.database import lock
from registry.duplicates.candidates import PROBABLE
from registry.duplicates.comparing import (
    Comparison,
    compare_organisations,
    compare_persons,
    emails_of_organisations,
    organisations,
    persons,
)
from registry.duplicates.model import TABLES, OrganisationPair, PairKind, PersonPair

EVERY = 120.0  # seconds; a directory of 3,000 organisations and 50,000 persons takes some of them
AT_ONCE = 1_000  # rows of a statement


def timer() -> Timer:
    """For the worker."""
    return Timer("duplicates", EVERY, find_pairs)


async def find_pairs(sessions: Sessions) -> None:
    """Write down which entries are likely the same. Each kind is a transaction of its own."""
    for kind in PairKind:
        async with transaction(sessions) as session:
            await find_pairs_of(session, kind)


async def find_pairs_of(session: AsyncSession, kind: PairKind) -> None:
    """The pairs as they are now. What somebody has said about a pair stays, also where it is no longer probable."""
    await lock(session, "pairs", kind)  # one of several workers at a time
    table = TABLES[kind]
    pairs = _comparison(kind).found(PROBABLE).subquery()
    found = select(pairs.c.left, pairs.c.right, pairs.c.score, pairs.c.reasons).where(pairs.c.left < pairs.c.right)
    rows = (await session.execute(found)).all()
    before = set((await session.execute(select(table.left_id, table.right_id).where(_open(table)))).all())
    values = [{"left_id": row.left, "right_id": row.right, "score": row.score, "reasons": row.reasons} for row in rows]
    gone = {(left, right) for left, right in before} - {(row.left, row.right) for row in rows}
    for left, right in gone:
        await session.execute(delete(table).where(table.left_id == left, table.right_id == right, _open(table)))
    for start in range(0, len(values), AT_ONCE):
        written = insert(table).values(values[start : start + AT_ONCE])
        told = {"score": written.excluded.score, "reasons": written.excluded.reasons}
        await session.execute(written.on_conflict_do_update(index_elements=["left_id", "right_id"], set_=told))


def _open(table: type[OrganisationPair] | type[PersonPair]) -> ColumnElement[bool]:
    return table.different_at.is_(None)


def _comparison(kind: PairKind) -> Comparison:
    if kind is PairKind.PERSONS:
        people = persons().cte("people")
        return compare_persons(people.alias("one"), people.alias("other"))
    entries, emails = organisations().cte("entries"), emails_of_organisations().cte("emails")
    return compare_organisations(
        entries.alias("one"), entries.alias("other"), emails.alias("of_one"), emails.alias("of_other")
    )
