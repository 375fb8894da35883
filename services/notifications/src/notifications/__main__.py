"""`python -m notifications app|worker|migrate`."""

from shared.commands import create_commands

from notifications.app import create_app
from notifications.settings import NotificationsSettings
from notifications.worker import create_worker

commands = create_commands("notifications", NotificationsSettings, create_app, create_worker)

if __name__ == "__main__":
    commands()
