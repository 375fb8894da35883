"""Whose address a limit counts: nobody chooses it, and the portal passes its visitors' on."""

from typing import Any

import httpx2
import pytest
from fastapi import FastAPI, Request
from shared.web.client_address import client_address, current_client
from shared.web.middleware import RequestObserver
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware


async def seen_by(application: Any, client: str, **headers: str) -> dict[str, str]:
    transport = httpx2.ASGITransport(app=application, client=(client, 1234))
    async with httpx2.AsyncClient(transport=transport, base_url="http://dorfnetz.test") as http:
        answer: dict[str, str] = (await http.get("/", headers=headers)).json()
        return answer


@pytest.fixture
def application() -> FastAPI:
    """As `create_service_app` and the portal build theirs; the front door is 10.0.0.1."""
    app = FastAPI()

    @app.get("/")
    async def show(request: Request) -> dict[str, str | None]:
        return {"counted": client_address(request), "passed on": current_client()}

    app.add_middleware(RequestObserver, service="test")
    app.add_middleware(ProxyHeadersMiddleware, trusted_hosts="10.0.0.1")
    return app


async def test_the_front_door_is_believed(application: FastAPI) -> None:
    seen = await seen_by(application, "10.0.0.1", **{"x-forwarded-for": "203.0.113.7"})
    assert seen == {"counted": "203.0.113.7", "passed on": "203.0.113.7"}


async def test_a_stranger_is_not(application: FastAPI) -> None:
    seen = await seen_by(application, "198.51.100.9", **{"x-forwarded-for": "203.0.113.7"})
    assert seen == {"counted": "198.51.100.9", "passed on": "198.51.100.9"}


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:bbbb::2", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("testclient", "testclient"),
    ],
)
async def test_a_household_has_many_addresses(application: FastAPI, address: str, counted: str) -> None:
    assert (await seen_by(application, address))["counted"] == counted
