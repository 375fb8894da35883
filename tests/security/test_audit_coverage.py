"""S15: whoever is shown or changes personal data leaves an entry, at every endpoint that there is."""

import ast
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from access_table.asking import Asker, asking
from access_table.model import Row
from access_table.table import ROWS
from access_table.world import World, build
from fastapi import FastAPI
from portal.oversight.wording import ACTIONS
from shared.access.grants import Role
from testkit.aio import run_sync
from testkit.clients import Clients
from testkit.databases import Databases
from testkit.services import create_service
from testkit.tokens import Issuer

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.xdist_group("audit_coverage")]

SERVICES = ("registry", "events", "notifications")
PERSONAL = {"email", "phone", "person", "person_id", "persons", "birth_date", "guardian"}
# Endpoints whose answer has such a field, and that need no entry.
EXEMPT = {
    "GET /audit-entries": "the log itself: ids, no names",
    "GET /processing-activities": "the controller's address, which is public",
    "GET /duplicates/counts": "numbers alone",
    "GET /duplicates/{kind}": "nobody here is entered twice, so nobody is shown",
    "POST /duplicates/organisations/check": "organisations alone",
    "POST /duplicates/persons/check": "the row asks for nobody who is entered, so nobody is shown",
    "GET /search": "the row asks for a place; tests/registry/search asks for people",
    "POST /volunteers/{volunteer_id}/resumption": "the volunteer has no break to end",
}
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def world(databases: Databases, issuer: Issuer) -> World:
    return run_sync(lambda: build(databases, issuer))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def askers(world: World, issuer: Issuer) -> AsyncIterator[dict[str, Asker]]:
    async with AsyncExitStack() as stack:
        clients = await stack.enter_async_context(Clients())
        found = {}
        for service in SERVICES:
            url = world.databases[service]
            app = create_service(service, issuer, database_url=url)
            found[service] = await stack.enter_async_context(asking(app, await clients(app), world))
        yield found


@pytest.mark.parametrize("service", SERVICES)
async def test_who_is_shown_personal_data_leaves_an_entry(
    service: str, askers: dict[str, Asker], world: World, issuer: Issuer
) -> None:
    showing = _routes_that_show_persons(create_service(service, issuer))
    officer = next(caller for caller in world.callers() if caller.role is Role.DISTRICT_OFFICER)
    silent = set()
    for row in ROWS[service]:
        if row.route in showing - EXEMPT.keys() and not _is_for_others(row):
            answer = await askers[service].ask(row, officer, world.gossa)
            if answer.status < 300 and "audit_entry" not in answer.changed:
                silent.add(row.route)
    assert silent == set()
    assert showing or service == "events"


async def test_every_action_has_a_name_in_plain_words() -> None:
    """Else an officer would read a code."""
    used = {action for path in ROOT.glob("services/*/src/**/*.py") for action in _actions(path)}
    used |= {action for path in ROOT.glob("libs/shared/src/**/*.py") for action in _actions(path)}
    assert used <= ACTIONS.keys()
    assert len(used) > 20


def _is_for_others(row: Row) -> bool:
    """What somebody sees of themselves, and rows that expect a refusal."""
    return " /me" in row.route or row.answer is not None or row.never_ends


def _routes_that_show_persons(app: FastAPI) -> set[str]:
    document = app.openapi()
    return {
        f"{method.upper()} {path}"
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
        for status, answer in operation["responses"].items()
        if status.startswith("2") and PERSONAL & set(_properties(answer, document["components"]["schemas"], set()))
    }


def _properties(schema: Any, schemas: dict[str, Any], seen: set[str]) -> Iterator[str]:
    """The names of all properties of an answer, also of what is inside of others."""
    if isinstance(schema, list):
        for item in schema:
            yield from _properties(item, schemas, seen)
    elif isinstance(schema, dict):
        name = str(schema.get("$ref", "")).rpartition("/")[2]
        if name and name not in seen:
            seen.add(name)
            yield from _properties(schemas[name], schemas, seen)
        for key, value in schema.items():
            if key == "properties":
                yield from value
            yield from _properties(value, schemas, seen)


def _actions(path: Path) -> Iterator[str]:
    """Texts like `person.seen` in calls of functions that write entries."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func).rpartition(".")[2]
            if name in {"record", "record_list"} or name.startswith("_audit"):
                for argument in node.args:
                    if isinstance(argument, ast.Constant) and re.fullmatch(r"\w+\.[a-z_]+", str(argument.value)):
                        yield str(argument.value)
