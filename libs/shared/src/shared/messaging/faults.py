"""Telling "the database is away" from "this event is bad"."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import asyncpg
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

# A restart of PostgreSQL also surfaces as bare errors of the socket and of asyncpg, not only as SQLAlchemy's.
_AWAY = (
    ConnectionError,
    OSError,
    TimeoutError,
    PoolTimeout,
    OperationalError,
    InterfaceError,
    asyncpg.InternalClientError,
    asyncpg.InterfaceError,
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.TooManyConnectionsError,
)


def is_database_away(error: BaseException) -> bool:
    """Whether an error says that the database cannot be reached now, and nothing about what was asked of it."""
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    return isinstance(error, _AWAY) or isinstance(error.__cause__, _AWAY)


class StrayCancellation(Exception):
    """A library raised `CancelledError` although nobody cancelled the task."""


@contextmanager
def own_cancellation() -> Iterator[None]:
    """Let only a cancellation that is meant for the current task through; make an error of any other.

    A half-open connection makes aio-pika raise a stray `CancelledError` out of a publish; taken at its word it would
    end the relay for good.
    """
    try:
        yield
    except asyncio.CancelledError as error:
        task = asyncio.current_task()
        if task is None or task.cancelling():
            raise
        raise StrayCancellation from error
