"""What the portal does by itself: it follows the events of all services."""

from shared.messaging.worker import Worker

from portal.event_log.consumers import consumer as event_log
from portal.read_model.consumers import consumer as read_model
from portal.settings import PortalSettings


def create_worker(settings: PortalSettings) -> Worker:
    """Keeps the read model and the log of events."""
    return Worker("portal", settings, consumers=[read_model, event_log])
