"""Where the benchmarks' servers come from: the same places as the tests'."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from testkit.databases import Databases
from testkit.servers import Servers


@dataclass(frozen=True)
class Place:
    """A real broker, and databases on a real PostgreSQL that waits for its disk at each commit."""

    amqp_url: str
    databases: Databases


@contextmanager
def place() -> Iterator[Place]:
    """The servers named by TEST_POSTGRES_URL and TEST_AMQP_URL, else new ones that end with the block."""
    servers = Servers()
    run = f"bench_{os.getpid()}"
    postgres_url = os.environ.get("TEST_POSTGRES_URL") or servers.new_postgres(durable=True).url
    databases = Databases(postgres_url, run=run, worker="main")
    try:
        yield Place(servers.amqp_url(), databases)
    finally:
        databases.drop_all()
        servers.close()
