"""A worker process that kills itself at a chosen step, and a writer that does. Started by fork, so that it is quick."""

import asyncio
import multiprocessing
import os
import signal
from collections.abc import Callable
from dataclasses import dataclass, replace
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
import structlog
from shared.contracts.registry import OrganisationHidden
from shared.messaging import publisher
from shared.messaging.collector import AckChannel
from shared.messaging.inbox import Inbox
from shared.messaging.rabbit import RabbitTransport
from shared.messaging.relay import Relay

from testkit import messaging, without
from testkit.ledger import Ledger, accept, accepted
from testkit.messaging import service

_HERE = str(Path(__file__).resolve().parents[1])


def die() -> None:
    """kill -9: nothing is flushed, closed or rolled back by this process."""
    os.kill(os.getpid(), signal.SIGKILL)


def _before(owner: Any, name: str) -> None:
    async def crash(*_: Any, **__: Any) -> None:
        die()

    setattr(owner, name, crash)


def _after(owner: Any, name: str) -> None:
    original = getattr(owner, name)

    async def run_and_crash(*arguments: Any, **options: Any) -> None:
        await original(*arguments, **options)
        die()

    setattr(owner, name, run_and_crash)


def _while_confirming() -> None:
    publisher._Confirmation.set_result = lambda *_: die()  # type: ignore[method-assign]


def _watch_deletion() -> list[bool]:
    """Becomes non-empty when this process has deleted rows of the outbox."""
    deleted: list[bool] = []

    @sa.event.listens_for(sa.Engine, "after_cursor_execute")
    def remember(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        if "delete from outbox" in statement.lower():
            deleted.append(True)

    return deleted


def _before_deletion_commits() -> None:
    deleted = _watch_deletion()

    @sa.event.listens_for(sa.Engine, "commit")
    def crash(connection: sa.Connection) -> None:
        if deleted:
            die()


def _after_deletion() -> None:
    deleted, publish_batch = _watch_deletion(), Relay.publish_batch

    async def publish_and_crash(self: Relay) -> bool:
        more = await publish_batch(self)
        if deleted:
            die()
        return more

    Relay.publish_batch = publish_and_crash  # type: ignore[method-assign]


def _nowhere() -> None:
    """No crash."""


# The steps of an event between the writer's commit and the reader's acknowledgement.
CRASHES: dict[str, Callable[[], None]] = {
    "before the publish": lambda: _before(RabbitTransport, "publish"),
    "after the publish, before the confirms are all here": _while_confirming,
    "after the confirms, before the rows are deleted": lambda: _after(RabbitTransport, "publish"),
    "after the rows are deleted, before that is committed": _before_deletion_commits,
    "after the rows are gone": _after_deletion,
    "after the effect, before it is committed": lambda: _after(messaging, "note"),
    "after the effect is committed, before the ack": lambda: _after(Inbox, "process"),
    "after the ack": lambda: _after(AckChannel, "ack"),
    "nowhere": _nowhere,
}


@dataclass(frozen=True)
class Orders:
    """What a victim is to do: plain values, because they travel to another process."""

    writer_url: str
    reader_url: str
    amqp_url: str
    prefix: str
    crash: str = "nowhere"
    without: tuple[str, ...] = ()  # names of functions in `testkit.without`

    @classmethod
    def of(cls, ledger: Ledger) -> "Orders":
        return cls(ledger.writer.url, ledger.reader.url, ledger.amqp_url, ledger.prefix)

    def but(self, **changes: Any) -> "Orders":
        return replace(self, **changes)


def start(target: Callable[[Orders], None], orders: Orders) -> BaseProcess:
    """Start `work`, `write_and_crash_before_commit` or `write_and_crash_after_commit` in a process of its own."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["testkit.victim"])
    # The server that forks has not our import path (Python 3.11), and would silently preload nothing.
    if _HERE not in os.environ.get("PYTHONPATH", ""):
        os.environ["PYTHONPATH"] = os.pathsep.join([_HERE, os.environ.get("PYTHONPATH", "")]).rstrip(os.pathsep)
    process = context.Process(target=target, args=(orders,), daemon=True)
    process.start()
    return process


def work(orders: Orders) -> None:
    """Be a worker until killed."""
    _prepare(orders)
    asyncio.run(_work(orders))


def write_and_crash_before_commit(orders: Orders) -> None:
    """Accept one event, and die before that is committed."""
    _prepare(orders)
    asyncio.run(_write(orders, commits=False))


def write_and_crash_after_commit(orders: Orders) -> None:
    """Accept one event, and die as soon as that is committed."""
    _prepare(orders)
    asyncio.run(_write(orders, commits=True))


def _prepare(orders: Orders) -> None:
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory(), processors=[])
    for name in orders.without:
        if name != "no_outbox":
            getattr(without, name)(setattr)
    CRASHES[orders.crash]()


async def _work(orders: Orders) -> None:
    async with (
        service(orders.writer_url) as writer,
        service(orders.reader_url) as reader,
        Ledger(writer, reader, orders.amqp_url, orders.prefix).working(),
    ):
        await asyncio.Event().wait()


async def _write(orders: Orders, *, commits: bool) -> None:
    async with service(orders.writer_url) as writer:
        ledger = Ledger(writer, writer, orders.amqp_url, orders.prefix)
        if "no_outbox" in orders.without:
            await _write_twice(ledger, commits=commits)
        async with writer.sessions() as session, session.begin():
            await accept(session, OrganisationHidden(organisation_id=uuid4()), uuid4())
            await session.flush()
            if not commits:
                die()
        die()


async def _write_twice(ledger: Ledger, *, commits: bool) -> None:
    """Without an outbox there are two writes, and a crash between them: the broker first, or the database first."""
    from shared.contracts.envelope import create_event

    event = create_event(OrganisationHidden(organisation_id=uuid4()), subject=uuid4(), sequence=1)
    if not commits:
        await ledger.publish_by_hand(event.to_bytes())
        die()
    async with ledger.writer.sessions() as session, session.begin():
        await session.execute(accepted.insert().values(event_id=event.id))
    die()
