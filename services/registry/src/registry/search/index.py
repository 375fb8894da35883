"""Keeping the index in step with the directory: what triggers have written down is read again, a batch at a time."""

from collections.abc import Collection, Iterable
from uuid import UUID

import sqlalchemy as sa
from shared.database import transaction
from shared.messaging.transport import Sessions
from shared.messaging.worker import Timer
from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import ARRAY, array, insert
from sqlalchemy.ext.asyncio import AsyncSession

from registry.search.documents import NAME, Document
from registry.search.kinds import KINDS, Kind
from registry.search.model import search_posting, search_stale, search_typo, search_word
from registry.search.watching import LOCK
from registry.search.words import deletions, stem, words_of

BATCH = 500
SECONDS = 1.0  # between a change and that it can be found
TYPO_LENGTHS = range(3, 31)  # of words whose typing errors are forgiven


def timer() -> Timer:
    """Reads what has changed."""
    return Timer("search", SECONDS, catch_up)


async def catch_up(sessions: Sessions) -> None:
    """Read all entries that have changed. Each batch is a transaction of its own."""
    while True:
        async with transaction(sessions) as session:
            if not await read_changed(session):
                return


async def read_changed(session: AsyncSession, most: int = BATCH) -> int:
    """Read up to so many changes again; returns how many there were.

    Each change is its own row and is removed before its entry is read: a change that is made meanwhile stays for the
    next time.
    """
    await session.execute(select(func.pg_advisory_xact_lock(LOCK)))
    oldest = select(search_stale.c.position).order_by(search_stale.c.position).limit(most)
    taken = delete(search_stale).where(search_stale.c.position.in_(oldest))
    rows = (await session.execute(taken.returning(search_stale.c.kind, search_stale.c.entry_id))).all()
    for kind in KINDS:
        if ids := {row.entry_id for row in rows if row.kind == kind.name}:
            await _read(session, kind, ids)
    return len(rows)


async def rebuild(session: AsyncSession) -> None:
    """Throw the index away and mark every entry; the worker reads them. Meanwhile less is found."""
    await session.execute(select(func.pg_advisory_xact_lock(LOCK)))
    for table in (search_stale, search_posting, search_typo, search_word):
        await session.execute(delete(table))
    for kind in KINDS:
        entries = kind.entries.subquery()
        marked = select(sa.literal(kind.name), entries.c.id)
        await session.execute(search_stale.insert().from_select(["kind", "entry_id"], marked))


async def _read(session: AsyncSession, kind: Kind, ids: Collection[UUID]) -> None:
    gone = delete(search_posting).where(search_posting.c.entry_id.in_(ids)).returning(search_posting.c.word)
    before = set(await session.scalars(gone))
    postings = [
        {"word": word, "entry_id": document.id, "kind": kind.name, "weight": weight, "public": kind.public}
        for document in await kind.documents(session, ids)
        for word, weight in weights(document).items()
    ]
    now = {posting["word"] for posting in postings}
    if postings:
        await _add_words(session, {str(word) for word in now}, public=kind.public)
        await session.execute(insert(search_posting), postings)
    if unused := sorted(before - now):
        await session.execute(select(func.dorfnetz_search_prune(sa.cast(array(unused), ARRAY(sa.Text)))))


def weights(document: Document) -> dict[str, float]:
    """The words of a document, each with the most that it says about it. A short name says more than a long one."""
    title = words_of(document.title)
    found = dict.fromkeys(title, NAME * (1 + 1 / max(len(title), 1)))
    for weight, text in (*document.texts, *document.also):
        for word in words_of(text):
            found[word] = max(found.get(word, 0.0), weight)
    return found


async def _add_words(session: AsyncSession, words: Iterable[str], *, public: bool) -> None:
    rows = [{"word": word, "public": public, "stem": stem(word), "reversed": stem(word)[::-1]} for word in words]
    added = insert(search_word).on_conflict_do_nothing().returning(search_word.c.word)
    new = list(await session.scalars(added, rows))
    typos = [
        {"key": key, "word": word, "public": public}
        for word in new
        if len(word) in TYPO_LENGTHS and not word.isdigit()
        for key in deletions(word)
    ]
    if typos:
        await session.execute(insert(search_typo).on_conflict_do_nothing(), typos)
