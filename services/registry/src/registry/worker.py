"""What the service `registry` does by itself: it publishes its events, forgets old logins, and erases people."""

import structlog
from shared.audit import head as audit
from shared.database import transaction
from shared.messaging.transport import Sessions
from shared.messaging.worker import Timer, Worker
from shared.retention import runs as retention

from registry.erasures.consumers import create_consumer
from registry.erasures.forgetting import forgetting
from registry.erasures.journal import Journal, Repeating
from registry.logins.handlers import forget_old_logins
from registry.retention import RULES
from registry.settings import RegistrySettings

HOUR = 3600.0  # seconds

log = structlog.get_logger()


def create_worker(settings: RegistrySettings) -> Worker:
    """The registry follows nobody's events but the receipts of erasures: what it knows, people enter.

    Raises `MissingSetting` without the keys of the receipts.
    """
    return Worker(
        "registry",
        settings,
        consumers=[*forgetting.consumers, create_consumer(settings.public_receipt_keys())],
        timers=[
            Timer("forget-old-logins", HOUR, _forget_old_logins),
            *_erasing(settings),
            retention.timer(RULES),
            audit.timer(),
        ],
    )


def _erasing(settings: RegistrySettings) -> list[Timer]:
    if settings.erasure_journal is None:
        log.warning("erasure_journal_missing")  # a restored backup would bring people back
        return forgetting.timers(settings)
    journal = Journal(settings.erasure_journal)
    return [*forgetting.timers(settings, before_receipt=journal.keep), Repeating(journal).timer()]


async def _forget_old_logins(sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        await forget_old_logins(session)
