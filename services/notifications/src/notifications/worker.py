"""What the service `notifications` does by itself."""

from functools import partial

from shared.audit import head as audit
from shared.erasure.catching_up import CatchUp
from shared.messaging.worker import Timer, Worker
from shared.retention import runs as retention

from notifications.delivery.sending import send_due
from notifications.erasures import forgetting
from notifications.retention import RULES
from notifications.settings import NotificationsSettings

SENDING = 1.0  # seconds between two looks at what is due


def create_worker(settings: NotificationsSettings) -> Worker:
    """Follows who is who, makes notices from events, and sends them."""
    timers = [
        Timer("sending", SENDING, partial(send_due, settings=settings)),
        *forgetting.timers(settings),
        CatchUp(forgetting, settings.registry_url).timer(),
        retention.timer(RULES),
        audit.timer(),
    ]
    return Worker("notifications", settings, consumers=forgetting.consumers, timers=timers)
