"""What a service does about an erasure: note it, forget, wait until its queues came past it, sign a receipt.

A consumer only notes that an erasure is wanted. Forgetting is work of its own with a transaction of its own, because it
must run alone (see `tables.LOCK`), which a batch of events cannot.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

import sqlalchemy as sa
import structlog
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.ext.asyncio import AsyncSession

from shared import audit
from shared.contracts.envelope import Event
from shared.contracts.erasure import ErasureReceipt
from shared.contracts.registry import ErasureRequested
from shared.database import transaction
from shared.erasure.purging import purge_broker, purge_own_messages, sweep
from shared.erasure.receipts import sign_receipt
from shared.erasure.settings import ReceiptSettings
from shared.erasure.tables import LOCK, erasure_task, tombstone
from shared.messaging import outbox
from shared.messaging.consumer import Consumer
from shared.messaging.transport import Sessions
from shared.messaging.worker import Timer

WORKS_EVERY = 1.0  # seconds
SWEEPS_EVERY = 600.0

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Subject:
    """Who is forgotten: ids only."""

    erasure_id: UUID
    person_id: UUID
    contact_ids: tuple[UUID, ...] = ()
    volunteer_id: UUID | None = None
    former_person_ids: tuple[UUID, ...] = ()

    @property
    def person_ids(self) -> list[UUID]:
        """The entry, and those that were merged into it: a backup of an earlier day may hold them."""
        return [self.person_id, *self.former_person_ids]

    @property
    def ids(self) -> list[UUID]:
        """All ids that stood for the person."""
        volunteer = [] if self.volunteer_id is None else [self.volunteer_id]
        return [*self.person_ids, *self.contact_ids, *volunteer]

    @classmethod
    def of(cls, told: Any) -> "Subject":
        """From an event, or from a row that has the same names."""
        return cls(
            told.erasure_id,
            told.person_id,
            tuple(told.contact_ids),
            told.volunteer_id,
            tuple(told.former_person_ids),
        )


Forget = Callable[[AsyncSession, Subject], Awaitable[Mapping[str, int]]]
"""Removes what a service holds; returns how much of what. Runs again and again without harm."""
Prepare = Callable[[AsyncSession, Subject], Awaitable[None]]
"""Locks rows that others hold while they write guarded ones: whoever waits for them must not hold `tables.LOCK`."""
BeforeReceipt = Callable[[Sessions, Subject], Awaitable[None]]


class Forgetting:
    """One service's part. Every consumer whose queue may name people belongs to `consumers`."""

    def __init__(
        self,
        service: str,
        confirmed: type[ErasureReceipt],
        forget: Forget,
        consumers: Sequence[Consumer],
        prepare: Prepare | None = None,
        *,
        has_audit_log: bool = True,
    ) -> None:
        self.service = service
        self.consumers = tuple(consumers)
        self._prepare = prepare
        self._has_audit_log = has_audit_log
        self._confirmed = confirmed
        self._forget = forget
        self.queues = tuple(consumer.name for consumer in consumers)
        for consumer in consumers:
            consumer.on(ErasureRequested)(partial(_note, consumer.name))

    def timers(self, settings: ReceiptSettings, before_receipt: BeforeReceipt | None = None) -> list[Timer]:
        """The work of the service's worker. `before_receipt` must succeed before anything is confirmed.

        Raises `MissingSetting` without a key.
        """
        settings.receipt_signing_key()
        return [
            Timer("erasures", WORKS_EVERY, partial(self.work, settings=settings, before_receipt=before_receipt)),
            Timer("erasures.sweep", SWEEPS_EVERY, partial(self._sweep, settings=settings)),
        ]

    async def work(
        self, sessions: Sessions, *, settings: ReceiptSettings, before_receipt: BeforeReceipt | None = None
    ) -> None:
        """Forget everybody whose erasure is open, and confirm what is done."""
        async with sessions() as session:
            rows = await session.execute(sa.select(erasure_task).where(erasure_task.c.confirmed_at.is_(None)))
            open_tasks = rows.all()
        for task in open_tasks:
            subject = Subject.of(task)
            if task.erased_at is None:
                async with transaction(sessions) as session:
                    await self.forget(session, subject)
            if not set(self.queues) <= set(task.seen_by):
                continue
            letters = await purge_broker(settings, self.queues, subject.ids)
            if before_receipt is not None:
                await before_receipt(sessions, subject)
            async with transaction(sessions) as session:
                await self._confirm(session, subject, settings, letters)

    async def forget(self, session: AsyncSession, subject: Subject) -> None:
        """Remove everything of the person, and see to it that nothing comes back. The session sees every row."""
        if self._prepare is not None:
            await self._prepare(session, subject)
        await session.execute(sa.select(sa.func.pg_advisory_xact_lock(LOCK)))
        stones = [{"subject_id": each, "erasure_id": subject.erasure_id} for each in subject.ids]
        await session.execute(insert(tombstone).on_conflict_do_nothing(), stones)
        removed = {
            **await self._forget(session, subject),
            **await purge_own_messages(session, subject.person_ids, subject.ids),
        }
        erased = _noted(subject, seen_by=[], erased_at=sa.func.now())
        await session.execute(
            erased.on_conflict_do_update(
                index_elements=[erasure_task.c.erasure_id], set_={"erased_at": erased.excluded.erased_at}
            )
        )
        await _count(session, subject, removed)
        if self._has_audit_log:
            persons = [subject.person_id]
            audit.record(session, "person.erased", kind="erasure", subject=subject.erasure_id, persons=persons)
        log.info("erasure.done", erasure_id=str(subject.erasure_id))

    async def _confirm(self, session: AsyncSession, subject: Subject, settings: ReceiptSettings, letters: int) -> None:
        await _count(session, subject, {"dead_letter": letters})
        confirming = (
            sa.update(erasure_task)
            .where(erasure_task.c.erasure_id == subject.erasure_id, erasure_task.c.erased_at.is_not(None))
            .values(confirmed_at=sa.func.now(), confirmations=erasure_task.c.confirmations + 1)
            .returning(erasure_task.c.removed, erasure_task.c.confirmations)
        )
        row = (await session.execute(confirming)).one_or_none()
        if row is None:
            return  # told again meanwhile: first forget again
        removed, number = row
        key = settings.receipt_signing_key()
        receipt = sign_receipt(key, self.service, subject.erasure_id, subject.person_id, removed)
        data = self._confirmed(erasure_id=subject.erasure_id, receipt=receipt)
        outbox.record(session, data, subject=subject.erasure_id, sequence=number)

    async def _sweep(self, sessions: Sessions, *, settings: ReceiptSettings) -> None:
        if removed := await sweep(sessions, settings, self.queues):
            log.warning("erasure.dead_letters_of_the_erased", count=removed)


