"""`python -m notifications app|worker|migrate`."""

from shared.audit import command as audit
from shared.command import create_command
from shared.retention import command as retention

from notifications.app import create_app
from notifications.retention import RULES
from notifications.settings import NotificationsSettings
from notifications.worker import create_worker

command = create_command("notifications", NotificationsSettings, create_app, create_worker)
audit.add_commands(command, NotificationsSettings)
retention.add_commands(command, NotificationsSettings, RULES)

if __name__ == "__main__":
    command()
