"""The HTTP side of the service `notifications`."""

from fastapi import FastAPI
from shared.web import create_service_app

from notifications.notices.routes import router as notices
from notifications.settings import NotificationsSettings


def create_app(settings: NotificationsSettings) -> FastAPI:
    """What was sent, what waits and what failed, for the office."""
    return create_service_app(
        name="notifications",
        title="Dorfnetz: Benachrichtigungen",
        description="Who is told what: notices of invitations and confirmations, and whether they arrived.",
        settings=settings,
        routers=[notices],
    )
