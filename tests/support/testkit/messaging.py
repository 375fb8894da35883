"""For tests of messaging: a service's database with words for what is done in it, and a consumer that counts."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from shared.contracts.registry import OrganisationHidden, PersonDescribed
from shared.messaging import outbox
from shared.messaging.consumer import Consumer, Retry
from shared.messaging.transport import Sessions
from sqlalchemy.ext.asyncio import AsyncEngine, async_sessionmaker, create_async_engine

from testkit.aio import run_sync
from testkit.databases import create_messaging_tables

Run = Callable[..., Awaitable[None]]
FAST = Retry(attempts=3, first_pause=0.05)

effects = sa.Table(
    "effect",
    sa.MetaData(),
    sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
    sa.Column("consumer", sa.Text, nullable=False),
    sa.Column("event_id", sa.Uuid, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("sequence", sa.BigInteger, nullable=False),
)


def build_effects(url: str) -> None:
    create_messaging_tables(url)

    async def create() -> None:
        engine = create_async_engine(url, poolclass=sa.NullPool)
        async with engine.begin() as connection:
            await connection.run_sync(effects.metadata.create_all)
        await engine.dispose()

    run_sync(create)


async def until(condition: Callable[[], Awaitable[bool]], *, seconds: float = 15, what: str = "it") -> None:
    """Wait until `condition` holds; fail after `seconds`."""
    try:
        async with asyncio.timeout(seconds):
            while not await condition():  # noqa: ASYNC110 - what is waited for is in another process
                await asyncio.sleep(0.02)
    except TimeoutError:
        pytest.fail(f"{what} did not happen within {seconds} s")


@dataclass
class Service:
    """A service's database, with words for what the tests do in it."""

    engine: AsyncEngine
    url: str
    sessions: Sessions = field(init=False)

    def __post_init__(self) -> None:
        self.sessions = async_sessionmaker(self.engine, expire_on_commit=False)

    async def hide(self, *subjects: UUID, sequence: int = 1, not_before: datetime | None = None) -> list[UUID]:
        """Record one public event for each subject in one transaction; returns the events' ids."""
        async with self.sessions() as session, session.begin():
            return [
                outbox.record(
                    session,
                    OrganisationHidden(organisation_id=subject),
                    subject=subject,
                    sequence=sequence,
                    network="heidedoerfer",
                    not_before=not_before,
                )
                for subject in subjects
            ]

    async def describe_person(self, name: str) -> UUID:
        """Record one private event; returns its id."""
        person = uuid4()
        async with self.sessions() as session, session.begin():
            return outbox.record(
                session, PersonDescribed(person_id=person, name=name, email=None), subject=person, sequence=1
            )

    async def rows(self, table: sa.Table, *order: sa.Column[Any]) -> list[sa.Row[Any]]:
        async with self.engine.connect() as connection:
            return list((await connection.execute(sa.select(table).order_by(*order))).all())

    async def count(self, table: sa.Table) -> int:
        async with self.engine.connect() as connection:
            return int((await connection.execute(sa.select(sa.func.count()).select_from(table))).scalar_one())

    async def effects_of(self, consumer: Consumer) -> list[UUID]:
        rows = await self.rows(effects, effects.c.id)
        return [row.event_id for row in rows if row.consumer == consumer.name]


@asynccontextmanager
async def service(url: str) -> AsyncIterator[Service]:
    engine = create_async_engine(url, pool_pre_ping=True)
    try:
        yield Service(engine, url)
    finally:
        await engine.dispose()


def counting(name: str = "portal.effects", *, retry: Retry = FAST) -> Consumer:
    """A consumer that writes one row for each event that takes effect."""
    consumer = Consumer(name, retry=retry)

    @consumer.on(OrganisationHidden)
    async def count(session: Any, event: Any) -> None:
        await note(session, consumer, event)

    return consumer


async def note(session: Any, consumer: Consumer, event: Any) -> None:
    """Write the effect of an event."""
    await session.execute(
        effects.insert().values(
            consumer=consumer.name, event_id=event.id, subject=event.subject, sequence=event.sequence
        )
    )
