"""`python -m portal app|worker|migrate|rebuild`."""

import asyncio

import typer
from shared.command import create_command, load_settings
from shared.retention import command as retention

from portal.app import create_app
from portal.read_model.rebuild import rebuild
from portal.retention import RULES
from portal.settings import PortalSettings
from portal.worker import create_worker

command = create_command("portal", PortalSettings, create_app, create_worker, root_path="")
retention.add_commands(command, PortalSettings, RULES)


@command.command("rebuild")
def rebuild_read_model() -> None:
    """Make the read model anew from the services' snapshots, then end. Events may go on coming meanwhile."""
    for service, count in asyncio.run(rebuild(load_settings(PortalSettings))).items():
        typer.echo(f"{service}: {count}")


if __name__ == "__main__":
    command()
