"""Servers that the environment names: asked at the start, so that a wrong address is one clear line."""

import asyncio
from urllib.parse import urlsplit

import aio_pika
import sqlalchemy as sa
from shared.i18n import N_
from sqlalchemy.ext.asyncio import create_async_engine

from standalone.errors import CannotStart

_ANSWERS_WITHIN = 5  # seconds


def check_database(url: str) -> None:
    """Raise `CannotStart` unless the database answers."""
    try:
        asyncio.run(_ask_database(url))
    except Exception as error:  # a wrong address has many: of the system, of the driver, of SQLAlchemy
        raise CannotStart(N_("The configured database {where} cannot be reached."), where=_without_user(url)) from error


def check_broker(url: str) -> None:
    """Raise `CannotStart` unless the broker lets us in."""
    try:
        asyncio.run(_ask_broker(url))
    except Exception as error:  # likewise
        raise CannotStart(
            N_("The configured message broker {where} cannot be reached."), where=_without_user(url)
        ) from error


async def _ask_database(url: str) -> None:
    engine = create_async_engine(url, poolclass=sa.NullPool)
    async with asyncio.timeout(_ANSWERS_WITHIN), engine.connect() as connection:
        await connection.execute(sa.text("SELECT 1"))


async def _ask_broker(url: str) -> None:
    async with asyncio.timeout(_ANSWERS_WITHIN):
        await (await aio_pika.connect(url)).close()


def _without_user(url: str) -> str:
    """Scheme, host, port and path: a message may not show a password."""
    try:
        parts = urlsplit(url)
        host = f"{parts.hostname or ''}:{parts.port}" if parts.port else parts.hostname or ""
    except ValueError:
        return "?"
    return f"{parts.scheme}://{host}{parts.path}"
