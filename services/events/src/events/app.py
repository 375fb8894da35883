"""The HTTP side of the service `events`."""

from functools import partial

from fastapi import FastAPI
from shared.audit import routes as audit
from shared.messaging.asyncapi import create_document
from shared.own_data import create_router as create_own_data_router
from shared.retention.routes import create_router as create_retention_router
from shared.web import create_service_app

from events.action_items.routes import router as action_items
from events.agenda.routes import router as agenda
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
from events.settings import EventsSettings
from events.worker import CONSUMERS


def create_app(settings: EventsSettings) -> FastAPI:
    """Meetings, invitations, registrations, agendas, minutes and action items over HTTP."""
    app = create_service_app(
        name="events",
        title="Dorfnetz: Treffen",
        description="When people of a network meet: meetings, agendas, invitations, registrations, calendars.",
        settings=settings,
        routers=[
            meetings,
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
            audit.router,
            create_retention_router(RULES),
            create_own_data_router("events", PARTS, RULES),
        ],
        asyncapi=partial(create_document, "events", CONSUMERS, prefix=settings.amqp_prefix),
    )
    app.state.desk = Desk(app.state.sessions, app.state.turns)
    app.state.feeds = FeedCache()
    return app
