"""Telling "the database is away" from "this event is bad"."""

import asyncio

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


def is_own_cancellation() -> bool:
    """Whether the current task is being cancelled, so that a `CancelledError` here is meant for it.

    A half-open connection makes aio-pika raise a stray `CancelledError` out of a publish; taken at its word it would
    end the relay for good.
    """
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
