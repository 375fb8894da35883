"""What the service `notifications` does by itself."""

from functools import partial

from shared.messaging.worker import Timer, Worker

from notifications.delivery.sending import send_due
from notifications.directory.consumers import consumer as directory
from notifications.logins.consumers import consumer as logins
from notifications.notices.consumers import consumer as notices
from notifications.settings import NotificationsSettings

SENDING = 1.0  # seconds between two looks at what is due


def create_worker(settings: NotificationsSettings) -> Worker:
    """Follows who is who, makes notices from events, and sends them."""
    timers = [Timer("sending", SENDING, partial(send_due, settings=settings))]
    return Worker("notifications", settings, consumers=[directory, notices, logins], timers=timers)
