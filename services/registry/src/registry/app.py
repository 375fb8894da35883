"""The HTTP side of the service `registry`."""

import asyncio
from functools import partial

from fastapi import FastAPI
from joserfc.jwk import KeySet
from shared.audit import routes as audit
from shared.messaging.asyncapi import create_document
from shared.own_data import create_router as create_own_data_router
from shared.retention.routes import create_router as create_retention_router
from shared.web import create_service_app, join_routers
from shared.web.rate_limits import RateLimits

from registry.access import routes as access
from registry.address_changes import routes as address_changes
from registry.api_clients import routes as api_clients
from registry.certificates import routes as certificates
from registry.consents import routes as consents
from registry.coverage import routes as coverage
from registry.duplicates import routes as duplicates
from registry.erasures import consumers as receipts
from registry.erasures import routes as erasures
from registry.erasures.forgetting import forgetting
from registry.exports import routes as exports
from registry.fields_of_activity import routes as fields_of_activity
from registry.freshness import routes as freshness
from registry.imports import routes as imports
from registry.lead_mandates import routes as lead_mandates
from registry.logins import routes as logins
from registry.logins.id_tokens import IdTokens
from registry.mergers import routes as mergers
from registry.merging import organisations_routes as merging_organisations
from registry.merging import persons_routes as merging_persons
from registry.mutual_help import routes as mutual_help
from registry.mutual_help.consumers import consumer as mutual_help_tasks
from registry.network_contacts import routes as network_contacts
from registry.organisations import routes as organisations
from registry.own_data import PARTS
from registry.people import names
from registry.people import routes as people
from registry.profiles import routes as profiles
from registry.retention import RULES
from registry.search import routes as search
from registry.settings import RegistrySettings
from registry.sign_ups import routes as sign_ups
from registry.spreadsheets.limits import LIMITS
from registry.territory import routes as territory
from registry.volunteers import own_routes as own_volunteer
from registry.volunteers import routes as volunteers

ROUTER = join_routers(
    territory.router,
    coverage.router,
    mergers.router,
    network_contacts.router,
    fields_of_activity.router,
    organisations.router,
    freshness.router,
    imports.uploads,
    imports.router,
    exports.router,
    duplicates.router,
    merging_organisations.router,
    lead_mandates.router,
    people.router,
    merging_persons.router,
    names.router,
    address_changes.router,
    volunteers.router,
    own_volunteer.router,
    mutual_help.router,
    search.router,
    sign_ups.router,
    consents.router,
    profiles.router,
    certificates.router,
    logins.router,
    access.router,
    api_clients.router,
    erasures.router,
    audit.router,
    create_retention_router(RULES),
    create_own_data_router("registry", PARTS, RULES),
)


def create_app(settings: RegistrySettings) -> FastAPI:
    """Territory, organisations, lead mandates, people, volunteers and grants over HTTP; issues access tokens.

    Raises `MissingSetting` when the settings have no signing key.
    """
    keys = settings.signing_keys()

    async def own_keys() -> KeySet:
        return KeySet([*keys])

    app = create_service_app(
        name="registry",
        title="Dorfnetz: Verzeichnis",
        description="Who and what is there: villages, networks, organisations, lead mandates, people, volunteers.",
        settings=settings,
        router=ROUTER,
        fetch_keys=own_keys,
        body_limits={"/imports": 2 * LIMITS.size},  # from 25 MB on the upload itself says what is wrong
        asyncapi=partial(
            create_document,
            "registry",
            (*forgetting.consumers, receipts.create_consumer(settings.receipt_keys), mutual_help_tasks),
            prefix=settings.amqp_prefix,
        ),
    )
    app.state.signing_keys = keys
    app.state.uploads = asyncio.Semaphore(imports.AT_ONCE)
    app.state.rate_limits = RateLimits(app.state.sessions.begin)
    app.state.id_tokens = _id_tokens(settings)
    return app


def _id_tokens(settings: RegistrySettings) -> IdTokens | None:
    """None where staff have no login provider: everybody logs in by mail."""
    if not (settings.oidc_issuer and settings.oidc_client_id):
        return None
    return IdTokens(settings.oidc_issuer, settings.oidc_client_id)
