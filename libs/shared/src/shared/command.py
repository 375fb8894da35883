"""The command line that every service has: `python -m <service> app | worker | migrate`."""

import asyncio
import sys
from collections.abc import Callable
from typing import Annotated, Any, NoReturn, TypeVar

import typer
import uvicorn
from pydantic import ValidationError
from sqlalchemy import make_url

from shared import garbage, migrations
from shared.logging import configure_logging
from shared.messaging.worker import Worker
from shared.settings import MissingSetting, Settings

APP_PORT, WORKER_PORT = 8000, 8001
GRACE = 10  # seconds for running requests and batches; a stream of events is cut then and resumes elsewhere

S = TypeVar("S", bound=Settings)
Host = Annotated[str, typer.Option(help="Address to listen on; behind a container's port the default is right.")]


def load_settings(settings_class: type[S]) -> S:
    """Settings from the environment; ends the process with one line for each that is missing or wrong."""
    try:
        return settings_class()
    except ValidationError as error:
        for problem in error.errors(include_input=False, include_url=False):
            name = "DORFNETZ_" + str(problem["loc"][0]).upper().removeprefix("DORFNETZ_")
            print(f"{name}: {problem['msg']}", file=sys.stderr)  # noqa: T201 - an operator reads this
        raise SystemExit(2) from None


def create_command(
    name: str,
    settings_class: type[S],
    create_app: Callable[[S], Any],
    create_worker: Callable[[S], Worker],
    *,
    root_path: str | None = None,
) -> typer.Typer:
    """The commands of one service; it may add its own. `root_path` is where the front door mounts it."""
    command = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
    mounted_at = f"/api/{name}" if root_path is None else root_path

    def settings() -> S:
        loaded = load_settings(settings_class)
        configure_logging(name, format=loaded.log_format, level=loaded.log_level)
        return loaded

    @command.command()
    def app(host: Host = "0.0.0.0", port: int = APP_PORT) -> None:  # noqa: S104 - a container's own network
        """Serve HTTP."""
        _serve(lambda: create_app(settings()), host, port, mounted_at)

    @command.command()
    def worker(host: Host = "0.0.0.0", port: int = WORKER_PORT) -> None:  # noqa: S104
        """Consume events, publish the outbox, run timers; serve health and metrics."""
        _serve(lambda: create_worker(settings()).asgi(), host, port, "")

    @command.command()
    def migrate() -> None:
        """Bring the database to this version as its owner, give the application's role its rights, then end."""
        loaded = settings()
        if loaded.owner_database_url is None:
            _fail(f"DORFNETZ_{name.upper()}_OWNER_DATABASE_URL: `migrate` needs the role that owns the tables")
        role = make_url(loaded.database_url).username
        if role is None or role == make_url(loaded.owner_database_url).username:
            _fail(f"DORFNETZ_{name.upper()}_DATABASE_URL: the processes need another role than the tables' owner")
        asyncio.run(asyncio.to_thread(migrations.upgrade, name, loaded.owner_database_url, role=role))

    return command


def _fail(message: str) -> NoReturn:
    print(message, file=sys.stderr)  # noqa: T201 - an operator reads this
    raise SystemExit(2)


def _serve(create: Callable[[], Any], host: str, port: int, root_path: str) -> None:
    try:
        application = create()
    except MissingSetting as missing:
        _fail(str(missing))
    garbage.settle()
    uvicorn.run(
        application,
        host=host,
        port=port,
        root_path=root_path,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,  # the applications know by their settings which proxies to believe
        timeout_graceful_shutdown=GRACE,
    )
