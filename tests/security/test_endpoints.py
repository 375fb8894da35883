"""S1: every route, called by every role, for things in and outside of its scope.

The rows are in tests/support/access_table. Foreign things are answered like missing ones, and nothing is written.
"""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest
import pytest_asyncio
import registry.people.queries
import shared.web.transactions
from access_table.asking import Asker, asking
from access_table.model import Row, Who
from access_table.table import ROWS, differences, routes_of
from access_table.world import World, build
from shared.access.tenancy import EVERYTHING
from testkit.aio import run_sync
from testkit.clients import Clients
from testkit.databases import Databases
from testkit.services import create_service
from testkit.tokens import Issuer

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.xdist_group("access_table")]

CALLED = [
    pytest.param(service, row, id=f"{service} {row.route}{f' ({row.note})' if row.note else ''}")
    for service, rows in ROWS.items()
    for row in rows
    if not row.never_ends
]


@pytest.fixture(scope="module")
def world(databases: Databases, issuer: Issuer) -> World:
    return run_sync(lambda: build(databases, issuer), timeout=300)  # it enters what every row asks for


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def askers(world: World, issuer: Issuer) -> AsyncIterator[dict[str, Asker]]:
    async with AsyncExitStack() as stack:
        clients = await stack.enter_async_context(Clients())
        found = {}
        for service, url in world.databases.items():
            app = create_service(service, issuer, database_url=url)
            found[service] = await stack.enter_async_context(asking(app, await clients(app), world))
        yield found


@pytest.mark.parametrize("service", ROWS)
async def test_every_route_has_a_row_and_every_row_a_route(service: str, issuer: Issuer) -> None:
    problems = differences(service, routes_of(create_service(service, issuer)), ROWS[service])
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize(("service", "row"), CALLED)
async def test_each_caller_is_answered_as_the_table_says(service: str, row: Row, askers: dict[str, Asker]) -> None:
    problems = [problem async for problem in askers[service].check(row)]
    if problems:
        pytest.fail("\n".join([f"{len(problems)} answers differ from the table:", *problems[:20]]), pytrace=False)


async def test_without_filter_and_policy_the_table_notices(
    askers: dict[str, Asker], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control run: both protections of a person taken out, then one of them alone."""
    row = next(row for row in ROWS["registry"] if row.route == "GET /persons/{person_id}")
    monkeypatch.setattr(registry.people.queries, "has_district", lambda access: True)
    assert [problem async for problem in askers["registry"].check(row)] == [], "the database hides what is foreign"
    monkeypatch.setattr(shared.web.transactions, "scopes_of", lambda principal: [EVERYTHING])
    problems = [problem async for problem in askers["registry"].check(row)]
    assert any("by the municipality officer of Gossa in Löberitz: reads “Kontaktkanarie" in each for each in problems)


async def test_a_route_without_a_row_is_told_with_what_to_add() -> None:
    row = Row("GET /known", Who.EVERYBODY)
    assert differences("events", {"GET /known"}, [row]) == []
    assert 'add Row("GET /new"' in differences("events", {"GET /known", "GET /new"}, [row])[0]
    assert 'remove Row("GET /known"' in differences("events", set(), [row])[0]
