"""The HTTP side of the service `notifications`."""

from functools import partial

from fastapi import FastAPI
from shared.audit import routes as audit
from shared.messaging.asyncapi import create_document
from shared.own_data import create_router as create_own_data_router
from shared.retention.routes import create_router as create_retention_router
from shared.web import create_service_app, join_routers

from notifications.erasures import forgetting
from notifications.notices.routes import router as notices
from notifications.own_data import PARTS
from notifications.retention import RULES
from notifications.settings import NotificationsSettings

ROUTER = join_routers(
    notices,
    audit.router,
    create_retention_router(RULES),
    create_own_data_router("notifications", PARTS, RULES),
)


def create_app(settings: NotificationsSettings) -> FastAPI:
    """What was sent, what waits and what failed, for the office."""
    return create_service_app(
        name="notifications",
        title="Dorfnetz: Benachrichtigungen",
        description="Who is told what: notices of invitations and confirmations, and whether they arrived.",
        settings=settings,
        router=ROUTER,
        asyncapi=partial(create_document, "notifications", forgetting.consumers, prefix=settings.amqp_prefix),
    )
