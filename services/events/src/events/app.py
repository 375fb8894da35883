"""The HTTP side of the service `events`."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from fastapi import FastAPI
from shared.audit import routes as audit
from shared.messaging.asyncapi import create_document
from shared.own_data import create_router as create_own_data_router
from shared.retention.routes import create_router as create_retention_router
from shared.web import create_service_app, join_routers

from events.action_items.routes import router as action_items
from events.agenda.routes import router as agenda
from events.attendance import routes as door
from events.attendance import staff as attendance
from events.attendance.names import OwnNames
from events.calendars.answers import FeedCache
from events.calendars.routes import feed_router, own_router
from events.clashes.routes import router as clashes
from events.imported_calendars.routes import router as imported_calendars
from events.invitations.audience_routes import router as audiences
from events.invitations.routes import router as invitations
from events.mailing_lists.routes import router as mailing_lists
from events.meetings.routes import router as meetings
from events.minutes.routes import router as minutes
from events.own_data import PARTS
from events.registrations.routes import router as registrations
from events.registrations.routes import rush
from events.registrations.rush import Desk
from events.registrations.staff import router as kept_registrations
from events.retention import RULES
from events.series.routes import router as series
from events.settings import EventsSettings
from events.worker import CONSUMERS

ROUTER = join_routers(
    meetings,
    series,
    clashes,
    feed_router,
    own_router,
    imported_calendars,
    agenda,
    minutes,
    action_items,
    invitations,
    audiences,
    mailing_lists,
    registrations,
    rush,
    kept_registrations,
    attendance.router,
    attendance.secrets_router,
    door.router,
    door.secrets_router,
    audit.router,
    create_retention_router(RULES),
    create_own_data_router("events", PARTS, RULES),
)


def create_app(settings: EventsSettings) -> FastAPI:
    """Meetings, invitations, registrations, attendance, agendas, minutes and action items over HTTP."""

    @asynccontextmanager
    async def run(app: FastAPI) -> AsyncIterator[None]:
        yield
        await app.state.own_names.close()

    app = create_service_app(
        name="events",
        title="Dorfnetz: Treffen",
        description="When people of a network meet: meetings, agendas, invitations, registrations, calendars.",
        settings=settings,
        router=ROUTER,
        lifespan=run,
        asyncapi=partial(create_document, "events", CONSUMERS, prefix=settings.amqp_prefix),
    )
    app.state.desk = Desk(app.state.sessions, app.state.turns)
    app.state.feeds = FeedCache()
    app.state.own_names = OwnNames(settings.registry_url)
    return app
