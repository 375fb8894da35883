"""What the service `registry` does by itself: it publishes its events, erases people, deletes what is over its time."""

import structlog
from shared.audit import head as audit
from shared.messaging.worker import Timer, Worker
from shared.retention import runs as retention

from registry.coverage import settling as coverage
from registry.duplicates import finding as duplicates
from registry.erasures.consumers import create_consumer
from registry.erasures.forgetting import forgetting
from registry.erasures.journal import Journal, Repeating
from registry.freshness import asking
from registry.imports import jobs as imports
from registry.lead_mandates import watching as lead_mandates
from registry.mergers import handlers as mergers
from registry.mutual_help.consumers import consumer as mutual_help
from registry.people import contacts
from registry.retention import RULES
from registry.search import index
from registry.settings import RegistrySettings
from registry.volunteers.standing import timer as pauses

log = structlog.get_logger()


def create_worker(settings: RegistrySettings) -> Worker:
    """The registry follows the receipts of erasures and the tasks of meetings; all else that it knows, people enter.

    Raises `MissingSetting` without the keys of the receipts.
    """
    return Worker(
        "registry",
        settings,
        consumers=[*forgetting.consumers, create_consumer(settings.public_receipt_keys()), mutual_help],
        timers=[
            *_erasing(settings),
            index.timer(),
            coverage.timer(),
            mergers.timer(),
            lead_mandates.timer(),
            asking.timer(),
            contacts.timer(),
            imports.timer(),
            duplicates.timer(),
            retention.timer(RULES),
            audit.timer(),
            pauses(),
        ],
    )


def _erasing(settings: RegistrySettings) -> list[Timer]:
    if settings.erasure_journal is None:
        log.warning("erasure_journal_missing")  # a restored backup would bring people back
        return forgetting.timers(settings)
    journal = Journal(settings.erasure_journal)
    return [*forgetting.timers(settings, before_receipt=journal.keep), Repeating(journal).timer()]
