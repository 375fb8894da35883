"""What the service `events` does by itself."""

from shared.audit import head as audit
from shared.erasure.catching_up import CatchUp
from shared.messaging.worker import Timer, Worker
from shared.retention import runs as retention

from events.erasures import forgetting
from events.invitations.handlers import issue_late
from events.meetings.handlers import hold_past
from events.retention import RULES
from events.settings import EventsSettings

LATE_INVITATIONS = 2.0  # seconds: how late an invitation may be after the event that makes it necessary

PAST_MEETINGS = 60.0  # seconds: how long after its end a meeting counts as held


def create_worker(settings: EventsSettings) -> Worker:
    """Follows the registry's networks, lead mandates and contacts, and invites whom it hears of late."""
    timers = [
        Timer("late invitations", LATE_INVITATIONS, issue_late),
        Timer("past meetings", PAST_MEETINGS, hold_past),
        *forgetting.timers(settings),
        CatchUp(forgetting, settings.registry_url).timer(),
        retention.timer(RULES),
        audit.timer(),
    ]
    return Worker("events", settings, consumers=forgetting.consumers, timers=timers)
