"""The portal's web application."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx2
from fastapi import APIRouter, Depends, FastAPI
from shared.access.tokens import FetchKeys, TokenVerifier, fetch_keys_from
from shared.database import create_engine, create_sessions
from shared.i18n import Translator
from shared.web import BodyLimit, RequestObserver, SecurityHeaders, add_health
from starlette.routing import Route
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from portal.account import addresses
from portal.account import routes as account
from portal.answers import routes as answers
from portal.attendance import certificates as participation
from portal.attendance import door, taking_part
from portal.attendance import staff as attendance
from portal.calendars import imported as imported_calendars
from portal.calendars import own as own_calendar
from portal.calendars import routes as calendars
from portal.certificates import routes as certificates
from portal.consents import on_behalf, own, unsubscribing
from portal.consents.texts import ConsentTexts
from portal.contacts import routes as contacts
from portal.duplicates import routes as duplicates
from portal.erasures import routes as erasures
from portal.event_log import routes as event_log
from portal.event_log.follower import Follower
from portal.exports import routes as exports
from portal.fields_of_activity import routes as fields_of_activity
from portal.freshness import links as entry_links
from portal.freshness import office as freshness
from portal.imports import routes as imports
from portal.imports.uploads import BEYOND
from portal.invitations import lists as mailing_lists
from portal.invitations import routes as invitations
from portal.lead_mandates import overview as leads
from portal.lead_mandates import routes as lead_mandates
from portal.meetings import changing as changing_meetings
from portal.meetings import routes as meetings
from portal.meetings import series as meeting_series
from portal.merging import organisations as merging_organisations
from portal.minutes import agenda as meeting_agendas
from portal.minutes import handing as minutes_handing
from portal.minutes import public as public_minutes
from portal.minutes import tasks as meeting_tasks
from portal.minutes import writing as minutes_writing
from portal.minutes.people import KnownNames
from portal.mutual_help import answers as help_answers
from portal.mutual_help import routes as mutual_help
from portal.networks import routes as networks
from portal.organisations import office as organisations_office
from portal.organisations import public as organisations_public
from portal.organisations import routes as organisations
from portal.oversight import routes as oversight
from portal.own_data import routes as own_data
from portal.people import merging as merging_people
from portal.people import roles
from portal.people import routes as people
from portal.profiles.directory import ProfileDirectory
from portal.programs import routes as programs
from portal.registrations import links as registration_links
from portal.registrations import routes as registrations
from portal.registrations import staff as kept_registrations
from portal.search import routes as search
from portal.sessions import routes as sessions
from portal.sessions import service_account
from portal.sessions.openid import service_accounts
from portal.settings import PortalSettings
from portal.site import routes as site
from portal.territory import coverage, mergers, municipalities, villages
from portal.territory import networks as kept_networks
from portal.territory import public as public_territory
from portal.territory import routes as territory
from portal.volunteers import entering as volunteers_entering
from portal.volunteers import office as volunteers_office
from portal.volunteers import own as own_volunteer
from portal.volunteers import routes as volunteers
from portal.web import security, static_files
from portal.web.cache import ReadCache
from portal.web.errors import add_error_pages
from portal.web.services import Services
from portal.web.static_files import load_static_files
from portal.web.templating import create_templates

SLICES = (
    networks,
    meetings,
    changing_meetings,
    meeting_series,
    calendars,
    own_calendar,
    imported_calendars,
    meeting_agendas,
    minutes_writing,
    minutes_handing,
    public_minutes,
    meeting_tasks,
    registrations,
    registration_links,
    kept_registrations,
    invitations,
    mailing_lists,
    attendance,
    door,
    taking_part,
    participation,
    organisations,
    organisations_public,
    organisations_office,
    freshness,
    entry_links,
    oversight,
    contacts,
    lead_mandates,
    leads,
    territory,
    municipalities,
    villages,
    coverage,
    kept_networks,
    mergers,
    public_territory,
    fields_of_activity,
    volunteers,
    imports,
    exports,
    merging_organisations,
    duplicates,
    mutual_help,
    help_answers,
    volunteers_entering,
    volunteers_office,
    own_volunteer,
    own,
    on_behalf,
    unsubscribing,
    certificates,
    answers,
    sessions,
    service_account,
    account,
    addresses,
    own_data,
    erasures,
    people,
    merging_people,
    roles,
    programs,
    event_log,
    search,
    site,
)


def join_slices() -> APIRouter:
    """For all applications of a process: FastAPI reads every endpoint's signature with the first request."""
    together = APIRouter(dependencies=[Depends(security.from_our_pages)])
    for part in SLICES:
        together.include_router(part.router)
    together.include_router(erasures.open_router)
    return together


ROUTER = join_slices()


def create_app(
    settings: PortalSettings,
    *,
    fetch_keys: FetchKeys | None = None,
    transport: httpx2.AsyncBaseTransport | None = None,
) -> FastAPI:
    """Pages for residents and staff. `transport` reaches the services otherwise than over the network (tests)."""
    engine = create_engine(settings)
    reading = engine.execution_options(isolation_level="AUTOCOMMIT")  # pages need no transaction: fewer round trips
    translate, static, services = Translator("portal"), load_static_files(), Services(settings, transport)

    @asynccontextmanager
    async def run(app: FastAPI) -> AsyncIterator[None]:
        async with app.state.follower.running():
            yield
        await services.close()
        await engine.dispose()

    app = FastAPI(
        title="Dorfnetz",
        lifespan=run,
        dependencies=[Depends(security.from_our_pages)],
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
    )
    app.state.settings = settings
    app.state.engine = engine
    app.state.sessions = create_sessions(engine)
    app.state.reading = create_sessions(reading)
    app.state.services = services
    app.state.translate = translate
    app.state.cache = ReadCache()
    app.state.consent_texts = ConsentTexts()
    app.state.profiles = ProfileDirectory()
    app.state.known_names = KnownNames()
    app.state.follower = Follower(app.state.reading)
    app.state.static = static
    app.state.templates = create_templates(settings, static, translate)
    app.state.service_accounts = service_accounts(settings)
    app.state.verifier = TokenVerifier(
        fetch_keys or fetch_keys_from(settings.jwks_url), issuer=settings.token_issuer, audience=settings.token_audience
    )
    add_error_pages(app, translate)
    app.router.routes.extend(ROUTER.routes)
    app.router.routes.append(Route(f"{static_files.PREFIX}/{{path:path}}", static.serve, methods=["GET"]))
    add_health(app)
    app.add_middleware(BodyLimit, larger={"/importe": BEYOND})
    app.add_middleware(SecurityHeaders, policy=security.POLICY)
    app.add_middleware(RequestObserver, service="portal")
    app.add_middleware(ProxyHeadersMiddleware, trusted_hosts=settings.trusted_proxies)
    return app
