"""The ledger, and the time that the large counts need."""

import logging
from collections.abc import AsyncIterator, Iterator

import pytest
import structlog
from testkit.databases import Databases
from testkit.ledger import LARGE, Ledger, open_ledger


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """`make faults` takes hours, not minutes."""
    if LARGE:
        for item in items:
            item.add_marker(pytest.mark.timeout(3 * 3600))


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Failures are what these tests make; a traceback of each would only take time."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    yield
    structlog.reset_defaults()


@pytest.fixture
async def ledger(databases: Databases, amqp_url: str, amqp_prefix: str) -> AsyncIterator[Ledger]:
    """An empty ledger on the shared servers."""
    async with open_ledger(databases, amqp_url, amqp_prefix) as opened:
        yield opened


@pytest.fixture
async def ledger_without_inbox(databases: Databases, amqp_url: str, amqp_prefix: str) -> AsyncIterator[Ledger]:
    """For control runs: nothing remembers what was done."""
    async with open_ledger(databases, amqp_url, amqp_prefix, inbox=False) as opened:
        yield opened
