"""`python -m events app|worker|migrate`."""

from shared.audit import command as audit
from shared.command import create_command
from shared.retention import command as retention

from events.app import create_app
from events.retention import RULES
from events.settings import EventsSettings
from events.worker import create_worker

command = create_command("events", EventsSettings, create_app, create_worker)
audit.add_commands(command, EventsSettings)
retention.add_commands(command, EventsSettings, RULES)

if __name__ == "__main__":
    command()
