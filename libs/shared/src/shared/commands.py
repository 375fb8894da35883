"""The command line that every service has: `python -m <service> app|worker|migrate`."""

from collections.abc import Callable
from typing import Annotated, Any, TypeVar

import typer
import uvicorn
from pydantic import ValidationError

from shared import migrations
from shared.logging import configure_logging
from shared.messaging.worker import Worker
from shared.settings import Settings

S = TypeVar("S", bound=Settings)

Host = Annotated[str, typer.Option(help="Address to listen on.")]
Port = Annotated[int, typer.Option(min=1, max=65535)]
ANY_ADDRESS = "0.0.0.0"  # noqa: S104 - a container is reached from outside


def create_commands(
    service: str,
    settings_class: type[S],
    create_app: Callable[[S], Any],
    create_worker: Callable[[S], Worker],
) -> typer.Typer:
    """The three commands of a service; it may add its own. Settings come from the environment, when a command runs."""
    commands = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)

    @commands.command()
    def app(host: Host = ANY_ADDRESS, port: Port = 8000) -> None:
        """Serve HTTP."""
        _serve(create_app(load_settings(service, settings_class)), host, port)

    @commands.command()
    def worker(host: Host = ANY_ADDRESS, port: Port = 8001) -> None:
        """Consume events, publish the outbox and run timers, with health and metrics over HTTP."""
        _serve(create_worker(load_settings(service, settings_class)).asgi(), host, port)

    @commands.command()
    def migrate() -> None:
        """Bring the database to the newest schema, then end."""
        migrations.upgrade(service, load_settings(service, settings_class).database_url)

    return commands


def load_settings(service: str, settings_class: type[S]) -> S:
    """Settings from the environment, logging set up by them. Ends the process with a line for each that is wrong."""
    try:
        settings = settings_class()
    except ValidationError as error:
        for problem in error.errors():
            variable = str(problem["loc"][0])
            variable = variable if variable.isupper() else f"DORFNETZ_{variable.upper()}"
            typer.echo(f"{service}: {variable}: {problem['msg']}", err=True)
        raise SystemExit(2) from None
    configure_logging(service, format=settings.log_format, level=settings.log_level)
    return settings


def _serve(application: Any, host: str, port: int) -> None:
    uvicorn.run(application, host=host, port=port, log_config=None, access_log=False, server_header=False)
