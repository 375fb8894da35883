"""The portal with the services behind it, with and without an office's login provider."""

from collections.abc import AsyncIterator, Callable

import pytest
from portal_platform import Platform
from running_portal import portal_settings, running_office, running_platform
from testkit.clients import Clients
from testkit.oidc import OpenIdProvider
from testkit.tokens import Issuer


@pytest.fixture
async def platform(
    service_database: Callable[[str], str], issuer: Issuer, client_for: Clients
) -> AsyncIterator[Platform]:
    settings = portal_settings(service_database, issuer)
    async with running_platform(settings, service_database, issuer, client_for) as ready:
        yield ready


@pytest.fixture
async def office(
    service_database: Callable[[str], str], issuer: Issuer, client_for: Clients, openid_provider: OpenIdProvider
) -> AsyncIterator[Platform]:
    async with running_office(service_database, issuer, client_for, openid_provider) as ready:
        yield ready
