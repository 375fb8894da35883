"""Whatever is sent to a service, it answers as its OpenAPI document says, and never with a server error."""

import os
import random
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import CHECKS, load_all_checks
from shared.access.grants import Grant
from testkit.databases import Databases
from testkit.http_server import HttpServer
from testkit.populated import fill_events, fill_registry, known_ids, tell_examples
from testkit.services import create_service
from testkit.tokens import (
    Issuer,
    api_client,
    association_contact,
    district_officer,
    municipality_officer,
    network_coordinator,
    volunteer,
)

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


@dataclass
class Fuzzed:
    """A service behind HTTP, with something in it. `callers` are grants of every role."""

    server: HttpServer
    known: dict[str, list[str]]
    callers: list[Grant]

    def point_at_what_exists(self, case: schemathesis.Case[Any], choice: random.Random) -> None:
        """Three times of four ids in the path and the body are those of things that are there."""
        for place in (case.path_parameters, case.body):
            if isinstance(place, dict):
                chosen = [name for name in place if self.known.get(name) and choice.random() < 0.75]
                place.update({name: choice.choice(self.known[name]) for name in chosen})

    def headers_of_somebody(self, choice: random.Random, issuer: Issuer) -> dict[str, str]:
        """Half of the calls come from the district officer, who gets furthest; few from nobody who is logged in."""
        grant = choice.choice([*[self.callers[0]] * len(self.callers), *self.callers, None])
        return {"Authorization": f"Bearer {issuer.token_for(grant)}"} if grant else {}


@pytest.fixture(scope="session")
def service_of(databases: Databases, issuer: Issuer) -> Iterator[Callable[[str], Fuzzed]]:
    """One server a service and process, on a database of its own."""
    running: dict[str, Fuzzed] = {}
    with ExitStack() as stack:

        def service(name: str) -> Fuzzed:
            if name not in running:
                running[name] = _start(name, databases.new_service(name), issuer, stack)
            return running[name]

        yield service


def _start(name: str, database_url: str, issuer: Issuer, stack: ExitStack) -> Fuzzed:
    server = stack.enter_context(HttpServer(create_service(name, issuer, database_url=database_url)))
    headers = {"Authorization": f"Bearer {issuer.token_for(district_officer())}"}
    officer = stack.enter_context(httpx2.Client(base_url=server.url, headers=headers))
    if name == "registry":
        fill_registry(officer)
    else:
        tell_examples(name, database_url)
    if name == "events":
        fill_events(officer)
    known = known_ids(officer)
    return Fuzzed(server, known, _one_of_each_role(known))


def _one_of_each_role(known: dict[str, list[str]]) -> list[Grant]:
    def some(name: str) -> UUID:
        return UUID(known[name][0]) if known.get(name) else uuid4()

    network = some("network_id")
    return [
        district_officer(),
        municipality_officer(some("municipality_id")),
        network_coordinator(network),
        association_contact(some("organisation_id")),
        volunteer(),
        api_client(network),
    ]


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
def test_registry(case: schemathesis.Case[Any], service_of: Callable[[str], Fuzzed], issuer: Issuer) -> None:
    _call(case, service_of("registry"), issuer)


@events.parametrize()
@THOROUGHLY
def test_events(case: schemathesis.Case[Any], service_of: Callable[[str], Fuzzed], issuer: Issuer) -> None:
    _call(case, service_of("events"), issuer)


@notifications.parametrize()
@THOROUGHLY
def test_notifications(case: schemathesis.Case[Any], service_of: Callable[[str], Fuzzed], issuer: Issuer) -> None:
    _call(case, service_of("notifications"), issuer)


def test_the_fuzzed_services_are_not_empty(service_of: Callable[[str], Fuzzed]) -> None:
    for name in SERVICES:
        assert [parameter for parameter, ids in service_of(name).known.items() if ids]


def _call(case: schemathesis.Case[Any], fuzzed: Fuzzed, issuer: Issuer) -> None:
    choice = random.Random(repr((case.path, case.query, case.body)))
    fuzzed.point_at_what_exists(case, choice)
    headers = fuzzed.headers_of_somebody(choice, issuer)
    case.call_and_validate(base_url=fuzzed.server.url, headers=headers, checks=CHECKED)
