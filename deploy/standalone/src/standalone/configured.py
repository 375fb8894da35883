"""Servers that the environment names: asked at the start, so that a wrong address is one clear line."""

import asyncio
from urllib.parse import urlsplit

import aio_pika
import sqlalchemy as sa
from shared.access.tenancy import UnboundRole, check_role
from shared.i18n import N_
from sqlalchemy.ext.asyncio import create_async_engine

from standalone.errors import CannotStart

_ANSWERS_WITHIN = 5  # seconds


def check_database(service: str, url: str, owner_url: str | None) -> str:
    """The address as the tables' owner. Raises `CannotStart` unless the database answers both of its two roles."""
    variable = f"DORFNETZ_{service.upper()}_OWNER_DATABASE_URL"
    if owner_url is None:
        raise CannotStart(
            N_("{variable} is missing: a configured database needs two roles, one that owns the tables and one that "
               "does not."),
            variable=variable,
        )  # fmt: skip
    for one in (url, owner_url):
        try:
            asyncio.run(_ask_database(one, as_application=one == url))
        except UnboundRole as unbound:
            raise CannotStart(
                N_("DORFNETZ_{service}_DATABASE_URL must name a role that is no superuser and does not own the tables; "
                   "that one belongs into {variable}."),
                service=service.upper(), variable=variable,
            ) from unbound  # fmt: skip
        except Exception as error:  # a wrong address has many: of the system, of the driver, of SQLAlchemy
            raise CannotStart(
                N_("The configured database {where} cannot be reached."), where=_without_user(one)
            ) from error
    return owner_url


def check_broker(url: str) -> None:
    """Raise `CannotStart` unless the broker lets us in."""
    try:
        asyncio.run(_ask_broker(url))
    except Exception as error:  # likewise
        raise CannotStart(
            N_("The configured message broker {where} cannot be reached."), where=_without_user(url)
        ) from error


async def _ask_database(url: str, *, as_application: bool) -> None:
    engine = create_async_engine(url, poolclass=sa.NullPool)
    async with asyncio.timeout(_ANSWERS_WITHIN), engine.connect() as connection:
        await connection.execute(sa.text("SELECT 1"))
        if as_application:
            await check_role(connection)


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
