"""`python -m events app|worker|migrate`."""

from shared.commands import create_commands

from events.app import create_app
from events.settings import EventsSettings
from events.worker import create_worker

commands = create_commands("events", EventsSettings, create_app, create_worker)

if __name__ == "__main__":
    commands()
