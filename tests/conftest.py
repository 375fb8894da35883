"""Fixtures for every test. What they hand out is real: servers, databases made by migrations, signed tokens."""

import os
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any, TypeVar
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, BrowserType, Playwright, sync_playwright
from shared.access.grants import Grant
from testkit import postgres, rabbitmq
from testkit.clients import Clients
from testkit.databases import Databases
from testkit.oidc import OpenIdProvider
from testkit.postgres import Postgres
from testkit.rabbitmq import Broker
from testkit.servers import AMQP_VARIABLE, POSTGRES_VARIABLE, Missing, Servers, chromium
from testkit.smtp_sink import SmtpSink
from testkit.tokens import Issuer

S = TypeVar("S")
SERVERS = pytest.StashKey[Servers]()
RUN = pytest.StashKey[str]()  # first part of the names of this test run's databases and queues
HURTING = ("own_postgres", "own_broker")  # tests with a server of their own run on one worker, one after another


def pytest_configure(config: pytest.Config) -> None:
    """Give the run a name; under xdist the controller's goes to the workers."""
    config.addinivalue_line(
        "markers", "own_server: hurts a server of its own (set by the fixtures own_postgres, own_broker)"
    )
    worker_input = getattr(config, "workerinput", {})
    if not worker_input:
        config.pluginmanager.register(_Herald(config))
    config.stash[SERVERS] = Servers()
    config.stash[RUN] = worker_input.get("dorfnetz_run") or f"test_{uuid4().hex[:8]}"


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Under xdist the controller starts the servers, before its workers."""
    if getattr(session.config.option, "numprocesses", None) and not hasattr(session.config, "workerinput"):
        try:
            session.config.stash[SERVERS].start_all()
        except Missing as missing:
            pytest.exit(str(missing), returncode=2)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: "pytest.Session") -> None:
    """Tell a worker of xdist what the controller knows."""
    node.workerinput.update(  # type: ignore[attr-defined]
        dorfnetz_run=node.config.stash[RUN],
        dorfnetz_urls={name: os.environ[name] for name in (POSTGRES_VARIABLE, AMQP_VARIABLE)},
    )


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Drop this run's databases and stop what was started, in the process that started it."""
    config = session.config
    try:
        if not hasattr(config, "workerinput") and os.environ.get(POSTGRES_VARIABLE):
            Databases(os.environ[POSTGRES_VARIABLE], run=config.stash[RUN], worker="").drop_all()
    finally:
        config.stash[SERVERS].close()


class _Herald:
    """Names a failed test at once, not only at the end, which a run that is cut off never reaches."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        terminal = self._config.pluginmanager.get_plugin("terminalreporter")
        if report.failed and terminal is not None:
            terminal.ensure_newline()
            terminal.write_line(f"FAILED {report.nodeid} ({report.when})", red=True)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that hurt a server have one of their own and share a worker.

    Groups start first: each keeps one worker busy for minutes, and the other would wait for the last of them.
    """
    for item in items:
        if set(HURTING) & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.xdist_group("own_servers"))
            item.add_marker(pytest.mark.own_server)
        elif "browser" in getattr(item, "fixturenames", ()) and not item.get_closest_marker("xdist_group"):
            item.add_marker(pytest.mark.xdist_group("browser"))  # one platform and one browser for all of them
    items.sort(key=_rank)


def _rank(item: pytest.Item) -> int:
    if item.get_closest_marker("own_server"):
        return 0
    return 1 if item.get_closest_marker("xdist_group") else 2


@pytest.fixture(scope="session")
def servers(pytestconfig: pytest.Config) -> Servers:
    """Where servers come from; most tests want `postgres_url` and `amqp_url` instead."""
    os.environ.update(getattr(pytestconfig, "workerinput", {}).get("dorfnetz_urls", {}))
    return pytestconfig.stash[SERVERS]


@pytest.fixture(scope="session")
def postgres_url(servers: Servers) -> str:
    """The maintenance database of a real PostgreSQL, as a superuser: postgresql://…"""
    return _or_exit(servers.postgres_url)


@pytest.fixture(scope="session")
def amqp_url(servers: Servers) -> str:
    """A real RabbitMQ that all tests share: keep to `amqp_prefix`, and never disturb it (see `own_broker`)."""
    return _or_exit(servers.amqp_url)


def _or_exit(resolve: Callable[[], str]) -> str:
    try:
        return resolve()
    except Missing as missing:
        pytest.exit(str(missing), returncode=2)


