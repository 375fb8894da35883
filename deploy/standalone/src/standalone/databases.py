"""A database for each service: the configured one, or one on the embedded server."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from importlib.util import find_spec
from pathlib import Path

from shared.i18n import N_
from sqlalchemy import make_url

from standalone.configured import check_database
from standalone.data_directory import DataDirectory
from standalone.postgres import EmbeddedPostgres
from standalone.settings import SERVICES, StandaloneSettings


def prepare_databases(
    settings: StandaloneSettings, data: DataDirectory, parts: ExitStack, say: Callable[[str], None]
) -> Mapping[str, str]:
    """The address of each service's database, at the newest schema. The embedded server ends with `parts`."""
    urls = {service: url for service in SERVICES if (url := settings.database_url(service))}
    owners = {
        service: check_database(service, url, settings.owner_database_url(service)) for service, url in urls.items()
    }
    if urls:
        say(N_("Setting up the databases …"))
        _migrate(owners, urls)
    missing = [service for service in SERVICES if service not in urls]
    if missing:
        urls |= _embedded(missing, data, parts, say)
    return urls


def _embedded(
    services: Sequence[str], data: DataDirectory, parts: ExitStack, say: Callable[[str], None]
) -> dict[str, str]:
    say(N_("Starting PostgreSQL …"))
    server = EmbeddedPostgres(data.postgres)
    parts.callback(server.stop)
    server.start()
    migrations = f"{' '.join(services)} {_fingerprint(services)}"
    urls = {service: server.url(service, role=service) for service in services}
    if data.migrated.exists() and data.migrated.read_text() == migrations:  # a start takes seconds: save one of them
        return urls
    say(N_("Setting up the databases …"))
    owners = {service: server.create_database(service, owner=f"{service}_owner", user=service) for service in services}
    _migrate(owners, urls)
    data.migrated.write_text(migrations)
    return urls


def _migrate(owners: Mapping[str, str], urls: Mapping[str, str]) -> None:
    from shared.migrations import upgrade  # imports all of Alembic, which most starts do without

    for service, owner_url in owners.items():
        upgrade(service, owner_url, role=make_url(urls[service]).username)


def _fingerprint(services: Sequence[str]) -> str:
    """Of all migrations: another one means that the databases have to change."""
    digest = hashlib.sha256()
    for service in services:
        package = find_spec(service)
        assert package is not None  # noqa: S101 - services are regular packages
        assert package.origin is not None  # noqa: S101
        for migration in sorted(Path(package.origin).resolve().parents[2].glob("migrations/versions/*.py")):
            digest.update(migration.name.encode() + migration.read_bytes())
    return digest.hexdigest()
