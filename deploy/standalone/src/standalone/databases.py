"""A database for each service: the configured one, or one on the embedded server."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import ExitStack

import sqlalchemy as sa
from shared import migrations
from shared.i18n import N_
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import create_async_engine

from standalone.data_directory import DataDirectory
from standalone.errors import CannotStart
from standalone.postgres import EmbeddedPostgres
from standalone.settings import SERVICES, StandaloneSettings

_ANSWERS_WITHIN = 5  # seconds


def prepare_databases(
    settings: StandaloneSettings, data: DataDirectory, parts: ExitStack, say: Callable[[str], None]
) -> Mapping[str, str]:
    """The address of each service's database, at the newest schema. The embedded server ends with `parts`."""
    urls = {service: url for service in SERVICES if (url := settings.database_url(service))}
    for url in urls.values():
        _check(url)
    missing = [service for service in SERVICES if service not in urls]
    if missing:
        say(N_("Starting PostgreSQL …"))
        server = EmbeddedPostgres(data.postgres)
        parts.callback(server.stop)
        server.start()
        urls |= {service: server.create_database(service) for service in missing}
    say(N_("Setting up the databases …"))
    for service in SERVICES:
        migrations.upgrade(service, urls[service])
    return urls


def _check(url: str) -> None:
    """Raise `CannotStart` unless the configured server answers."""

    async def ask() -> None:
        engine = create_async_engine(url, poolclass=sa.NullPool)
        async with asyncio.timeout(_ANSWERS_WITHIN), engine.connect() as connection:
            await connection.execute(sa.text("SELECT 1"))

    try:
        asyncio.run(ask())
    except (SQLAlchemyError, OSError, TimeoutError, ValueError) as error:
        raise CannotStart(
            N_("The configured database {where} cannot be reached."), where=_without_password(url)
        ) from error


def _without_password(url: str) -> str:
    try:
        return make_url(url).render_as_string(hide_password=True)
    except SQLAlchemyError:
        return "?"