async def note(session: AsyncSession, told: ErasureRequested, seen_by: Sequence[str]) -> None:
    """Write down that an erasure is wanted and which queues came past it; one that is told again is done again."""
    written = _noted(Subject.of(told), seen_by=list(seen_by))
    again = written.on_conflict_do_update(
        index_elements=[erasure_task.c.erasure_id],
        set_={
            "seen_by": sa.func.array_cat(erasure_task.c.seen_by, written.excluded.seen_by),
            "erased_at": None,
            "confirmed_at": None,
        },
    )
    await session.execute(again)


async def _note(consumer: str, session: AsyncSession, event: Event[ErasureRequested]) -> None:
    await note(session, event.data, [consumer])


def _noted(subject: Subject, **values: Any) -> Insert:
    return insert(erasure_task).values(
        erasure_id=subject.erasure_id,
        person_id=subject.person_id,
        contact_ids=list(subject.contact_ids),
        volunteer_id=subject.volunteer_id,
        former_person_ids=list(subject.former_person_ids),
        removed={},
        **values,
    )


async def _count(session: AsyncSession, subject: Subject, removed: Mapping[str, int]) -> None:
    """Add to what is counted already: an erasure may be done in several goes."""
    this = erasure_task.c.erasure_id == subject.erasure_id
    before: dict[str, int] = (await session.scalars(sa.select(erasure_task.c.removed).where(this))).one()
    total = {what: before.get(what, 0) + removed.get(what, 0) for what in {*before, *removed}}
    kept = {what: number for what, number in sorted(total.items()) if number}
    await session.execute(sa.update(erasure_task).where(this).values(removed=kept))
