"""Where the tests' servers come from.

In this order: the URLs in TEST_POSTGRES_URL and TEST_AMQP_URL; containers where a Docker engine answers; programs on
this machine; on Debian or Ubuntu as root, programs installed by apt-get; else one line that says what to install.
TEST_SERVERS=docker or TEST_SERVERS=local leaves out the other of the two kinds.
"""

import ctypes
import os
import shutil
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import TypeVar

from testkit import containers, debian, postgres, rabbitmq

POSTGRES_VARIABLE, AMQP_VARIABLE = "TEST_POSTGRES_URL", "TEST_AMQP_URL"
CHROMIUM_PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


S = TypeVar("S", bound=postgres.Postgres | rabbitmq.Broker)


class Missing(Exception):
    """Something has to be installed by the user; the text says what in one line."""


def chromium() -> str | None:
    """The browser's program, or None. DORFNETZ_CHROMIUM names another."""
    named = os.environ.get("DORFNETZ_CHROMIUM")
    return named or next((found for name in CHROMIUM_PROGRAMS if (found := shutil.which(name))), None)


def missing_for_looking() -> list[str]:
    """Debian's packages to look at pages and prints: a browser, what Playwright's driver needs, `pdftotext`."""
    packages = [] if chromium() else ["chromium"]
    if shutil.which("pdftotext") is None:
        packages.append("poppler-utils")
    try:
        ctypes.CDLL("libatomic.so.1")
    except OSError:
        packages.append("libatomic1")
    return packages


def ensure_installed(*, postgres_needed: bool, broker_needed: bool, looking_needed: bool) -> None:
    """Install what is missing, or raise `Missing`. What a container or a URL provides is not needed."""
    packages = []
    if postgres_needed and postgres.binaries() is None:
        packages.append("postgresql")
    if broker_needed and rabbitmq.binaries() is None:
        packages.append("rabbitmq-server")
    if looking_needed:
        packages += missing_for_looking()
    if not packages:
        return
    names = " ".join(packages)
    if not debian.can_install():
        raise Missing(f"The tests need {names}, or a Docker engine. On Debian: sudo apt-get install {names}")
    sys.stderr.write(f"Installing what the tests need: apt-get install {names} ...\n")
    complaint = debian.install(packages)
    if complaint:
        raise Missing(f"The tests need {names}, and apt-get could not install it: {complaint}")


class Servers:
    """The servers of one test run: started on first use, stopped by `close`."""

    def __init__(self) -> None:
        self._started: list[postgres.Postgres | rabbitmq.Broker] = []
        self._docker: bool | None = None
        self._lock = threading.Lock()

    def postgres_url(self) -> str:
        """The maintenance database of a server on which databases may be made, as a superuser."""
        return os.environ.get(POSTGRES_VARIABLE) or self._remember(POSTGRES_VARIABLE, self.new_postgres)

    def amqp_url(self) -> str:
        """A broker on which exchanges and queues may be made."""
        return os.environ.get(AMQP_VARIABLE) or self._remember(AMQP_VARIABLE, self.new_broker)

    def prepare(self, *, browser: bool) -> None:
        """Install what a whole test run needs and is missing, or raise `Missing`."""
        local = not self._use_docker()
        ensure_installed(
            postgres_needed=local and POSTGRES_VARIABLE not in os.environ,
            broker_needed=local and AMQP_VARIABLE not in os.environ,
            looking_needed=browser,
        )

    def start_all(self) -> None:
        """Start both at once; afterwards the environment names them, for this process and its children."""
        with ThreadPoolExecutor(2) as threads:
            for started in (threads.submit(self.postgres_url), threads.submit(self.amqp_url)):
                started.result()

    def new_postgres(self, *, durable: bool = False) -> postgres.Postgres:
        """A server of its own, which a test may hurt. `durable` keeps what was committed through a kill."""
        if self._use_docker():
            return self._start(postgres.ContainerPostgres(durable=durable))
        ensure_installed(postgres_needed=True, broker_needed=False, looking_needed=False)
        return self._start(postgres.LocalPostgres(durable=durable))

    def new_broker(self) -> rabbitmq.Broker:
        """A broker of its own, which a test may hurt."""
        if self._use_docker():
            return self._start(rabbitmq.ContainerBroker())
        ensure_installed(postgres_needed=False, broker_needed=True, looking_needed=False)
        return self._start(rabbitmq.LocalBroker())

    def close(self) -> None:
        """Stop whatever was started here, also when one of them fails to."""
        with ExitStack() as stack:
            while self._started:
                stack.callback(self._started.pop().close)

    def _use_docker(self) -> bool:
        with self._lock:
            if self._docker is None:
                wanted = os.environ.get("TEST_SERVERS")
                images = (postgres.ContainerPostgres.IMAGE, rabbitmq.ContainerBroker.IMAGE)
                self._docker = wanted != "local" and containers.available(*images)
                if wanted == "docker" and not self._docker:
                    raise Missing("TEST_SERVERS=docker, but no Docker engine answers that has or can fetch the images")
        return self._docker

    def _remember(self, variable: str, create: Callable[[], postgres.Postgres | rabbitmq.Broker]) -> str:
        os.environ[variable] = create().url
        return os.environ[variable]

    def _start(self, server: S) -> S:
        self._started.append(server)
        server.start()
        return server
