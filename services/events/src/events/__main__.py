"""`python -m events app|worker|migrate`."""

from shared.audit import command as audit
from shared.command import create_command

from events.app import create_app
from events.settings import EventsSettings
from events.worker import create_worker

command = create_command("events", EventsSettings, create_app, create_worker)
audit.add_commands(command, EventsSettings)

if __name__ == "__main__":
    command()
