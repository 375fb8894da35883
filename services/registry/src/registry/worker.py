"""What the service `registry` does by itself: it publishes its events, erases people, deletes what is over its time."""

import structlog
from shared.audit import head as audit
from shared.messaging.worker import Timer, Worker
from shared.retention import runs as retention

from registry.erasures.consumers import create_consumer
from registry.erasures.forgetting import forgetting
from registry.erasures.journal import Journal, Repeating
from registry.retention import RULES
from registry.search import index
from registry.settings import RegistrySettings

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
            *_erasing(settings),
            index.timer(),
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
