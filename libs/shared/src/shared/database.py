"""One database per service: engine, sessions, declarative base."""

import enum
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import DateTime, Dialect, Enum, MetaData, Uuid, event
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column
from sqlalchemy.pool import ConnectionPoolEntry

from shared.access.tenancy import SETTING
from shared.settings import Settings

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


# An enumeration is stored as its value in a text column: a new member needs no migration.
_ENUMERATION = Enum(
    enum.Enum,
    native_enum=False,
    create_constraint=False,
    length=40,
    values_callable=lambda members: [member.value for member in members],
)


# To compile what row-level security adds to a query takes a hundred times as long as to run it: 1.4 s instead of 9 ms
# for a person whom a coordinator looks up.
_NOT_COMPILED = {"jit": "off"}


# Three journeys to the server and back: too much for each request, nothing for one in this time.
_ASKED_AFTER = 1.0  # seconds without use


class Base(DeclarativeBase):
    """Base of a service's tables: `class Base(shared.database.Base): metadata = create_metadata()`."""

    __abstract__ = True
    type_annotation_map = {datetime: DateTime(timezone=True), UUID: Uuid(), enum.Enum: _ENUMERATION}


def create_metadata() -> MetaData:
    """Metadata with named constraints, so that migrations can drop them."""
    return MetaData(naming_convention=NAMING)


class Identified:
    """A row with a random id made by the application, known before the insert."""

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)


class Versioned:
    """An aggregate: each change calls `touch()`; the version is the `sequence` of the event that tells of it.

    The version also guards the update: of two changes made at the same time one raises `StaleDataError`.
    """

    version: Mapped[int] = mapped_column(default=1)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:  # noqa: N805 - SQLAlchemy calls it with the class
        return {"version_id_col": cls.version, "version_id_generator": False}

    def touch(self) -> None:
        """Count one change."""
        self.version += 1


def create_engine(settings: Settings, *, scopes: str | None = None) -> AsyncEngine:
    """A pool for one process. Connections are checked before use, so a restarted database costs no request (0040).

    `scopes` are entered by every connection (`tenancy.EVERYTHING` for workers and operators); without, a transaction
    sees public rows alone until it enters its scopes.
    """
    engine = create_async_engine(
        settings.database_url,
        connect_args={"server_settings": {**_NOT_COMPILED, **({SETTING: scopes} if scopes else {})}},
        pool_size=settings.database_pool_size,
        max_overflow=5,
        hide_parameters=True,  # they are personal data, and errors quote them
    )
    event.listen(engine.sync_engine, "checkin", _note_use)
    event.listen(engine.sync_engine, "checkout", partial(_check_before_use, engine.dialect))
    return engine


def _note_use(_connection: Any, record: ConnectionPoolEntry, *_: Any) -> None:
    record.info["used_at"] = time.monotonic()


def _check_before_use(dialect: Dialect, connection: Any, record: ConnectionPoolEntry, *_: Any) -> None:
    """Raise `InvalidatePoolError`, so that the pool connects anew, for a connection that is lost.

    The driver knows at once that a server has closed it; a network that has gone silent takes a question.
    """
    used_at = record.info.get("used_at")
    if used_at is None:  # it is new
        return
    try:
        if connection.driver_connection.is_closed():
            raise InvalidatePoolError
        if time.monotonic() - used_at > _ASKED_AFTER:
            dialect.do_ping(connection)
    except dialect.loaded_dbapi.Error as error:
        raise InvalidatePoolError from error


def create_sessions(engine: AsyncEngine) -> async_sessionmaker[AsyncSession]:
    return async_sessionmaker(engine, expire_on_commit=False)


@asynccontextmanager
async def transaction(sessions: async_sessionmaker[AsyncSession]) -> AsyncIterator[AsyncSession]:
    """One unit of work: commits at its end, rolls back on an error. Only boundaries call it."""
    async with sessions() as session, session.begin():
        yield session
