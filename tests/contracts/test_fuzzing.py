"""Whatever is sent to a service, it answers as its OpenAPI document says, and never with a server error."""

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import CHECKS, load_all_checks
from testkit.databases import Databases
from testkit.http_server import HttpServer
from testkit.services import create_service
from testkit.tokens import Issuer, district_officer

LARGE = os.environ.get("FAULTS") == "large"
THOROUGHLY = settings(
    max_examples=1000 if LARGE else 50,
    derandomize=not LARGE,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
SERVICES = ("registry", "events", "notifications")
ENDLESS = "/events/stream"
load_all_checks()
CHECKED: Any = CHECKS.get_by_names(
    [
        "not_a_server_error",
        "status_code_conformance",
        "content_type_conformance",
        "response_headers_conformance",
        "response_schema_conformance",
    ]
)


@pytest.fixture(scope="session")
def server_of(databases: Databases, issuer: Issuer) -> Iterator[Callable[[str], HttpServer]]:
    """One server a service and process, on a database of its own."""
    running: dict[str, HttpServer] = {}

    def server(service: str) -> HttpServer:
        if service not in running:
            database_url = databases.new_service(service)
            running[service] = HttpServer(create_service(service, issuer, database_url=database_url)).__enter__()
        return running[service]

    yield server
    for one in running.values():
        one.__exit__(None, None, None)


def _schema(service: str) -> schemathesis.BaseSchema:
    issuer = Issuer()
    try:
        document = create_service(service, issuer).openapi()
    finally:
        issuer.close()
    return schemathesis.openapi.from_dict(document).exclude(path=ENDLESS)


registry, events, notifications = map(_schema, SERVICES)


@registry.parametrize()
@THOROUGHLY
def test_registry(case: schemathesis.Case[Any], server_of: Callable[[str], HttpServer], issuer: Issuer) -> None:
    _call(case, server_of("registry"), issuer)


@events.parametrize()
@THOROUGHLY
def test_events(case: schemathesis.Case[Any], server_of: Callable[[str], HttpServer], issuer: Issuer) -> None:
    _call(case, server_of("events"), issuer)


@notifications.parametrize()
@THOROUGHLY
def test_notifications(case: schemathesis.Case[Any], server_of: Callable[[str], HttpServer], issuer: Issuer) -> None:
    _call(case, server_of("notifications"), issuer)


def _call(case: schemathesis.Case[Any], server: HttpServer, issuer: Issuer) -> None:
    token = issuer.token_for(district_officer())
    case.call_and_validate(base_url=server.url, headers={"Authorization": f"Bearer {token}"}, checks=CHECKED)
