"""What the service `events` does by itself."""

from shared.messaging.worker import Worker

from events.settings import EventsSettings


def create_worker(settings: EventsSettings) -> Worker:
    """Follows the registry's networks, lead mandates and contacts."""
    return Worker("events", settings)