@pytest.fixture
def amqp_prefix(pytestconfig: pytest.Config) -> str:
    """A first part for the names of exchanges and queues (`Settings.amqp_prefix`) that no other test has."""
    return f"{pytestconfig.stash[RUN]}_{uuid4().hex[:8]}"


@pytest.fixture(scope="session")
def databases(pytestconfig: pytest.Config, postgres_url: str) -> Databases:
    """Databases on the shared server: `service(name)`, `new()`, `built(name, build)`."""
    return Databases(postgres_url, run=pytestconfig.stash[RUN], worker=os.environ.get("PYTEST_XDIST_WORKER", "main"))


@pytest.fixture
def service_database(databases: Databases) -> Callable[[str], str]:
    """`service_database("registry")` is the postgresql+asyncpg:// URL of that service's migrated, empty database.

    A process has one database a service; it is like new when a test asks for it for the first time.
    """
    asked: dict[str, str] = {}

    def database(service: str) -> str:
        if service not in asked:
            asked[service] = databases.service(service)
        return asked[service]

    return database


@pytest.fixture(scope="session")
def issuer() -> Iterator[Issuer]:
    """Signs access tokens; its `jwks_url` goes into a service's settings."""
    issuer = Issuer()
    yield issuer
    issuer.close()


@pytest.fixture
def openid_provider() -> Iterator[OpenIdProvider]:
    """An office's OpenID Connect provider on localhost; `fault` of `testkit.oidc` lets it misbehave."""
    with OpenIdProvider() as provider:
        yield provider


@pytest.fixture
def token_for(issuer: Issuer) -> Callable[..., str]:
    """`token_for(*grants, person=None)`; grants by hand or from `testkit.tokens`, such as `district_officer()`."""

    def token(*grants: Grant, **options: object) -> str:
        return issuer.token_for(*grants, **options)  # type: ignore[arg-type]

    return token


@pytest.fixture
async def client_for() -> AsyncIterator[Clients]:
    """`await client_for(app, token)` is an `httpx2.AsyncClient` of a service's application, whose lifespan it runs."""
    async with Clients() as clients:
        yield clients


@pytest.fixture
def smtp_sink() -> Iterator[SmtpSink]:
    """A real SMTP server that keeps what it is given."""
    sink = SmtpSink()
    yield sink
    sink.close()


@pytest.fixture(scope="session")
def _own_postgres(servers: Servers) -> Postgres:
    return _or_skip(lambda: servers.new_postgres(durable=True))


@pytest.fixture(scope="session")
def _own_broker(servers: Servers) -> Broker:
    return _or_skip(servers.new_broker)


def _or_skip(start: Callable[[], S]) -> S:
    """Where the shared servers were given by URL, the machine may be unable to start others."""
    try:
        return start()
    except Missing as missing:
        pytest.skip(f"no server of its own to hurt: {missing}")


@pytest.fixture
def own_postgres(_own_postgres: Postgres) -> Postgres:
    """A PostgreSQL to stop, kill and start again; runs at the start of each test."""
    if not postgres.answers(_own_postgres.url):
        _own_postgres.start()
    return _own_postgres


@pytest.fixture
def own_broker(_own_broker: Broker) -> Broker:
    """A RabbitMQ to stop, kill, command by `rabbitmqctl` and start again; runs at the start of each test."""
    if not rabbitmq.answers(_own_broker.url):
        _own_broker.start()
    return _own_broker


@pytest.fixture
def own_databases(own_postgres: Postgres, pytestconfig: pytest.Config) -> Databases:
    """Databases on `own_postgres`."""
    return Databases(own_postgres.url, run=pytestconfig.stash[RUN], worker=uuid4().hex[:8])


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Debian's Chromium for pytest-playwright; without its sandbox, which needs rights that a container lacks."""
    return {
        **browser_type_launch_args,
        "executable_path": chromium(),
        "args": ["--no-sandbox", "--disable-dev-shm-usage"],
    }


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    """One a module instead of one a session: while it is open its event loop runs, and no other test can have one."""
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="module")
def browser_type(playwright: Playwright) -> BrowserType:
    """Chromium is the one browser of these tests."""
    return playwright.chromium


@pytest.fixture(scope="module")
def browser(browser_type: BrowserType, browser_type_launch_args: dict[str, Any]) -> Iterator[Browser]:
    """A browser for the tests of one module."""
    launched = browser_type.launch(**browser_type_launch_args)
    yield launched
    launched.close()


@pytest.fixture(scope="module")
def browser_context_args() -> dict[str, Any]:
    """How the fixtures `page` and `context` open pages."""
    return {"locale": "de-DE"}
