"""People who log in, and a login provider of the office."""

import json
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import httpx2
import pytest
from registry.app import create_app
from registry.settings import RegistrySettings
from testkit.clients import Clients
from testkit.oidc import OpenIdProvider
from testkit.tokens import Issuer

Enter = Callable[..., Awaitable[dict[str, Any]]]


@pytest.fixture
def provider() -> Iterator[OpenIdProvider]:
    with OpenIdProvider() as provider:
        yield provider


@pytest.fixture
async def door(
    service_database: Callable[[str], str], issuer: Issuer, provider: OpenIdProvider, client_for: Clients
) -> httpx2.AsyncClient:
    """The registry of an office that has a login provider, for somebody who is not logged in."""
    key = json.dumps(issuer.key.as_dict(private=True))
    settings = RegistrySettings(
        database_url=service_database("registry"),
        signing_key=key,
        oidc_issuer=provider.issuer,
        oidc_client_id=provider.client_id,
    )
    return await client_for(create_app(settings))


@pytest.fixture
def enter(world: Any) -> Enter:
    """`await enter(name, email, role)` enters a person, with a grant where a role is given."""

    async def person(
        name: str = "Petra Amtmann", email: str = "petra@landkreis.example", role: str | None = "district_officer"
    ) -> dict[str, Any]:
        entered: dict[str, Any] = (await world.officer.post("/persons", json={"name": name, "email": email})).json()
        if role is not None:
            assert (await world.officer.post("/grants", json={"person_id": entered["id"], "role": role})).is_success
        return entered

    return person
