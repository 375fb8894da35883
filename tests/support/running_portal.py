"""Starts the portal together with the registry and the events service, for tests that go through all of them."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from types import CodeType
from typing import Any

import events.app
import events.settings
import events.worker
import httpx2
import notifications.app
import notifications.settings
import portal.app
import portal.worker
import registry.app
import registry.settings
import registry.worker
from events.attendance.names import OwnNames
from fastapi import FastAPI
from jinja2.bccache import Bucket, BytecodeCache
from portal.settings import PortalSettings
from portal_platform import Platform, post, until
from shared.contracts.envelope import Event
from shared.contracts.events import InvitationIssued, RegistrationTold
from shared.contracts.registry import (
    AddressChangeRequested,
    ConfirmationRequested,
    ConsentGiven,
    HelpNews,
    HelpRequestTold,
    SignUpReceived,
)
from shared.messaging.consumer import Consumer
from shared.messaging.in_process import InProcessTransport
from shared.messaging.worker import started
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.applications import Starlette
from starlette.routing import Mount
from testkit.clients import Clients, running
from testkit.oidc import OpenIdProvider
from testkit.receipts import receipt_settings
from testkit.tokens import Issuer, district_officer

SERVICES = "http://services.test/api"


def portal_settings(service_database: Callable[[str], str], issuer: Issuer, **values: Any) -> PortalSettings:
    """Settings of a portal that asks the services of `running_platform`."""
    usual = {
        **receipt_settings("portal"),
        "database_url": service_database("portal"),
        "jwks_url": issuer.jwks_url,
        "public_url": "http://dorfnetz.test",
        **{f"{service}_url": f"{SERVICES}/{service}" for service in ("registry", "events", "notifications")},
    }
    return PortalSettings(**{**usual, **values})


class _Compiled(BytecodeCache):
    """The templates that this process has compiled: to compile them for each test takes longer than many tests."""

    def __init__(self) -> None:
        self._code: dict[tuple[str, str], CodeType | None] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._code.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._code[bucket.key, bucket.checksum] = bucket.code


_COMPILED = _Compiled()


def create_portal(settings: PortalSettings, transport: httpx2.AsyncBaseTransport) -> FastAPI:
    """The portal as it is, but for templates that earlier tests have compiled."""
    app = portal.app.create_app(settings, transport=transport)
    app.state.templates.bytecode_cache = _COMPILED
    return app


@asynccontextmanager
async def running_platform(
    settings: PortalSettings,
    service_database: Callable[[str], str],
    issuer: Issuer,
    client_for: Clients,
    **of_registry: Any,
) -> AsyncIterator[Platform]:
    """The three services with their workers on one transport, and a network of two villages."""
    key = json.dumps(issuer.key.as_dict(private=True))
    registry_settings = registry.settings.RegistrySettings(
        database_url=service_database("registry"), signing_key=key, **receipt_settings("registry"), **of_registry
    )
    events_settings = events.settings.EventsSettings(
        database_url=service_database("events"),
        jwks_url=issuer.jwks_url,
        calendars_from="127.0.0.1",
        **receipt_settings("events"),
    )
    registry_app, events_app = registry.app.create_app(registry_settings), events.app.create_app(events_settings)
    notifications_settings = notifications.settings.NotificationsSettings(
        database_url=service_database("notifications"), jwks_url=issuer.jwks_url, **receipt_settings("notifications")
    )
    notifications_app = notifications.app.create_app(notifications_settings)
    apps = {"registry": registry_app, "events": events_app, "notifications": notifications_app}
    behind = Starlette(routes=[Mount(f"/api/{service}", app) for service, app in apps.items()])
    events_app.state.own_names = OwnNames(f"{SERVICES}/registry", httpx2.ASGITransport(app=behind))
    portal_app = create_portal(settings, httpx2.ASGITransport(app=behind))
    transport, tokens = InProcessTransport(), list[str]()
    postman = Consumer("portal.test-postman")

    @postman.on(InvitationIssued)
    async def invitation_issued(_session: AsyncSession, event: Event[InvitationIssued]) -> None:
        tokens.append(event.data.reply_token)

    @postman.on(RegistrationTold)
    async def registration_told(_session: AsyncSession, event: Event[RegistrationTold]) -> None:
        ready.registration_links.append(event.data.token)

    @postman.on(SignUpReceived)
    async def sign_up_received(_session: AsyncSession, event: Event[SignUpReceived]) -> None:
        ready.confirmations.append(event.data.token)

    @postman.on(HelpRequestTold)
    async def help_request_told(_session: AsyncSession, event: Event[HelpRequestTold]) -> None:
        if event.data.news is HelpNews.ASKED:
            ready.help_links.append(str(event.data.token))

    @postman.on(ConfirmationRequested)
    async def confirmation_requested(_session: AsyncSession, event: Event[ConfirmationRequested]) -> None:
        ready.entry_links.append(event.data.token)

    @postman.on(AddressChangeRequested)
    async def address_change_requested(_session: AsyncSession, event: Event[AddressChangeRequested]) -> None:
        ready.confirmations.append(event.data.token)

    @postman.on(ConsentGiven)
    async def consent_given(_session: AsyncSession, event: Event[ConsentGiven]) -> None:
        if event.data.unsubscribe_token is not None:
            ready.unsubscribing.append(event.data.unsubscribe_token)

    workers = [
        registry.worker.create_worker(registry_settings),
        events.worker.create_worker(events_settings),
        portal.worker.create_worker(settings),
    ]
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(running(events_app))
        await stack.enter_async_context(running(notifications_app))
        officer = await client_for(registry_app, issuer.token_for(district_officer()))
        transport.subscribe(postman, workers[2].sessions)
        for worker in workers:
            await stack.enter_async_context(worker.running(transport))
        await stack.enter_async_context(started(transport))
        await post(officer, "/districts", ags="15082", name="Anhalt-Bitterfeld")
        municipality = await post(officer, "/municipalities", ags="15082241", name="Muldestausee")
        villages = {
            name: await post(officer, "/villages", municipality_id=municipality["id"], name=name)
            for name in ("Gossa", "Krina")
        }
        ids = [village["id"] for village in villages.values()]
        network = await post(officer, "/networks", name="Heidedörfer", goals=["Ein Netzwerk"], village_ids=ids)
        ready = Platform(portal_app, registry_app, client_for, officer, villages, network, tokens, behind)
        await until(await ready.browser(), "/n/heidedoerfer/orte/krina")
        yield ready


@asynccontextmanager
async def running_office(
    service_database: Callable[[str], str], issuer: Issuer, client_for: Clients, provider: OpenIdProvider
) -> AsyncIterator[Platform]:
    """A platform whose staff may log in at `provider`; Petra Amtmann, district officer, is entered."""
    known = {"oidc_issuer": provider.issuer, "oidc_client_id": provider.client_id}
    settings = portal_settings(service_database, issuer, **known, oidc_client_secret=provider.client_secret)
    async with running_platform(settings, service_database, issuer, client_for, **known) as ready:
        await ready.login_code()
        yield ready
