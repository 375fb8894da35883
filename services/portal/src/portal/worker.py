"""What the portal does by itself: it follows the events of all services, and forgets sessions that have ended."""

from shared.erasure.catching_up import CatchUp
from shared.messaging.worker import Worker
from shared.retention import runs as retention

from portal.erasures.forgetting import forgetting
from portal.event_log.consumers import consumer as event_log
from portal.retention import RULES
from portal.settings import PortalSettings


def create_worker(settings: PortalSettings) -> Worker:
    """Keeps the read model and the log of events, and forgets what nobody can use any more."""
    timers = [
        *forgetting.timers(settings),
        CatchUp(forgetting, settings.registry_url).timer(),
        retention.timer(RULES),
    ]
    return Worker("portal", settings, consumers=[*forgetting.consumers, event_log], timers=timers)
