"""What the service `registry` does by itself: it publishes its events and forgets old logins."""

from shared.database import transaction
from shared.messaging.transport import Sessions
from shared.messaging.worker import Timer, Worker

from registry.access.handlers import forget_old_logins
from registry.settings import RegistrySettings

HOUR = 3600.0  # seconds


def create_worker(settings: RegistrySettings) -> Worker:
    """The registry follows nobody's events: what it knows, people enter."""
    return Worker("registry", settings, timers=[Timer("forget-old-logins", HOUR, _forget_old_logins)])


async def _forget_old_logins(sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        await forget_old_logins(session)
