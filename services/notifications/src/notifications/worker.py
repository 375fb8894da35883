"""What the service `notifications` does by itself."""

from shared.messaging.worker import Worker

from notifications.settings import NotificationsSettings


def create_worker(settings: NotificationsSettings) -> Worker:
    """Follows who is who, makes notices from events, and sends them."""
    return Worker("notifications", settings)
