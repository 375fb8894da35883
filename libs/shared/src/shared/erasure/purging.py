"""Messages that still name somebody: waiting in the outbox, kept as answers, given up as dead letters."""

import re
from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from shared.contracts.envelope import Exchange
from shared.erasure.tables import tombstone
from shared.messaging.dead_letters import open_store
from shared.messaging.tables import dead_letter, idempotency_key, outbox
from shared.messaging.transport import Sessions
from shared.settings import Settings

_ID = re.compile(rb"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def mentions(column: Any, ids: Collection[UUID]) -> sa.ColumnElement[bool]:
    """Whether the bytes of a column hold one of the ids."""
    return sa.or_(sa.false(), *(sa.func.position(sa.literal(str(each).encode()).op("IN")(column)) > 0 for each in ids))


async def purge_own_messages(
    session: AsyncSession, person_ids: Collection[UUID], ids: Collection[UUID]
) -> dict[str, int]:
    """Delete private events that wait to be published, answers to commands, dead letters of the in-process transport.

    Public events stay: they carry no personal data, and subscribers rely on them. Returns how many of each.
    """
    private = (outbox.c.exchange == Exchange.PRIVATE.value) & mentions(outbox.c.body, ids)
    answers = idempotency_key.c.caller.in_([str(each) for each in person_ids]) | mentions(idempotency_key.c.body, ids)
    return {
        "waiting_event": await _delete(session, outbox, private),
        "kept_answer": await _delete(session, idempotency_key, answers),
        "dead_letter": await _delete(session, dead_letter, mentions(dead_letter.c.body, ids)),
    }


async def _delete(session: AsyncSession, table: sa.Table, condition: sa.ColumnElement[bool]) -> int:
    return int((await session.execute(sa.delete(table).where(condition))).rowcount)  # type: ignore[attr-defined]


async def purge_broker(settings: Settings, consumers: Sequence[str], ids: Collection[UUID]) -> int:
    """Take the dead letters that mention one of the ids off the broker; returns how many. Nothing without a broker."""
    if settings.amqp_url is None:
        return 0
    removed = 0
    for consumer in consumers:
        async with open_store(
            consumer, amqp_url=settings.amqp_url, prefix=settings.amqp_prefix, database_url=None
        ) as store:
            removed += await store.remove({str(each) for each in ids})
    return removed


async def sweep(sessions: Sessions, settings: Settings, consumers: Sequence[str]) -> int:
    """Remove dead letters of somebody who was erased before they died; returns how many."""
    removed = 0
    for consumer in consumers:
        async with open_store(
            consumer, amqp_url=settings.amqp_url, prefix=settings.amqp_prefix, database_url=settings.database_url
        ) as store:
            named = {UUID(found.decode()) for letter in await store.letters() for found in _ID.findall(letter.body)}
            if erased := await _erased(sessions, named):
                removed += await store.remove({str(each) for each in erased})
    return removed


async def _erased(sessions: Sessions, ids: Collection[UUID]) -> Sequence[UUID]:
    if not ids:
        return ()
    async with sessions() as session:
        return (await session.scalars(sa.select(tombstone.c.subject_id).where(tombstone.c.subject_id.in_(ids)))).all()
