"""A process is ready when its database answers and hides foreign rows from it."""

from collections.abc import Callable

import pytest
import structlog
from shared.access.tenancy import UnboundRole
from shared.messaging.in_process import InProcessTransport
from shared.messaging.worker import Worker
from shared.settings import Settings
from shared.web import create_service_app, join_routers
from testkit.clients import Clients
from testkit.databases import Databases, create_messaging_tables
from testkit.tokens import Issuer


@pytest.fixture
def url(databases: Databases) -> str:
    return databases.built("readiness", create_messaging_tables)


async def _readiness(url: str, client_for: Clients, issuer: Issuer) -> tuple[int, str]:
    settings = Settings(database_url=url, jwks_url=issuer.jwks_url)
    app = create_service_app(name="shared", title="Things", description="", settings=settings, router=join_routers())
    answer = await (await client_for(app)).get("/readyz")
    return answer.status_code, answer.json()["database"]


async def test_the_applications_role_is_ready(url: str, client_for: Clients, issuer: Issuer) -> None:
    assert await _readiness(url, client_for, issuer) == (200, "ok")


@pytest.mark.parametrize("unbound", [Databases.owner_url, Databases.admin_url], ids=["owner", "superuser"])
async def test_a_role_that_could_bypass_the_policies_is_never_ready(
    url: str, databases: Databases, client_for: Clients, issuer: Issuer, unbound: Callable[[Databases, str], str]
) -> None:
    with structlog.testing.capture_logs() as logs:
        status, told = await _readiness(unbound(databases, url), client_for, issuer)
    assert status == 503
    assert "could bypass row-level security" in told
    assert told in [entry.get("reason") for entry in logs]


@pytest.mark.parametrize("unbound", [Databases.owner_url, Databases.admin_url], ids=["owner", "superuser"])
async def test_neither_is_a_worker(url: str, databases: Databases, unbound: Callable[[Databases, str], str]) -> None:
    worker = Worker("shared", Settings(database_url=unbound(databases, url)))
    with pytest.raises(UnboundRole):
        await worker.check(InProcessTransport())
    await worker.engine.dispose()
