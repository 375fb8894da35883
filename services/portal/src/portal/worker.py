"""What the portal does by itself: it follows the events of all services, and forgets sessions that have ended."""

from shared.database import transaction
from shared.erasure.catching_up import CatchUp
from shared.messaging.transport import Sessions
from shared.messaging.worker import Timer, Worker
from shared.retention import runs as retention

from portal.erasures.forgetting import forgetting
from portal.event_log.consumers import consumer as event_log
from portal.retention import RULES
from portal.sessions.handlers import forget_ended
from portal.settings import PortalSettings

FORGET_EVERY = 3_600  # seconds


async def _forget_sessions(sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        await forget_ended(session)


def create_worker(settings: PortalSettings) -> Worker:
    """Keeps the read model and the log of events, and forgets what nobody can use any more."""
    timers = [
        Timer("portal.forget-sessions", FORGET_EVERY, _forget_sessions),
        *forgetting.timers(settings),
        CatchUp(forgetting, settings.registry_url).timer(),
        retention.timer(RULES),
    ]
    return Worker("portal", settings, consumers=[*forgetting.consumers, event_log], timers=timers)
