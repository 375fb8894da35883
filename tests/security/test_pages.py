"""S1 for the portal: every page, opened by every role, of things in and outside of its scope.

The rows are in tests/support/access_table/portal.py.
"""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from access_table.browsing import Browser, browsing
from access_table.model import Row
from access_table.portal import PAGES
from access_table.table import differences, pages_of
from access_table.world import World, build
from testkit.aio import run_sync
from testkit.databases import Databases
from testkit.services import create_service
from testkit.tokens import Issuer

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.xdist_group("access_table_pages")]

OPENED = [
    pytest.param(row, id=f"{row.template}{f' ({row.note})' if row.note else ''}") for row in PAGES if not row.never_ends
]


@pytest.fixture(scope="module")
def world(databases: Databases, issuer: Issuer) -> World:
    return run_sync(lambda: build(databases, issuer))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser(world: World) -> AsyncIterator[Browser]:
    async with browsing(world) as found:
        yield found


async def test_every_page_has_a_row_and_every_row_a_page(issuer: Issuer) -> None:
    problems = differences("portal", pages_of(create_service("portal", issuer)), PAGES)
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize("row", OPENED)
async def test_each_caller_sees_the_pages_that_the_table_says(row: Row, browser: Browser) -> None:
    problems = [problem async for problem in browser.check(row)]
    if problems:
        pytest.fail("\n".join([f"{len(problems)} answers differ from the table:", *problems[:20]]), pytrace=False)
