"""What the service `events` does by itself."""

from shared.audit import head as audit
from shared.erasure.catching_up import CatchUp
from shared.messaging.worker import Timer, Worker
from shared.outside import Outside
from shared.retention import runs as retention

from events.action_items.consumers import consumer as needs
from events.action_items.reminders import remind_of_action_items, remind_of_minutes
from events.agenda.standing import complete_agendas
from events.erasures import forgetting
from events.imported_calendars.checking import Checks
from events.invitations.handlers import issue_late
from events.meetings.handlers import hold_past
from events.merging.organisations import consumer as mergers
from events.registrations.places import settle_all
from events.retention import RULES
from events.series.dates import plan_all_series
from events.settings import EventsSettings

LATE_INVITATIONS = 2.0  # seconds: how late an invitation may be after the event that makes it necessary

PAST_MEETINGS = 60.0  # seconds: how long after its end a meeting counts as held
WAITING_LISTS = 15.0  # seconds: how late a place goes on whose time to confirm is over
CALENDARS = 3.0  # seconds: how late a calendar is looked at whose turn it is
AGENDAS = 15.0  # seconds: how late something may stand on the agenda of a meeting that was planned meanwhile
SERIES = 600.0  # seconds: how late a date of a series is planned or published
REMINDERS = 1800.0  # seconds: what is due is due for a day

CONSUMERS = (*forgetting.consumers, needs, mergers)


def create_worker(settings: EventsSettings) -> Worker:
    """Follows the registry and outside calendars, invites whom it hears of late, keeps lists and agendas, reminds."""
    timers = [
        Timer("late invitations", LATE_INVITATIONS, issue_late),
        Timer("past meetings", PAST_MEETINGS, hold_past),
        Timer("waiting lists", WAITING_LISTS, settle_all),
        Timer("dates of series", SERIES, plan_all_series),
        Timer("calendars", CALENDARS, Checks(Outside(allowed=settings.calendars_from)).run),
        Timer("agendas", AGENDAS, complete_agendas),
        Timer("reminders of action items", REMINDERS, remind_of_action_items),
        Timer("reminders of minutes", REMINDERS, remind_of_minutes),
        *forgetting.timers(settings),
        CatchUp(forgetting, settings.registry_url).timer(),
        retention.timer(RULES),
        audit.timer(),
    ]
    return Worker("events", settings, consumers=CONSUMERS, timers=timers)
