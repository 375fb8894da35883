"""Writing events: `record` puts an event into the caller's transaction; the relay publishes it after the commit."""

import asyncio
from collections.abc import Iterable
from datetime import datetime
from typing import Any, ClassVar, NamedTuple
from uuid import UUID
from weakref import WeakKeyDictionary

import sqlalchemy as sa
import structlog
from sqlalchemy import event as sqlalchemy_events
from sqlalchemy.engine import Engine
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from shared.contracts.envelope import EventData, create_event
from shared.tracing import current_traceparent

CHANNEL = "dorfnetz_outbox"  # of NOTIFY, in the service's own database
NOTIFY_INTERVAL = 0.02  # seconds between two notifications of one process, however many commits there are

_RECORDED = "dorfnetz.outbox"

log = structlog.get_logger(__name__)


class _Base(DeclarativeBase):
    pass


class OutboxRow(_Base):
    """One event that waits to be published, as far as it is written here.

    What waits may be private, so who records it may not read it (see `tables.protect_tables`). The insert must not ask
    for what the database adds, such as the row's number, because that would be reading: it is left out here.
    """

    __tablename__ = "outbox"

    event_id: Mapped[UUID] = mapped_column(primary_key=True)
    exchange: Mapped[str]
    routing_key: Mapped[str]
    type: Mapped[str]
    subject: Mapped[str]
    sequence: Mapped[int] = mapped_column(sa.BigInteger)
    networkid: Mapped[str | None]
    body: Mapped[bytes]
    not_before: Mapped[datetime | None] = mapped_column(sa.DateTime(timezone=True))


def record(
    session: AsyncSession,
    data: EventData,
    *,
    subject: UUID,
    sequence: int,
    network: str | None = None,
    not_before: datetime | None = None,
) -> UUID:
    """Add an event to the transaction of `session`: it is published if and only if that commits. Returns its id.

    `sequence` is the aggregate's version, `network` the network's slug. With `not_before` (aware) the event is a
    timer: it is published at that moment, not earlier.
    """
    values = _values(Told(data, subject, sequence, network), not_before)
    session.add(OutboxRow(**values))
    session.sync_session.info[_RECORDED] = True
    return values["event_id"]  # type: ignore[no-any-return]


class Told(NamedTuple):
    """An event of `record_all`: the arguments of `record`."""

    data: EventData
    subject: UUID
    sequence: int
    network: str | None = None


async def record_all(session: AsyncSession, events: Iterable[Told]) -> None:
    """Like `record`, for the thousands of events of one command: written now, by one statement."""
    rows = [_values(told) for told in events]
    if rows:
        table: Any = OutboxRow.__table__
        columns = [column for column in table.columns if column.name != "not_before"]
        arrays = [sa.literal([row[column.name] for row in rows], sa.ARRAY(column.type)) for column in columns]
        told = sa.func.unnest(*arrays).table_valued(*(sa.column(column.name) for column in columns)).render_derived()
        names = [column.name for column in columns]
        await session.execute(sa.insert(table).from_select(names, sa.select(*told.c), include_defaults=False))
        session.sync_session.info[_RECORDED] = True


def _values(told: Told, not_before: datetime | None = None) -> dict[str, Any]:
    data, subject, sequence, network = told
    event = create_event(data, subject=subject, sequence=sequence, network=network, traceparent=current_traceparent())
    return {
        "event_id": event.id,
        "exchange": data.exchange.value,
        "routing_key": event.routing_key,
        "type": event.type,
        "subject": event.subject,
        "sequence": sequence,
        "networkid": network,
        "body": event.to_bytes(),
        "not_before": not_before,
    }


class Waker:
    """Wakes the relay after a commit: by an event in the same process, else by a NOTIFY that many commits share.

    A NOTIFY for each row would cost 38 to 51 % of the commits. A lost one costs a second: the relay also polls.
    """

    _of_engine: ClassVar[WeakKeyDictionary[Engine, "Waker"]] = WeakKeyDictionary()

    def __init__(self) -> None:
        self.relays: set[asyncio.Event] = set()
        self._again = False
        self._task: asyncio.Task[None] | None = None

    @classmethod
    def of(cls, engine: Engine) -> "Waker":
        """The waker of an engine; made when it is first asked for."""
        if engine not in cls._of_engine:
            cls._of_engine[engine] = cls()
        return cls._of_engine[engine]

    def wake(self, engine: Engine) -> None:
        """Something is committed in the database of `engine`."""
        for relay in self.relays:
            relay.set()
        if self.relays:
            return
        self._again = True
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._notify(AsyncEngine(engine)))

    async def _notify(self, engine: AsyncEngine) -> None:
        while self._again:
            self._again = False
            try:
                async with engine.connect() as connection:
                    await connection.execution_options(isolation_level="AUTOCOMMIT")
                    await connection.execute(sa.select(sa.func.pg_notify(CHANNEL, "")))
            except Exception as error:  # the relay polls: a missing wake-up costs a second, no event
                log.warning("outbox.notify_failed", error=type(error).__name__)
            await asyncio.sleep(NOTIFY_INTERVAL)


@sqlalchemy_events.listens_for(Session, "after_commit")
def _after_commit(session: Session) -> None:
    if session.info.get(_RECORDED) and not session.in_nested_transaction():
        del session.info[_RECORDED]
        engine = session.get_bind().engine
        Waker.of(engine).wake(engine)


@sqlalchemy_events.listens_for(Session, "after_rollback")
def _after_rollback(session: Session) -> None:
    session.info.pop(_RECORDED, None)
